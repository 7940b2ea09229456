"""Which tools an actor has, said by patterns of names."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

ALL = ("*",)


def is_chosen(name: str, patterns: Sequence[str]) -> bool:
    """Whether a tool is among those that patterns name.

    `read_*` takes in, `!run_*` leaves out, whatever takes it in; patterns that only leave out take in all else.
    """
    out = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    taken = [pattern for pattern in patterns if not pattern.startswith("!")] or (ALL if out else ())
    return any(fnmatchcase(name, each) for each in taken) and not any(fnmatchcase(name, each) for each in out)
