"""How a search goes, for whoever watches it: read from its log on the disk as it grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .job import JobState, JobView
from .view import said_after

if TYPE_CHECKING:
    from ..experiment.listing import State
    from .jobs import Jobs

LOOK_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Said:
    """Something that the search said: `sequence` counts from 1, `event` has its name under "event"."""

    sequence: int
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JobChanged:
    """The job began, ended, or has another place in the queue."""

    job: JobView


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing more will be said; in which state it is."""

    state: State | JobState


Progress = Said | JobChanged | Over


async def watch(jobs: Jobs, name: str, owner: str, *, after: int = 0) -> AsyncGenerator[Progress, None]:
    """What a search has said after an event's number, and then whatever it says, up to its end.

    Raises:
        ExperimentMissing: when there is none of this name for who asks, or no longer.
    """
    offset = sequence = 0
    told: JobView | None = None
    while True:
        # Asked before the log is read: what is said last is read before the end is told.
        job, state = await jobs.state(name, owner)
        if job is not None and job != told:
            told = job
            yield JobChanged(job)
        experiment = await asyncio.to_thread(jobs.shelf.experiment, name)
        if experiment is not None:
            offset, events = await asyncio.to_thread(said_after, experiment, offset)
            for event in events:
                sequence += 1
                if sequence > after and event:
                    yield Said(sequence, event)
        if state not in ("queued", "running"):
            yield Over(state)
            return
        await asyncio.sleep(LOOK_SECONDS)
