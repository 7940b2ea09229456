"""The person behind a call of a chat, a cell or a run, as whoever a tool of ours may ask while it runs."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ..errors import CallerCannotBeAsked
from .context import ToolContext
from .counterpart import Ask, AskPerson, Reply
from .questions import Question, Questions
from .tool import Tool

MOST_QUESTIONS = 20
"""How often one call may ask."""


class PersonAsked:
    """Asks the person by a question that waits for her, wherever she is.

    Args:
        questions: Where questions wait.
        tool: What asks.
        context: The call's.
    """

    def __init__(self, questions: Questions, tool: Tool, context: ToolContext) -> None:
        self._questions = questions
        self._tool = tool
        self._context = context
        self._times = 0
        self._waited = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """How long it has waited for answers: time that is not the tool's."""
        return self._waited + (0.0 if self._since is None else time.monotonic() - self._since)

    def answers(self, ask: Ask) -> bool:
        """Whether she can be asked this: a form, where somebody could see it."""
        return isinstance(ask, AskPerson) and self._questions.reachable

    async def ask(self, asks: Mapping[str, Ask]) -> Mapping[str, Reply]:
        """Her replies, one question after the other.

        Raises:
            CallerCannotBeAsked: when she cannot be asked one of these, or too often.
        """
        if not all(map(self.answers, asks.values())):
            what = "a person could be asked" if not self._questions.reachable else "that could be asked"
            raise CallerCannotBeAsked(f"{self._tool.name} asks something, and there is nobody here of whom {what}.")
        self._times += len(asks)
        if self._times > MOST_QUESTIONS:
            raise CallerCannotBeAsked(f"{self._tool.name} has asked {MOST_QUESTIONS} times, which is enough.", hint="")
        replies = {}
        self._since = time.monotonic()
        try:
            for name, ask in asks.items():
                if isinstance(ask, AskPerson):
                    replies[name] = await self._asked(ask)
        finally:
            self._waited, self._since = self.seconds, None
        return replies

    async def _asked(self, ask: AskPerson) -> Reply:
        who = f"The tool {self._tool.name}"
        question = Question(source=self._tool.source, who=who, message=ask.message, schema=ask.schema)
        answer = await self._questions.ask(question, self._context)
        return Reply(answer.action, answer.content)
