"""Runs every check and test that there is, and says at the end which of them failed: `make test`.

pytest comes last, so that its closing line is the last one of a good run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sys.executable).parent
BROWSER_PACKAGES = ["chromium", "fonts-dejavu-core", "fonts-liberation"]
TEST_MODELS = ["smollm2-135m", "qwen2.5-coder-0.5b"]
# The tests start hundreds of processes. Where no bytecode may be kept, each of them compiles anew all that it imports,
# which takes up to ten times as long as what it is started for.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main() -> None:
    """Run the checks; with `--lint` those of the source alone."""
    parser = argparse.ArgumentParser(description="Run Lumina's checks and tests.")
    parser.add_argument("--lint", action="store_true", help="check the source, run no tests")
    lint_only: bool = parser.parse_args().lint
    if not lint_only:
        need_programs()
        need_models()
    checks = lint_commands() + ([] if lint_only else test_commands())
    failed = [name for name, command in checks if not passes(name, command)]
    if not lint_only and not passes("pytest", pytest_command(), report=False):
        failed.append("pytest")
    if failed:
        raise SystemExit(f"Failed: {', '.join(failed)}")


def lint_commands() -> list[tuple[str, list[str]]]:
    """The checks of the source, by name."""
    return [
        ("ruff check", tool("ruff", "check", ".")),
        ("ruff format", tool("ruff", "format", "--check", ".")),
        ("mypy", tool("mypy")),
        ("import layers", tool("lint-imports", "--no-cache")),
        ("API types", [sys.executable, str(ROOT / "scripts" / "generate_api.py"), "--check"]),
        ("labextension", [sys.executable, str(ROOT / "scripts" / "build_labextension.py"), "--check"]),
        ("bundle", [sys.executable, str(ROOT / "scripts" / "check_bundle.py")]),
    ]


def test_commands() -> list[tuple[str, list[str]]]:
    """The tests beside pytest's, by name."""
    return [("vitest", [sys.executable, str(ROOT / "scripts" / "build_labextension.py"), "--test"])]


def pytest_command() -> list[str]:
    """The command for all tests: two at a time, a file's tests together, the browser's all (the longest) first."""
    return [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]


def need_programs() -> None:
    """Install Debian's Chromium and curl where that is possible and they are missing.

    Raises:
        SystemExit: when one is missing and cannot be installed; it says what to install.
    """
    packages = ([] if find_browser() else BROWSER_PACKAGES) + ([] if shutil.which("curl") else ["curl"])
    if not packages:
        return
    by_hand = (
        f"The tests need Chromium and curl: install what is missing (Debian: apt-get install {' '.join(packages)})."
    )
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise SystemExit(by_hand)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        if subprocess.run(["apt-get", "-qq", *command], env=quiet, stdin=subprocess.DEVNULL, check=False).returncode:
            raise SystemExit(by_hand)


def find_browser() -> str | None:
    """Where Chromium is, or None; LUMINA_CHROMIUM names another one."""
    named = os.environ.get("LUMINA_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def need_models() -> None:
    """Fetch the embedded models that the tests ask, unless LUMINA_TEST_MODELS names a folder that has them.

    Raises:
        SystemExit: when one cannot be fetched; the command's own output says why.
    """
    if os.environ.get("LUMINA_TEST_MODELS"):
        return
    for name in TEST_MODELS:
        if subprocess.run(tool("lumina", "pull", name), stdin=subprocess.DEVNULL, check=False).returncode:
            raise SystemExit(f"The tests need the embedded model {name}, and `lumina pull {name}` failed.")


def tool(name: str, *arguments: str) -> list[str]:
    """The command of a program that is installed beside this Python."""
    return [str(SCRIPTS / name), *arguments]


def passes(name: str, command: list[str], *, report: bool = True) -> bool:
    """Run a check; whether it passed."""
    if report:
        print(f"--- {name}", flush=True)
    began = time.monotonic()
    result = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.DEVNULL, check=False)
    passed = result.returncode == 0
    if report:
        print(f"--- {name}: {'ok' if passed else 'FAILED'} ({time.monotonic() - began:.1f} s)", flush=True)
    return passed


if __name__ == "__main__":
    main()
