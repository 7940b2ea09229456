"""The names that words give to what is to be made: a table, a variable, a function."""

from __future__ import annotations

import re

_QUOTE = r"[`'\"]?"
_CALLED = re.compile(rf"\b(?:named|called)\s+{_QUOTE}([A-Za-z_]\w*)")
_FUNCTION = re.compile(rf"\b(?:function|class)\s+{_QUOTE}([A-Za-z_]\w*)\(")
_KIND = re.compile(
    r"\b(?:table|data ?frame|series|list|dict(?:ionary)?|array|variable)\s+"
    rf"{_QUOTE}([A-Za-z_]\w*)\b(?!\s+(?:by|in|from|to|at|on)\b)",
    re.IGNORECASE,
)
_NO_NAMES = (
    " a all an and are as be by called can comprehension containing each every for from has have having holding in into "
    "is it its like must named of on only or should showing so such that the their then there this to use using where "
    "which whose will with without you your "
)
"""Words that follow such a kind in a sentence, and name nothing."""


def asked_name(words: str) -> str:
    """The first such name; empty when the words give none."""
    for pattern in (_CALLED, _FUNCTION, _KIND):
        for name in pattern.findall(words):
            if f" {name.lower()} " not in _NO_NAMES:
                return str(name)
    return ""
