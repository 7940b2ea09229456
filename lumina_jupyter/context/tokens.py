"""How many tokens a text has, roughly and cheaply: every tokenizer counts differently, and a pack needs no more."""

from __future__ import annotations

CHARACTERS_PER_TOKEN = 3.5
"""ASCII characters. Code and English prose have about 4, tables of numbers about 2 to 3: so code is counted some 15 %
too long, and a table may be counted a third too short, which a budget of a quarter of the window bears."""
BYTES_PER_TOKEN = 2.5
"""Bytes of UTF-8 beyond ASCII: Chinese and Japanese have about a token for each character of three bytes."""


def estimate(text: str) -> int:
    """The tokens of a text, at least one for a text that is not empty; linear, and some microseconds for a cell."""
    if text.isascii():
        return int(-(-len(text) // CHARACTERS_PER_TOKEN))
    plain = len(text.encode("ascii", "ignore"))
    beyond = len(text.encode("utf-8", "replace")) - plain
    return int(-(-plain // CHARACTERS_PER_TOKEN) + -(-beyond // BYTES_PER_TOKEN))


def characters(tokens: int) -> int:
    """How many ASCII characters that many tokens have at most."""
    return max(0, int(tokens * CHARACTERS_PER_TOKEN))
