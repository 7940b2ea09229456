"""Versions: Python, what Lumina needs, releases known to be harmful, and code that runs at every start of Python."""

from __future__ import annotations

import site
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from .finding import Finding, ok, problem, warning

DISTRIBUTION = "lumina-jupyter"
SHOWN = ("jupyterlab", "jupyter-server", "ipykernel", "litellm", "xllamacpp")
COMPROMISED = {"litellm": frozenset({"1.82.7", "1.82.8", "1.107.0"})}
"""Releases that carried code of thieves."""

# Start-up files of packaging tools; they run code on purpose.
_KNOWN_STARTUP_FILES = (
    "distutils-precedence.pth",
    "_virtualenv.pth",
    "a1_coverage.pth",
    "_editable_impl_",
    "__editable__",
)


def check_versions() -> Iterator[Finding]:
    """Python, the packages that Lumina needs, and harmful releases."""
    yield _python()
    yield _requirements()
    for name, bad in COMPROMISED.items():
        installed = _version(name)
        if installed in bad:
            yield problem(
                name,
                f"{name} {installed} is a compromised release that steals keys.",
                f"{sys.executable} -m pip install -U '{name}>=1.106.2,!=1.107.0', then replace every key that this machine had",
            )
    yield from check_startup_files(_site_folders())


def _python() -> Finding:
    found = sys.version.split()[0]
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return problem("python", f"Python {found} is not supported.", "Use Python 3.11, 3.12 or 3.13.")
    return ok("python", f"Python {found} at {sys.executable}")


def _requirements() -> Finding:
    from packaging.requirements import Requirement

    try:
        wanted = [Requirement(line) for line in requires(DISTRIBUTION) or []]
    except PackageNotFoundError:
        return problem(
            "packages", f"{DISTRIBUTION} is not installed properly.", f"{sys.executable} -m pip install {DISTRIBUTION}"
        )
    wrong: list[str] = []
    for requirement in wanted:
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        installed = _version(requirement.name)
        if installed is None:
            wrong.append(f"{requirement.name} is missing")
        elif not requirement.specifier.contains(installed, prereleases=True):
            wrong.append(f"{requirement.name} is {installed}, not {requirement.specifier}")
    if wrong:
        return problem("packages", f"{'; '.join(wrong)}.", f"{sys.executable} -m pip install -U {DISTRIBUTION}")
    shown = ", ".join(f"{name} {_version(name)}" for name in SHOWN if _version(name))
    return ok("packages", f"{DISTRIBUTION} {_version(DISTRIBUTION)}, {shown}")


def check_startup_files(folders: list[Path]) -> Iterator[Finding]:
    """The `.pth` files that run code whenever Python starts: how a compromised package stays."""
    seen = 0
    for folder in folders:
        for path in sorted(folder.glob("*.pth")) if folder.is_dir() else ():
            seen += 1
            if path.name.startswith(_KNOWN_STARTUP_FILES):
                continue
            code = _code_of(path)
            if code:
                yield warning(
                    "start-up files",
                    f"{path} runs code whenever Python starts: {code[:80]}",
                    "Look at it; if you do not know it, delete it and replace your keys.",
                )
                return
    yield ok("start-up files", f"no unexpected code in {seen} .pth files")


def _code_of(path: Path) -> str:
    """The first line that Python would run; other lines are only paths."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.startswith(("import ", "import\t"))), "")


def _site_folders() -> list[Path]:
    folders = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()]
    if site.ENABLE_USER_SITE:
        folders.append(site.getusersitepackages())
    return [Path(folder) for folder in dict.fromkeys(folders)]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
