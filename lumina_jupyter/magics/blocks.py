"""Cutting a streamed Markdown answer into blocks that can be shown one by one.

A notebook's front end renders a display anew at every update, so one growing display costs the
square of its length. Finished stretches are therefore frozen into displays of their own, and only a
short last one stays live. Cuts fall between top-level blocks alone: never inside a code fence, a
list, a table, a quotation, HTML or displayed mathematics. The blocks, joined, are the answer.
"""

from __future__ import annotations

import re
import sys

SMALLEST = 1_500
"""Characters of a frozen block at least, as long as there are few."""
FIRST = 18
"""Blocks of the smallest size; after every six more the size doubles."""
MOST = 34
"""Frozen blocks at most: a front end hides outputs beyond some number of a cell."""

_FENCE = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]?)*(`{3,}|~{3,})(.*)")
_LIST_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_HTML_TAG = re.compile(r"<(/?)(details|div|section|table|ul|ol|dl|pre|center|figure|svg|script|style)\b", re.IGNORECASE)
_BEGIN = re.compile(r"\\begin\{|\\\[")
_END = re.compile(r"\\end\{|\\\]")
_INLINE_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")


class MarkdownBlocks:
    """Takes the answer piece by piece, gives back the blocks that are finished."""

    def __init__(self) -> None:
        self.frozen = 0
        self._live = ""
        self._read = 0
        """Where the first line that is not yet looked at begins in `_live`."""
        self._fence = ""
        self._in_math = False
        self._html_depth = 0
        self._environment_depth = 0
        self._in_list = False
        self._after_blank = False

    @property
    def live(self) -> str:
        """What is not yet frozen."""
        return self._live

    def feed(self, text: str) -> list[str]:
        """Add a piece of the answer; returns the blocks that it finished."""
        self._live += text
        finished: list[str] = []
        while (end := self._live.find("\n", self._read)) >= 0:
            line = self._live[self._read : end].rstrip("\r")
            if self._is_boundary(line) and self._read >= self._size():
                finished.append(self._live[: self._read])
                self.frozen += 1
                self._live = self._live[self._read :]
                end -= self._read
            self._look_at(line)
            self._read = end + 1
        return finished

    def _size(self) -> int:
        if self.frozen >= MOST:
            return sys.maxsize
        return SMALLEST << max(0, (self.frozen - FIRST) // 6 + 1 if self.frozen >= FIRST else 0)

    def _is_boundary(self, line: str) -> bool:
        """Whether a top-level block begins with this line, so that a cut before it is safe."""
        if not self._after_blank or self._in_math or self._html_depth or self._environment_depth:
            return False
        if not line.strip() or line[0] in " \t|:":
            return False
        return not (self._in_list and _LIST_ITEM.match(line))

    def _look_at(self, line: str) -> None:
        """Follow the block structure over one line."""
        fence = _FENCE.match(line)
        if self._fence:
            if fence and fence[1][0] == self._fence[0] and len(fence[1]) >= len(self._fence) and not fence[2].strip():
                self._fence = ""
            self._after_blank = False  # so that nothing in a fence is a boundary
            return
        blank = not line.strip()
        if fence and not (fence[1][0] == "`" and "`" in fence[2]):
            self._fence = fence[1]
        elif not blank:
            self._look_inside(_INLINE_CODE.sub("", line))
        if not blank and line[0] not in " \t" and (self._after_blank or _LIST_ITEM.match(line)):
            self._in_list = _LIST_ITEM.match(line) is not None
        self._after_blank = blank

    def _look_inside(self, line: str) -> None:
        if line.count("$$") % 2:
            self._in_math = not self._in_math
        for tag in _HTML_TAG.finditer(line):
            self._html_depth = max(0, self._html_depth + (-1 if tag[1] else 1))
        self._environment_depth = max(0, self._environment_depth + len(_BEGIN.findall(line)) - len(_END.findall(line)))
