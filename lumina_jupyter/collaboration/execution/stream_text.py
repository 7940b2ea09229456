"""Text as a terminal would show it: carriage returns and backspaces overwrite, so that progress bars stay one line."""

from __future__ import annotations

import re

from ..document.text_edit import common_head

_PIECES = re.compile(r"[\r\n\x08]|[^\r\n\x08]+")


class StreamText:
    """A stream that grows, and the changes to its end that bring a copy of it up to date.

    Only the last line can still change. Positions are characters.
    """

    def __init__(self) -> None:
        self._shown = ""
        """The copy's last line."""
        self._done: list[str] = []
        """What has become of it and of what followed, up to the last line break."""
        self._line = ""
        self._column = 0
        """Where the next character goes in the last line."""
        self.pending = 0
        """Characters that the copy may lack."""

    def feed(self, text: str) -> None:
        """Take more of the stream in."""
        if self._column != len(self._line) or "\r" in text or "\x08" in text:
            self._overwrite(text)
        else:
            whole, _, last = (self._line + text).rpartition("\n")
            if len(whole) + len(last) < len(self._line) + len(text):
                self._done.append(whole + "\n")
            self._line, self._column = last, len(last)
        self.pending = sum(map(len, self._done)) + len(self._line) - len(self._shown)

    def change(self) -> tuple[str, str]:
        """What to take from the copy's end, and what to put there then."""
        before, after = self._shown, "".join([*self._done, self._line])
        same = common_head(before, after)
        self._done.clear()
        self._shown = self._line
        self.pending = 0
        return before[same:], after[same:]

    def _overwrite(self, text: str) -> None:
        line, column = self._line, self._column
        for piece in _PIECES.findall(text):
            if piece == "\r":
                column = 0
            elif piece == "\x08":
                column = max(0, column - 1)
            elif piece == "\n":
                self._done.append(line + "\n")
                line, column = "", 0
            else:
                line = line[:column] + piece + line[column + len(piece) :]
                column += len(piece)
        self._line, self._column = line, column
