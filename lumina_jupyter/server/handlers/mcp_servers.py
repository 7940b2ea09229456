"""`/lumina/api/mcp`: how the MCP servers are, and the questions of theirs that wait for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from jupyter_server.auth.decorator import authorized

from ..tool_base import ToolBase


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """The answer to a question: with `accept`, the form's fields."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    action: Literal["accept", "decline", "cancel"]
    content: dict[str, Any] | None = None


class PeopleOnly(ToolBase):
    """A route for people: what runs in a kernel may be what a model wrote."""

    kernels_allowed: ClassVar[bool] = False


class McpServersHandler(PeopleOnly):
    """Lists the servers."""

    @authorized
    async def get(self) -> None:
        """How every server of mcp.json is; starts them when they were not yet."""
        engine = await self.engine()
        await engine.mcp.servers.ready()
        self.answer({"servers": [asdict(each) for each in engine.mcp.servers.statuses()]})


class McpRestartHandler(PeopleOnly):
    """Restarts a server."""

    @authorized
    async def post(self, name: str) -> None:
        """End it and start it anew; how it is then."""
        await self.check_rights(["execute"])
        engine = await self.engine()
        await engine.mcp.servers.restart(name)
        self.answer(next(asdict(each) for each in engine.mcp.servers.statuses() if each.name == name))


class McpQuestionsHandler(PeopleOnly):
    """Lists the questions that wait for who asks."""

    @authorized
    async def get(self) -> None:
        """What servers want to know during calls; nothing of what they say is to be trusted."""
        engine = await self.engine()
        waiting = engine.mcp.questions.waiting(self.asker)
        told = ("id", "server", "message", "fields", "url", "notebook", "call_id")
        self.answer({"questions": [{name: _plain(getattr(each, name)) for name in told} for each in waiting]})


class McpQuestionHandler(PeopleOnly):
    """Answers a question."""

    @authorized
    async def post(self, question: str) -> None:
        """Answer it, once."""
        body = await self.body(NewAnswer)
        engine = await self.engine()
        engine.mcp.questions.answer(question, self.asker, body.action, body.content)
        self.set_status(204)
        self.finish()


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
