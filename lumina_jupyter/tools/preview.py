"""What a call would change, for people who approve it and for dry runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preview:
    """A sentence that says what would be done, and the change as a unified diff or as the code that would run."""

    summary: str
    diff: str = ""
    code: str = ""
