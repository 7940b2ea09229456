"""Text from a model, made fit to be shown: no control characters, no terminal escapes, no broken Unicode."""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor movements
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links, the clipboard
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def whole(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates replaced, so that it can be encoded."""
    if _SURROGATES.search(text) is None:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def clean(text: str) -> str:
    """The text as it may be shown: a line feed ends lines, no other control character but the tab is left."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return whole(_CONTROLS.sub("", _ESCAPES.sub("", text)))


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
        escape = text.rfind("\x1b", max(0, len(text) - 4_096))
        if escape >= 0 and _ESCAPES.match(text, escape) is None:
            keep = min(keep, escape)
        self._held = text[keep:]
        return clean(text[:keep])

    def close(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return clean(held)
