"""What the notebook imports, and the versions that its folder asks for."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ..item import Item
from ..view import NotebookView
from .cells import value_of
from .paths import Place, Refused, open_file, resolve

FILES = ("requirements.txt", "pyproject.toml", "environment.yml", "environment.yaml")
READ_BYTES = 50_000
MOST = 60

# Quicker than parsing by far, and good enough to tell what a notebook stands on.
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<package>[A-Za-z_]\w*)[\w.]*[ \t]+import\b|import[ \t]+(?P<list>[^\n#;(]+))", re.MULTILINE
)
_IMPORTED = re.compile(r"(?:^|,)[ \t]*([A-Za-z_]\w*)")
_REQUIREMENT = re.compile(
    r"""^[ \t]*(?:-[ \t]+)?["']?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]\n]*\])?[ \t]*
        (?P<version>(?:[=<>!~]=?|===)[ \t]*[^\s"';#]+)?""",
    re.MULTILINE | re.VERBOSE,
)
_DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
}


def packages_of(view: NotebookView) -> tuple[str, ...]:
    """The packages that a notebook's cells import, without the standard library's."""
    found: set[str] = set()
    for cell in view.cells if view.language == "python" else ():
        if cell.kind == "code" and "import" in cell.source:
            for match in _IMPORT.finditer(cell.source):
                found |= {match["package"]} if match["package"] else set(_IMPORTED.findall(match["list"]))
    return tuple(sorted(found - sys.stdlib_module_names))[:MOST]


def imports_item(view: NotebookView, roots: Sequence[Path], relevance: float) -> Item | None:
    """The packages, with what requirement files in the notebook's own folder say; None for a notebook without any."""
    packages = packages_of(view)
    if not packages:
        return None
    asked = _requirements(roots[:1])
    text = ", ".join(package + asked.get(_distribution(package), "") for package in packages)
    return Item(kind="imports", label="imports", text=text, value=value_of(relevance, len(text)), place=(0, 0))


def _requirements(roots: Sequence[Path]) -> dict[str, str]:
    versions: dict[str, str] = {}
    for name in FILES:
        place = resolve(name, roots)
        if not isinstance(place, Refused):
            for match in _REQUIREMENT.finditer(_read(place)):
                if match["version"]:
                    versions.setdefault(_normal(match["name"]), " " + match["version"].rstrip(","))
    return versions


def _read(place: Place) -> str:
    try:
        with open(open_file(place), "rb") as stream:  # noqa: PTH123 - a descriptor that was checked, no path
            return stream.read(READ_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _distribution(package: str) -> str:
    return _normal(_DISTRIBUTIONS.get(package, package))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
