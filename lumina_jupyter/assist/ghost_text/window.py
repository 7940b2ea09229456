"""As much of a long text as fits, beginning where it also began a moment ago.

A model that has read a prompt need not read its beginning again as long as that stays the same. A window
over "the last so many characters" moves with every key; this one stands still until half of it is full
of new text, and then moves by half.
"""

from __future__ import annotations

from collections.abc import Sequence


def steady_window(pieces: Sequence[str], limit: int) -> Sequence[str]:
    """The last pieces, of `limit` characters together at most.

    Its start is that of the first piece behind a multiple of `limit / 2`, so that it rarely changes while
    text is added at the end. A single last piece that is too long is left out like any other.
    """
    total = sum(map(len, pieces))
    if total <= limit:
        return pieces
    step = max(1, limit // 2)
    behind = -(-(total - limit) // step) * step
    position = 0
    for number, piece in enumerate(pieces):
        if position >= behind:
            return pieces[number:]
        position += len(piece)
    return pieces[len(pieces) :]


def steady_end(text: str, limit: int) -> str:
    """The last lines of a text, of `limit` characters together at most; the end of a last line that is longer."""
    return "".join(steady_window(text.splitlines(keepends=True), limit)) or text[-limit:]
