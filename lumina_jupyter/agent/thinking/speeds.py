"""How quick models have been: for what a plan is going to take."""

from __future__ import annotations

from dataclasses import dataclass

_WEIGHT = 0.3
"""Of the newest call in the running mean."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second: of prompts, up to the first token of an answer, and of answers."""

    reads: float
    writes: float


EMBEDDED = Speed(reads=40.0, writes=7.0)
REMOTE = Speed(reads=2_000.0, writes=60.0)
"""Taken before anything was seen."""


class Speeds:
    """The speeds of models, by their ids, as they were seen in this process."""

    def __init__(self) -> None:
        self._seen: dict[str, Speed] = {}

    def saw(self, model: str, *, read: int, read_seconds: float, written: int, write_seconds: float) -> None:
        """Take in one call: tokens read that were in no cache, tokens written, and what each took."""
        before = self.of(model)
        reads = read / read_seconds if read >= 20 and read_seconds > 0.001 else before.reads
        writes = written / write_seconds if written >= 5 and write_seconds > 0.001 else before.writes
        self._seen[model] = Speed(_mean(before.reads, reads), _mean(before.writes, writes))

    def of(self, model: str) -> Speed:
        """The speed of a model; a usual one where it was not asked yet."""
        return self._seen.get(model, EMBEDDED if model.partition("/")[0] == "embedded" else REMOTE)


def _mean(before: float, now: float) -> float:
    return before + _WEIGHT * (now - before)
