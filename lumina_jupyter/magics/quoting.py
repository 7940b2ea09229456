"""Which places of a prompt stand inside quotes, backticks or a code fence."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^[ ]{0,12}(`{3,}|~{3,})(.*)$")
_LONGEST_LINE = 20_000
"""Characters; in a longer line nothing counts as quoted."""
_F_PREFIX = re.compile(r"(?<![A-Za-z0-9_])(?:[fF][rR]?|[rR][fF])$")


class Quoting:
    """The quoted places of one text, found line by line when they are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._fences: list[tuple[int, int]] | None = None
        self._line_start = -1
        self._line_quotes: list[tuple[int, int, bool]] = []

    def quoted(self, start: int, end: int) -> bool:
        """Whether the stretch stands inside quotes or backticks on its line, or in a code fence."""
        return self._in_fence(start) or any(a < start and end <= b for a, b, _ in self._quotes(start))

    def in_f_string(self, start: int) -> bool:
        """Whether the place is inside a string literal with an `f` before it."""
        return any(formatted and a < start < b for a, b, formatted in self._quotes(start))

    def _quotes(self, position: int) -> list[tuple[int, int, bool]]:
        """(opening, closing, is an f-string) of the position's line."""
        start = self._text.rfind("\n", 0, position) + 1
        if start != self._line_start:
            end = self._text.find("\n", position)
            end = len(self._text) if end < 0 else end
            self._line_start = start
            self._line_quotes = [] if end - start > _LONGEST_LINE else _quotes_of(self._text[start:end], start)
        return self._line_quotes

    def _in_fence(self, position: int) -> bool:
        if self._fences is None:
            self._fences = _fences_of(self._text)
        return any(a <= position < b for a, b in self._fences)


def _quotes_of(line: str, offset: int) -> list[tuple[int, int, bool]]:
    found: list[tuple[int, int, bool]] = []
    position = 0
    while position < len(line):
        char = line[position]
        closing = -1
        width = 1
        if char == "`":
            width = len(line) - position - len(line[position:].lstrip("`"))
            closing = _closing_backticks(line, position + width, width)
        elif char in "\"'":
            formatted = _F_PREFIX.search(line, max(0, position - 3), position) is not None
            # An apostrophe inside a word opens nothing.
            if char == '"' or formatted or position == 0 or not line[position - 1].isalnum():
                closing = _closing_quote(line, position + 1, char)
        if closing < 0:
            position += width
            continue
        is_f_string = char in "\"'" and _F_PREFIX.search(line, max(0, position - 3), position) is not None
        found.append((offset + position, offset + closing, is_f_string))
        position = closing + width
    return found


def _closing_backticks(line: str, position: int, width: int) -> int:
    for run in re.finditer("`+", line[position:]):
        if run.end() - run.start() == width:
            return position + run.start()
    return -1


def _closing_quote(line: str, position: int, char: str) -> int:
    closing = line.find(char, position)
    while closing >= 0:
        inside_word = char == "'" and closing + 1 < len(line) and line[closing + 1].isalnum()
        if line[closing - 1] != "\\" and not inside_word:
            return closing
        closing = line.find(char, closing + 1)
    return -1


def _fences_of(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    opened: tuple[str, int] | None = None
    position = 0
    for line in text.splitlines(keepends=True):
        match = _FENCE.match(line.rstrip("\r\n"))
        if match is not None:
            marker = match[1]
            if opened is None:
                opened = (marker, position)
            elif marker[0] == opened[0][0] and len(marker) >= len(opened[0]) and not match[2].strip():
                found.append((opened[1], position))
                opened = None
        position += len(line)
    if opened is not None:
        found.append((opened[1], len(text)))
    return found
