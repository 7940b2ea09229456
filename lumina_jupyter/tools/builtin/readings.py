"""What an actor has read in its run: what it may change is what it knows, as it knows it."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from secrets import token_hex

from ...collaboration import Author
from ..actor import Actor
from ..context import ToolContext

MOST_RUNS = 256
MOST_THINGS = 20_000
"""Cells and files that are remembered of one run; of more, the first are forgotten and have to be read again."""

_NOT_IN_RUNS = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(slots=True)
class RunReadings:
    """One run: the hashes of what it read, and the number of its last step."""

    run: str
    hashes: OrderedDict[str, str] = field(default_factory=OrderedDict)
    step: int = 0

    def remember(self, thing: str, hash: str) -> None:
        """The actor has been told this state of a thing."""
        self.hashes[thing] = hash
        self.hashes.move_to_end(thing)
        if len(self.hashes) > MOST_THINGS:
            self.hashes.popitem(last=False)

    def of(self, thing: str) -> str:
        """The state that the actor was told; empty when it was told none."""
        return self.hashes.get(thing, "")


class Readings:
    """The readings of all runs, of which the last are remembered."""

    def __init__(self) -> None:
        self._runs: OrderedDict[Actor, RunReadings] = OrderedDict()

    def of(self, actor: Actor) -> RunReadings:
        """Those of an actor in its run."""
        found = self._runs.get(actor)
        if found is None:
            # Whoever has no run of its own gets one, so that what it does can be taken back as one.
            run = _NOT_IN_RUNS.sub("_", actor.run)[:100] or f"{actor.kind}_{token_hex(6)}"
            found = self._runs[actor] = RunReadings(run)
        self._runs.move_to_end(actor)
        if len(self._runs) > MOST_RUNS:
            self._runs.popitem(last=False)
        return found

    def author(self, context: ToolContext) -> Author:
        """Who writes: the actor's run, in the step that the call names, else one step further."""
        readings = self.of(context.actor)
        readings.step = context.step or readings.step + 1
        name = context.actor.name if context.actor.kind == "agent" else ""
        return Author(
            run=readings.run,
            step=readings.step,
            user=context.actor.user,
            name=name or "Lumina",
            model=context.model,
        )
