"""MCP servers of a `mcp.json` of the test's own, real processes all of them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from lumina_jupyter.errors import ToolDenied
from lumina_jupyter.tools import Actor, Registry, TextContent, ToolContext
from lumina_jupyter.tools.mcp.client import ConfigFile, Limits, McpServers, ServerStatus
from lumina_jupyter.tools.mcp.client.environment import MARK
from lumina_jupyter.tools.mcp.client.host import Answer, Question, Sampled, Sampling
from lumina_jupyter.tools.mcp.client.link import Link

OWNER = "LUMINA_TEST_PROCESS"
SERVERS = Path(__file__).parent / "servers"
QUICK = Limits(start=30, backoff=0.01, backoff_most=0.01, restarts=1, end=0.3)


def entry(script: str, *arguments: str, **others: Any) -> dict[str, Any]:
    """An entry of `mcp.json` for one of the servers beside this file."""
    return {"command": sys.executable, "args": [str(SERVERS / script), *arguments], **others}


def hostile(mode: str, *arguments: str, **others: Any) -> dict[str, Any]:
    return entry("hostile.py", mode, *arguments, **others)


async def until(condition: Callable[[], bool]) -> None:
    """Return when it is so; of what other processes do nothing else tells."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - as said
            await asyncio.sleep(0.01)


class Person:
    """Answers servers, and remembers what they asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Question, str]] = []
        self.sampled: list[Sampling] = []
        self.answer = Answer("accept", {"color": "green"})
        self.refuses = False

    async def ask(self, question: Question, context: ToolContext) -> Answer:
        self.asked.append((question, context.actor.user))
        return self.answer

    async def sample(self, server: str, sampling: Sampling, context: ToolContext) -> Sampled:
        self.sampled.append(sampling)
        if self.refuses:
            raise ToolDenied("Nobody approved it.")
        return Sampled(text="moon", model="lab/m")

    async def folders(self, server: str, context: ToolContext) -> Sequence[Path]:
        return (Path("/home/ada/a folder"), Path("/home/ada"))


@dataclass
class Desk:
    """Servers, their tools, and whoever answers them."""

    path: Path
    servers: McpServers
    registry: Registry
    person: Person
    said: list[str] = field(default_factory=list)

    def write(self, **entries: Any) -> None:
        self.path.write_text(json.dumps({"mcpServers": {name: _ours(each) for name, each in entries.items()}}))

    async def start(self, **entries: Any) -> None:
        self.write(**entries)
        await self.servers.ready()

    def status(self, name: str) -> ServerStatus:
        return next(each for each in self.servers.statuses() if each.name == name)

    def link(self, name: str) -> Link:
        return self.servers._links[name]

    async def settle(self, name: str, *states: str) -> ServerStatus:
        """The server's status, once it is in one of these states."""
        await until(lambda: self.status(name).state in states)
        return self.status(name)

    async def call(self, name: str, /, user: str = "ada", **arguments: Any) -> str:
        tool = self.registry.get(name)
        context = ToolContext(actor=Actor("chat", user), tell=self.said.append)
        content = await tool.run(tool.check(arguments), context)
        return "\n".join(part.text if isinstance(part, TextContent) else repr(part) for part in content)


@pytest.fixture
def make_desk(jp_asyncio_loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Makes desks; whatever their servers started is gone after the test, or it fails."""
    desks: list[Desk] = []

    def make(limits: Limits = QUICK, environment: dict[str, str] | None = None) -> Desk:
        person, registry, path = Person(), Registry(packages=False), tmp_path / f"mcp{len(desks)}.json"
        servers = McpServers(ConfigFile(path), registry, person, limits, lambda: environment or {})
        registry.prepare(servers.ready)
        desks.append(Desk(path, servers, registry, person))
        return desks[-1]

    yield make
    for desk in desks:
        jp_asyncio_loop.run_until_complete(desk.servers.close())
    assert started_by_us() == []


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


def _ours(entry: Any) -> Any:
    """The entry with a variable that tells this process's servers from those of tests that run beside it."""
    if not isinstance(entry, dict) or "command" not in entry or not isinstance(entry.get("env", {}), dict):
        return entry
    return {**entry, "env": {**entry.get("env", {}), OWNER: str(os.getpid())}}


def started_by_us() -> list[psutil.Process]:
    """Every process that bears a mark, of whatever server of this process's tests."""
    found = []
    for process in psutil.process_iter():
        try:
            seen = process.environ()
            ours = seen.get(MARK) and seen.get(OWNER) == str(os.getpid())
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
