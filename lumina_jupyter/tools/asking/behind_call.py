"""What stands behind a call of a chat, a cell or a run: its person, its model, its folders, for a tool of ours to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...errors import CallerCannotBeAsked, ToolDenied
from ..content import TextContent
from ..context import ToolContext
from ..counterpart import Ask, AskModel, AskPerson, Reply
from ..questions import Question, Questions
from ..tool import Tool
from .asker import asker_of
from .sampling import Sampling

if TYPE_CHECKING:
    from .own_side import OwnSide

MOST_QUESTIONS = 20
"""How often one call may ask."""
MOST_TOKENS = 4_096
"""Tokens that a model's answer may have."""


class BehindCall:
    """Asks the person by a question that waits for her, wherever she is; all else goes through the gate.

    Args:
        questions: Where questions wait.
        own_side: What answers for the model and the folders; None where nothing does.
        tool: What asks.
        context: The call's.
    """

    def __init__(self, questions: Questions, own_side: OwnSide | None, tool: Tool, context: ToolContext) -> None:
        self._questions = questions
        self._own_side = own_side
        self._tool = tool
        self._context = context
        self._times = 0

    def answers(self, ask: Ask) -> bool:
        """Whether this can be asked here: a person where somebody could see it, the others where there is an engine."""
        return self._questions.reachable if isinstance(ask, AskPerson) else self._own_side is not None

    async def ask(self, asks: Mapping[str, Ask]) -> Mapping[str, Reply]:
        """The replies, one after the other; `decline` where the gate or a person does not allow one.

        Raises:
            CallerCannotBeAsked: when one of these cannot be asked here, or too much was asked.
            LuminaError: when the model fails, or the turn has no more answers for tools.
        """
        if not all(map(self.answers, asks.values())):
            raise self._nobody()
        self._times += len(asks)
        if self._times > MOST_QUESTIONS:
            raise CallerCannotBeAsked(f"{self._tool.name} has asked {MOST_QUESTIONS} times, which is enough.", hint="")
        return {name: await self._reply(ask) for name, ask in asks.items()}

    async def _reply(self, ask: Ask) -> Reply:
        if isinstance(ask, AskPerson):
            return await self._person(ask)
        if self._own_side is None:
            raise self._nobody()
        try:
            if isinstance(ask, AskModel):
                return await self._model(self._own_side, ask)
            folders = await self._own_side.folders(asker_of(self._tool), self._context)
        except ToolDenied:
            return Reply("decline")
        return Reply(folders=tuple(folder.as_uri() for folder in folders))

    def _nobody(self) -> CallerCannotBeAsked:
        what = "that could be asked" if self._questions.reachable else "a person could be asked"
        return CallerCannotBeAsked(f"{self._tool.name} asks something, and there is nobody here of whom {what}.")

    async def _person(self, ask: AskPerson) -> Reply:
        asker = asker_of(self._tool)
        question = Question(source=asker.source, who=asker.who, message=ask.message, schema=ask.schema)
        with self._context.pause.held():
            answer = await self._questions.ask(question, self._context)
        return Reply(answer.action, answer.content)

    async def _model(self, own_side: OwnSide, ask: AskModel) -> Reply:
        sampling = Sampling(
            messages=(("user", (TextContent(ask.prompt),)),),
            system=ask.system,
            max_tokens=max(1, min(ask.max_tokens, MOST_TOKENS)),
        )
        return Reply(text=(await own_side.sample(asker_of(self._tool), sampling, self._context)).text)
