"""Text from a model, made fit to be shown: no control characters, no terminal escapes, no broken Unicode."""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor movements
    r"|\x1b\][^\x07\x1b]{0,4000}(?:\x07|\x1b\\)"  # titles, links, the clipboard
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]{0,4000}\x1b?)?\Z")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def whole(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates replaced, so that it can be encoded."""
    if _SURROGATES.search(text) is None:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def clean(text: str) -> str:
    """The text as it may be shown: a line feed ends lines, no other control character but the tab is left."""
    text = whole(text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", _ESCAPES.sub("", text))


class CleanStream:
    """`clean` for text that arrives in pieces: whatever the pieces, the same text comes out."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """The part that can be shown now; what may be half of something is held back."""
        text = self._held + text
        # Half a line end, an escape sequence or a surrogate pair may end in the next piece.
        keep = len(text)
        if text.endswith("\r") or (text and "\ud800" <= text[-1] <= "\udbff"):
            keep -= 1
        keep = min(keep, _unfinished_escape(text))
        self._held = text[keep:]
        return clean(text[:keep])

    def close(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return clean(held)


def _unfinished_escape(text: str) -> int:
    """Where an escape sequence begins that goes on beyond the text; the text's end when none does."""
    position = text.find("\x1b")
    while position >= 0:
        if _UNFINISHED.match(text, position):
            return position
        whole_escape = _ESCAPES.match(text, position)
        position = text.find("\x1b", whole_escape.end() if whole_escape else position + 1)
    return len(text)
