"""Shared texts changed exactly where the characters are that come and go: no comparison, so no likeness by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..undo.yjs_update import joined

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Text

Pieces = Sequence[tuple[str, bool, bool]]
"""Text as UTF-16 units; whether it shows now; whether it is to show."""


def apply_pieces(document: YNotebook, texts: Mapping[str, Pieces]) -> None:
    """Change the texts of cells, by id; one that does not read as the pieces say stays as it is."""
    if not texts:
        return
    for shared in document.ycells:
        pieces = texts.get(shared.get("id"))
        if pieces is not None and str(shared["source"]) == joined("".join(text for text, now, _ in pieces if now)):
            _apply(shared["source"], pieces)


def _apply(text: Text, pieces: Pieces) -> None:
    at = 0  # in UTF-8 bytes, as shared texts count
    for piece, now, then in pieces:
        length = len(joined(piece).encode()) if now or then else 0
        if now and not then:
            del text[at : at + length]
        elif then and not now:
            text.insert(at, joined(piece))
        at += length if then else 0
