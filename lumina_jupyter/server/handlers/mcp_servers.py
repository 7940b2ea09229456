"""`/lumina/api/mcp`: how the MCP servers are, and the questions of theirs that wait for a person."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingQuestion:
    """A question that waits. Its message, fields and url come from the server and are not to be trusted."""

    id: str
    server: str
    message: str
    fields: dict[str, Any] | None
    """A JSON schema of the answer's fields; None when a page is to be opened instead."""
    url: str
    notebook: str
    call_id: str


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
        questions = [
            WaitingQuestion(
                id=each.id,
                server=each.server,
                message=each.message,
                fields=None if each.fields is None else dict(each.fields),
                url=each.url,
                notebook=each.notebook,
                call_id=each.call_id,
            )
            for each in waiting
        ]
        self.answer({"questions": questions})


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
