"""What stands around the cursor: how much may be suggested there, and what would only be said again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

_OPENS = re.compile(r"[:({\[,\\]\s*(#.*)?$")
_BLOCK = re.compile(r":\s*(#.*)?$")
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Place:
    """The lines around the cursor.

    `line` is the cursor's line up to it, `rest` what follows on that line; `above` and `below` are the
    nearest lines that are not empty, stripped, nearest first.
    """

    line: str
    rest: str
    above: tuple[str, ...]
    below: tuple[str, ...]

    @classmethod
    def between(cls, prefix: str, suffix: str) -> Place:
        """The place between two texts."""
        *above, line = prefix.split("\n")
        rest, *below = suffix.split("\n")
        return cls(line, rest.rstrip(), _nearest(reversed(above)), _nearest(below))

    @property
    def several_lines(self) -> bool:
        """Whether more than the line may be suggested: it is empty so far, or opens what lines follow."""
        return not self.rest.strip() and (not self.line.strip() or _OPENS.search(self.line) is not None)

    @property
    def in_brackets(self) -> bool:
        """Whether the line opens a bracket that it does not close."""
        return open_brackets(self.line) > 0

    @property
    def indent(self) -> int:
        """Columns that the lines after the cursor's are indented at least."""
        width = indent_of(self.line)
        return width + 1 if _BLOCK.search(self.line) else width


def open_brackets(text: str) -> int:
    """How many more brackets a text opens than it closes."""
    return sum(map(text.count, "([{")) - sum(map(text.count, ")]}"))


def indent_of(line: str) -> int:
    """Columns of white space that a line begins with."""
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def _nearest(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(filter(None, (line.strip() for line in lines)), _NEAR))
