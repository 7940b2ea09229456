"""Which names a cell may write, told by looking at its text: several times as quick as parsing it.

Every name that the code does write is among them, but for oddities such as a bracket in a string; of the others, many.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .code_scopes import CHANGING_METHODS

_WORD = re.compile(r"[^\W\d]\w*")
_BINDS = re.compile(r"\b(?:import|as|def|class|del|global|nonlocal|for|case)\b")
"""Words after or before which a name may get a value without `=`."""
_CHANGES = re.compile(rf"\.\s*(?:{'|'.join(sorted(CHANGING_METHODS))})\s*\(")
_UNTOLD = re.compile(
    r"^\s*%%|\binplace\b|\\$|^[ \t]*(?:[.(\[*]|(?:import|from|for|del|case)\b[^\n]*[(\[{,][ \t]*(?:#[^\n]*)?$)",
    re.MULTILINE,
)
"""Where what is written may stand on another line than what tells so: after a line's last `\\`, before one that begins
with `.`, in a tuple or an import of several lines, in a cell that is another language's."""
_OPENING, _CLOSING = re.compile(r"[(\[{]"), re.compile(r"[)\]}]")


@lru_cache(maxsize=4096)
def may_be_written(source: str) -> frozenset[str] | None:
    """The names that a cell may write, and others; None when only parsing it would tell. Kept for the next time."""
    if _UNTOLD.search(source):
        return None
    found: list[str] = []
    for line in source.split("\n"):
        if _BINDS.search(line):
            found += _WORD.findall(line)
            continue
        end = max(line.rfind("="), max((match.start() for match in _CHANGES.finditer(line)), default=-1))
        if end < 0:
            continue
        before = line[:end]
        if len(_CLOSING.findall(before)) > len(_OPENING.findall(before)):
            return None  # it began on a line above
        found += _WORD.findall(before)
    return frozenset(found)
