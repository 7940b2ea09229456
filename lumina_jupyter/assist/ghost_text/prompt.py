"""What a model that fills in the middle gets to read: cells above, variables, the code around the cursor.

It is short, for a small model on two cores reads some 150 tokens a second, and its order is from what
changes least to what changes with every key, so that only the last few tokens are new each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .request import CellText, GhostTextRequest
from .window import steady_end, steady_window

CELLS_CHARACTERS = 2400
PREFIX_CHARACTERS = 2400
"""Of the cell or file itself. With the cells above, some 1,500 tokens at most."""
SUFFIX_CHARACTERS = 160
"""What follows is read anew for each key: a few lines are what the speed allows."""
VARIABLES_CHARACTERS = 500
_COMMENT = {"r": "#", "julia": "#", "python": "#", "ruby": "#", "bash": "#", "shell": "#"}
_OTHER_COMMENT = "//"
_WORDS_OF_A_CELL = 200


def prefix_of(request: GhostTextRequest, variables: Sequence[str] = ()) -> str:
    """The text before the cursor with what helps to understand it, from the top down.

    Args:
        request: The place.
        variables: One line about each variable that matters.
    """
    mark = _COMMENT.get(request.language.lower(), _OTHER_COMMENT)
    cells = [text + "\n\n" for cell in request.before if (text := _text_of(cell, mark))]
    known = _bounded((f"{mark} {line}\n" for line in variables), VARIABLES_CHARACTERS)
    return "".join([*steady_window(cells, CELLS_CHARACTERS), *known, steady_end(request.prefix, PREFIX_CHARACTERS)])


def suffix_of(request: GhostTextRequest) -> str:
    """The first lines after the cursor."""
    if len(request.suffix) <= SUFFIX_CHARACTERS:
        return request.suffix
    cut = request.suffix[:SUFFIX_CHARACTERS]
    # Whole lines, as long as there is one.
    return cut.rpartition("\n")[0] or cut


def _text_of(cell: CellText, mark: str) -> str:
    source = cell.source.strip()
    if cell.kind == "code":
        return source
    words = " ".join(source.split())[:_WORDS_OF_A_CELL] if cell.kind == "markdown" else ""
    return f"{mark} {words}" if words else ""


def _bounded(lines: Iterable[str], characters: int) -> list[str]:
    kept: list[str] = []
    for line in lines:
        characters -= len(line)
        if characters < 0:
            break
        kept.append(line)
    return kept
