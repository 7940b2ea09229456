"""One ES module of several: a front end loads a widget as the text of one module, and its source is files of one concept each."""

from __future__ import annotations

import re
from pathlib import Path

SOURCES = Path(__file__).parent / "js"
_IMPORT = re.compile(r'^import \{\s*\w+(?:,\s*\w+)*,?\s*\} from "(\.{1,2}/[\w./]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function |class |const )", re.MULTILINE)


def bundle(name: str) -> str:
    """A widget's module: `js/NAME/index.js` and all that it imports, each file once and before those that import it.

    The files are modules themselves, which programs load as they are. Joined they share one scope: no two of them use the same
    name at their top level, they import by `import { names } from "./file.js"`, under no other name, and only the first one has
    a default export.
    """
    texts: dict[Path, str] = {}
    _take((SOURCES / name / "index.js").resolve(), texts)
    return "\n".join(texts.values())


def _take(path: Path, texts: dict[Path, str]) -> None:
    """Add a file's text behind those of what it imports."""
    text = path.read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        source = (path.parent / imported).resolve()
        if source not in texts:
            _take(source, texts)
    texts[path] = _EXPORT.sub("", _IMPORT.sub("", text))
