"""`/lumina/api/runs`: the agent is given something to do, and what it did is read."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import asdict
from typing import Literal

from jupyter_server.auth.decorator import authorized

from ..agent_base import AgentBase
from ..event_stream import StreamingHandler
from ..tool_base import rights_of
from .conversations import LAST_NUMBER

MOST_RUNS = 500
"""Runs that are listed at most."""


class AgentRunsHandler(AgentBase):
    """Lists runs, begins them."""

    @authorized
    async def get(self) -> None:
        """Those in `?notebook=` or in the notebook of `?kernel_id=`, else all; the newest first."""
        kernel_id = self.get_query_argument("kernel_id", "")
        named = self.get_query_argument("notebook", "").removeprefix("RTC:").strip("/")
        notebook = await self.service.notebooks.of_kernel(kernel_id, named)
        runs = await (await self.agents()).list(notebook=notebook, viewer=self.viewer.name)
        self.answer({"runs": [asdict(each) for each in runs[:MOST_RUNS]]})

    @authorized
    async def post(self) -> None:
        """Begin one; it goes on whoever leaves."""
        from ..agent_bodies import NewAgentRun

        new = await self.body(NewAgentRun)
        new.check()
        notebook = await self.notebook_of(new.notebook, new.kernel_id)
        engine = await self.engine()
        asked_by: Literal["chat", "magic"] = "magic" if self.is_kernel else "chat"
        request = new.request(notebook, self.asker, asked_by, await rights_of(self))
        started = await engine.start_run(request, self.viewer, new.follows)
        self.set_status(202)
        self.answer(started)


class AgentRunHandler(AgentBase):
    """Shows one run."""

    @authorized
    async def get(self, run_id: str) -> None:
        """It, as it is now."""
        self.answer(await self.run_of(run_id))


class AgentEventsHandler(AgentBase):
    """Reads a run's log."""

    @authorized
    async def get(self, run_id: str) -> None:
        """The events after `?after=`."""
        from ..agent_frames import event_data

        after = self.number("after", 0, least=0, most=LAST_NUMBER)
        events = await (await self.agents()).events(run_id, after=after, viewer=self.viewer.name)
        self.answer({"events": [event_data(each) for each in events]})


class AgentStreamHandler(StreamingHandler, AgentBase):
    """Reads a run's log and stays."""

    looks_on = True

    @authorized
    async def get(self, run_id: str) -> None:
        """The events after `Last-Event-ID` or `?after=`, and then whatever comes, up to the run's end."""
        from ...agent.run import ENDED
        from ..agent_frames import written

        after = self.last_event() or self.number("after", 0, least=0, most=LAST_NUMBER)
        await self.run_of(run_id)
        agents = await self.agents()
        watching = agents.watch(run_id, after=after, viewer=self.viewer.name)
        async with self.while_connected(), aclosing(watching) as events:
            self.begin_stream()
            await self.send_frames(b": here\n\n")
            async for event in events:
                await self.send_frames(written(event))
            if (await self.run_of(run_id)).state in ENDED:
                await self.send_frames(b"event: over\ndata: {}\n\n")


class GearsHandler(AgentBase):
    """Lists the gears."""

    @authorized
    async def get(self) -> None:
        """The five forward ones, from the most careful to the fastest."""
        from ...agent import GEARS

        self.answer({"gears": [asdict(gear) for gear in GEARS.values()]})
