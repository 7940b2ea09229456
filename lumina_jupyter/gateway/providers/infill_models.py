"""Models of which no list says that they fill in the middle, but their makers do."""

from __future__ import annotations

import re

_TRAINED = {
    "mistral": re.compile(r"codestral-(?!embed|mamba)"),
    "deepseek": re.compile(r"deepseek-(chat|coder)$"),
}


def is_known_to_fill_in(provider: str, name: str) -> bool:
    """Whether the maker of a model says that it fills in the middle."""
    trained = _TRAINED.get(provider)
    return trained is not None and trained.match(name) is not None
