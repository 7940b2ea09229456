"""`/lumina/api/questions`: what tools and MCP servers want to know from a person while a call runs."""

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


class PeopleOnly(ToolBase):
    """A route for people: what runs in a kernel may be what a model wrote."""

    kernels_allowed: ClassVar[bool] = False


class QuestionsHandler(PeopleOnly):
    """Lists the questions that wait for who asks."""

    @authorized
    async def get(self) -> None:
        """What tools want to know during calls; nothing of what they say is to be trusted."""
        engine = await self.engine()
        waiting = engine.tools.questions.waiting(self.asker, self.viewer.name)
        self.answer({"questions": [asdict(each) for each in waiting]})


class QuestionHandler(PeopleOnly):
    """Answers a question."""

    @authorized
    async def post(self, question: str) -> None:
        """Answer it, once."""
        body = await self.body(NewAnswer)
        engine = await self.engine()
        answered = engine.tools.questions.answer(
            question, self.asker, body.action, body.content, viewer=self.viewer.name
        )
        self.answer(answered)
