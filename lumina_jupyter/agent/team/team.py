"""Carries out parts of a coordinator's task by runs of other personas, a few at a time, within its limits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from ...errors import InvalidArguments, LuminaError, ToolDenied
from ...settings import Lumina
from ..gears import GearName
from ..live_run import LiveRun
from ..personas import Persona, Personas
from ..run import RunRequest, RunView
from ..run_events import Delegated, HandedBack, Spent
from .mailboxes import Mailboxes
from .messages import Assigned, Began, Finished, Part

MOST_PARTS = 8
SHOWN_CHARACTERS = 3_000
"""Characters of a part's report that the coordinator is told."""
_NUMBERS: tuple[GearName, ...] = ("1", "2", "3", "4", "5")


class RunsParts(Protocol):
    """What runs of the agent are started and followed with."""

    async def start(self, request: RunRequest) -> RunView:
        """Begin a run."""
        ...

    async def ended(self, run_id: str) -> RunView:
        """The run, once it has ended."""
        ...

    async def stop(self, run_id: str, by: str = "", viewer: str = "") -> RunView:
        """End a run."""
        ...


class Team:
    """The colleagues of a coordinator.

    Args:
        settings: `agent_depth` and `agent_parallel`.
        personas: Who there is.
        runs: Begins and follows their runs.
    """

    def __init__(self, settings: Lumina, personas: Personas, runs: RunsParts) -> None:
        self._settings = settings
        self._personas = personas
        self._runs = runs
        self._mail = Mailboxes()

    async def work(self, coordinator: LiveRun, parts: Sequence[Part], tell: Callable[[str], None]) -> list[Finished]:
        """Have the parts done; ends when each has ended. Cancelling it stops what works on them.

        Args:
            coordinator: The run that gives its work away.
            parts: What is to be done, by whom.
            tell: Takes lines of progress.

        Raises:
            ToolDenied: when it may not give work away, or not to one of these.
            InvalidArguments: when there are no parts, or too many.
            UnknownName: when there is no such persona.
        """
        if not 1 <= len(parts) <= MOST_PARTS:
            raise InvalidArguments(f"A task is divided into 1 to {MOST_PARTS} parts, not {len(parts)}.")
        personas = [await self._colleague(coordinator, part) for part in parts]
        workers, mine = f"workers-of:{coordinator.id}", f"coordinator:{coordinator.id}"
        self._mail.open(workers)
        self._mail.open(mine)
        for number, part in enumerate(parts):
            self._mail.post(workers, Assigned(number=number, coordinator=coordinator.id, part=part))
        requests = [
            self._request(coordinator, persona, part, len(parts)) for persona, part in zip(personas, parts, strict=True)
        ]
        at_work = [
            asyncio.get_running_loop().create_task(self._worker(workers, mine, requests))
            for _ in range(min(self._settings.agent_parallel, len(parts)))
        ]
        try:
            return await self._collected(coordinator, mine, parts, tell)
        finally:
            for worker in at_work:
                worker.cancel()
            await asyncio.gather(*at_work, return_exceptions=True)
            self._mail.close(workers)
            self._mail.close(mine)

    async def _collected(
        self, coordinator: LiveRun, address: str, parts: Sequence[Part], tell: Callable[[str], None]
    ) -> list[Finished]:
        finished: dict[int, Finished] = {}
        while len(finished) < len(parts):
            message = await self._mail.take(address)
            part = parts[message.number]
            if isinstance(message, Began):
                coordinator.log.add(Delegated(message.run, part.persona, part.task, coordinator.view.step))
                tell(f"{part.persona} works on part {message.number + 1} of {len(parts)}.")
            elif isinstance(message, Finished):
                finished[message.number] = message
                step = coordinator.view.step
                coordinator.log.add(HandedBack(message.run, part.persona, part.task, message.outcome, step))
                # What colleagues take counts against the coordinator's own limits.
                coordinator.log.add(Spent(message.input_tokens, message.output_tokens, message.usd))
                tell(f"{part.persona}: {message.outcome}.")
        return [finished[number] for number in sorted(finished)]

    async def _worker(self, address: str, coordinator: str, requests: Sequence[RunRequest]) -> None:
        """Do one part after another for as long as there are any."""
        while True:
            message = await self._mail.take(address)
            if isinstance(message, Assigned):
                self._mail.post(
                    coordinator, await self._done(message.number, requests[message.number], self._began(coordinator))
                )

    def _began(self, coordinator: str) -> Callable[[int, str], None]:
        return lambda number, run: self._mail.post(coordinator, Began(number=number, run=run))

    async def _done(self, number: int, request: RunRequest, began: Callable[[int, str], None]) -> Finished:
        try:
            await self._runs.start(request)
        except LuminaError as error:
            return Finished(number=number, run="", outcome="failed", text=error.message)
        try:
            began(number, request.run_id)
            view = await self._runs.ended(request.run_id)
        except asyncio.CancelledError:
            await _shielded(self._runs.stop(request.run_id, "Its coordinator", request.user))
            raise
        return _finished(number, view)

    async def _colleague(self, coordinator: LiveRun, part: Part) -> Persona:
        own = coordinator.persona
        if coordinator.request.depth >= self._settings.agent_depth:
            raise ToolDenied(
                f"Work that was given away {coordinator.request.depth} times is not given away again.",
                hint="Do it yourself with the other tools.",
            )
        persona = await self._personas.get(part.persona)
        if own is None or not own.may_hand_over_to(persona.name):
            raise ToolDenied(f"{own.title if own else 'Lumina'} does not give work to {persona.title}.")
        return persona

    def _request(self, coordinator: LiveRun, persona: Persona, part: Part, parts: int) -> RunRequest:
        request, view, gear = coordinator.request, coordinator.view, coordinator.gear
        # A colleague works in no faster gear than who asks it, and with no more than its share of what is left.
        wanted = int(persona.gear) if persona.gear.isdigit() else 0
        left = max(0, gear.tokens - view.input_tokens - view.output_tokens)
        return RunRequest(
            words=part.task,
            notebook=coordinator.notebook,
            kernel_id=coordinator.kernel_id,
            active_cell=request.active_cell,
            gear=_NUMBERS[min(wanted, gear.number) - 1] if wanted else "auto",
            most_gear=min(gear.number, request.most_gear) if coordinator.gear_name == "auto" else gear.number,
            model=request.model,
            persona=persona.name,
            conversation=request.conversation,
            user=request.user,
            asked_by="agent",
            rights=request.rights,
            parent=coordinator.id,
            depth=request.depth + 1,
            most_tokens=max(1, left // parts),
            most_usd=None if view.usd is None else max(0.0, gear.usd - view.usd) / parts,
        )


def _finished(number: int, view: RunView) -> Finished:
    report = view.report
    text = view.why if report is None else report.answer or report.summary
    return Finished(
        number=number,
        run=view.id,
        outcome="stopped" if report is None else report.outcome,
        text=text[:SHOWN_CHARACTERS],
        input_tokens=view.input_tokens,
        output_tokens=view.output_tokens,
        usd=view.usd,
    )


async def _shielded(work: Awaitable[RunView]) -> None:
    """Come to the end of it, also when we are cancelled meanwhile."""
    await asyncio.shield(asyncio.ensure_future(work))
