"""What coordinators and workers tell each other: nothing but these."""

from __future__ import annotations

from dataclasses import dataclass

from ..report import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a task, and the persona that shall do it."""

    persona: str
    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """From a coordinator to the workers: do this part. `coordinator` is the run that waits for it, `number` the part's."""

    number: int
    coordinator: str
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """From a worker to the coordinator: this run works on the part now."""

    number: int
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """From a worker to the coordinator: how the part ended, in words that it can use. Dollars are None where unknown."""

    number: int
    run: str
    outcome: Outcome
    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0


TeamMessage = Assigned | Began | Finished
