"""The report of a run: what was done, on what evidence, what it took, and what was left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["done", "partly", "failed", "stopped", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something that a claim rests on; it is stale when the cell's source or outputs have other hashes now.

    `stale` is told when somebody looks at the run, and is no part of its log.
    """

    step: str
    claim: str
    cell: str = ""
    source_hash: str = ""
    output_hash: str = ""
    excerpt: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a run ended. `usd` is None where a price is not known; `seconds` leaves out waiting for people."""

    outcome: Outcome
    summary: str
    answer: str = ""
    done: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    not_covered: tuple[str, ...] = ()
    """What an undo would not bring back, such as a variable that was too large to be kept."""
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0
    seconds: float = 0.0
