"""A word that is half typed, for a model that was taught on whole ones.

`    pr` is cut into other tokens than `    print`, and what a small model writes after the former is often
wrong. So the half word, and the white space before it, is taken off the prompt, and the model is bound by
a grammar to write it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HALF = re.compile(r"[ \t]*\w*\Z")
_LONGEST = 64


def split_half_word(prefix: str) -> tuple[str, str]:
    """The prompt, and what the answer must begin with."""
    found = _HALF.search(prefix, max(0, len(prefix) - _LONGEST))
    half = found.group() if found else ""
    return prefix[: len(prefix) - len(half)], half


def grammar(half: str) -> str:
    """llama.cpp's grammar (GBNF) of every text that begins so."""
    literal = half.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'root ::= "{literal}" [^\\x00]*'


class Without:
    """Takes the beginning that a text must have off its pieces."""

    def __init__(self, beginning: str) -> None:
        self._left = beginning

    def feed(self, piece: str) -> Iterator[str]:
        """What of a piece comes after the beginning; nothing while that is not over."""
        taken = min(len(piece), len(self._left))
        self._left = self._left[taken:]
        if taken < len(piece):
            yield piece[taken:]
