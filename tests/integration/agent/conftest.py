"""A real server with a live notebook and its kernel, and an agent whose remote model alone is a double."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from traitlets.config import Config

from lumina_jupyter.agent import Plan, RunRequest, RunView
from lumina_jupyter.agent.agents import Agents
from lumina_jupyter.agent.run import ENDED
from lumina_jupyter.agent.run_events import run_event_name
from lumina_jupyter.engine import Engine
from lumina_jupyter.tools import Approval
from tests.integration.server.conftest import Face, face, jp_server_config, provider, start_replay
from tests.integration.server.kernels import run as run_in_kernel
from tests.integration.server.live import NAME, Notebook

from .scripted import Scripted

__all__ = ["face", "jp_server_config", "provider", "start_replay"]
Found = TypeVar("Found")
PATIENCE = 240.0
"""Seconds after which a test gives up to wait; no test measures them."""


@pytest.fixture(autouse=True)
def live_notebooks(jp_server_config: Config, tmp_path: Path) -> None:
    extensions = jp_server_config["ServerApp"]["jpserver_extensions"]
    extensions |= {"jupyter_server_ydoc": True, "jupyter_server_fileid": True}
    jp_server_config["SQLiteYStore"]["db_path"] = str(tmp_path / "rooms.db")
    jp_server_config["BaseFileIdManager"]["db_path"] = str(tmp_path / "ids.db")


@dataclass
class Desk:
    """An engine inside of a real server, with a mind that does what the test says."""

    engine: Engine
    notebook: Notebook
    mind: Scripted
    room: Any
    kernel_id: str = ""

    @property
    def agents(self) -> Agents:
        return self.engine.agents

    @property
    def root(self) -> Path:
        return self.notebook.file.parent

    @property
    def cells(self) -> list[str]:
        """The texts of the cells, in the live room."""
        return [str(cell["source"]) for cell in self.room.ycells]

    async def begin(self, *plans: Plan, gear: str = "4", **request: Any) -> RunView:
        """Start a run that has these plans, in a gear in which code that runs is asked about."""
        if plans:
            self.mind.plans = list(plans)
        wanted = RunRequest(words="do it", notebook=NAME, gear=gear, user="ada", **request)  # type: ignore[arg-type]
        return await self.agents.start(wanted)

    async def done(self, *plans: Plan, grants: bool = True, **request: Any) -> RunView:
        """A run from its beginning to its end; calls that are asked about are granted for the run, as people do."""
        run = await self.begin(*plans, **request)
        return await self.ended(run.id, grants=grants)

    async def ended(self, run_id: str, *, grants: bool = True) -> RunView:
        async def over() -> RunView | None:
            if grants:
                await self.decide(run_id)
            view = await self.agents.get(run_id, "ada")
            return view if view.state in ENDED else None

        return await until(over)

    async def pending(self, run_id: str) -> list[Approval]:
        return [each for each in await self.engine.tools.approvals.list("ada") if each.run == run_id]

    async def decide(self, run_id: str, verdict: str = "grant", scope: str | None = "run") -> None:
        for each in await self.pending(run_id):
            chosen: Any = scope if verdict == "grant" else None
            await self.engine.tools.approvals.decide(each.id, verdict, by="Ada", viewer="ada", scope=chosen)  # type: ignore[arg-type]

    async def asked(self, run_id: str) -> Approval:
        async def one() -> Approval | None:
            return next(iter(await self.pending(run_id)), None)

        return await until(one)

    async def names(self, run_id: str) -> list[str]:
        """The events of a run, by name."""
        return [run_event_name(each.event) for each in await self.agents.events(run_id, viewer="ada")]

    async def of(self, run_id: str, kind: type[Any]) -> list[Any]:
        return [e.event for e in await self.agents.events(run_id, viewer="ada") if isinstance(e.event, kind)]

    async def kernel(self, code: str) -> Any:
        """What code prints in the notebook's kernel."""
        kernel = await self.engine.runs.kernel(NAME, start=True)
        assert kernel is not None
        return await run_in_kernel(self.notebook.face.app, kernel.id, code)

    async def state(self, run_id: str, *states: str) -> RunView:
        async def there() -> RunView | None:
            view = await self.agents.get(run_id, "ada")
            return view if view.state in states else None

        return await until(there)


async def until(look: Callable[[], Awaitable[Found | None]]) -> Found:
    """What a look finds at last."""
    end = time.monotonic() + PATIENCE
    while not (found := await look()):
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.02)
    return found


MakeDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture
def desk(face: Face) -> MakeDesk:
    """Makes a notebook of these cells, open in a live room, and an agent for it."""

    async def make(*cells: str, **settings: Any) -> Desk:
        notebook = Notebook(face, "room")
        await notebook.make(*cells)
        engine = await face.extension.service.engine()
        for name, value in {"agent_autonomy": "trusted", **settings}.items():
            setattr(engine.settings, name, value)
        mind = Scripted()
        agents = engine.agents
        agents._means = replace(agents._means, mind=lambda: mind)  # the double of the remote model
        return Desk(engine, notebook, mind, await notebook.open_room())

    return make
