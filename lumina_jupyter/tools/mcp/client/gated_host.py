"""Who answers MCP servers inside an engine: people, and Lumina's own side through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ....errors import CallerCannotBeAsked
from ...asking.asker import Asker
from ...asking.own_side import OwnSide
from ...asking.sampling import Sampled, Sampling
from ...context import ToolContext
from ...questions import Question as PersonQuestion
from ...toolbox import Toolbox
from .host import Answer, Question
from .names import source_of, tool_name


class GatedHost:
    """Answers servers: people's answers from the questions that wait, all else through the gate.

    Args:
        toolbox: Whose gate it is, and where questions wait for people.
    """

    def __init__(self, toolbox: Toolbox) -> None:
        self._toolbox = toolbox

    async def ask(self, question: Question, context: ToolContext) -> Answer:
        """Ask the person on whose behalf the call is."""
        asked = PersonQuestion(
            source=source_of(question.server),
            who=f"The MCP server {question.server}",
            message=question.message,
            schema=question.schema,
            url=question.url,
        )
        with context.pause.held():
            return await self._toolbox.questions.ask(asked, context)

    async def sample(self, server: str, sampling: Sampling, context: ToolContext) -> Sampled:
        """Have the turn's model answer, as far as the gate and people allow.

        Raises:
            LuminaError: when they do not, or the model fails.
        """
        return await self._own_side(server).sample(_asker(server), sampling, context)

    async def folders(self, server: str, context: ToolContext) -> Sequence[Path]:
        """The folders that the call works in, as far as the gate and people allow.

        Raises:
            LuminaError: when they do not, or there are none.
        """
        return await self._own_side(server).folders(_asker(server), context)

    def _own_side(self, server: str) -> OwnSide:
        own_side = self._toolbox.own_side
        if own_side is None:
            raise CallerCannotBeAsked(f"The MCP server {server} asks something, and nothing here answers that.")
        return own_side


def _asker(server: str) -> Asker:
    return Asker(
        source=source_of(server),
        who=f"The MCP server {server}",
        kind="mcp",
        name=f"server {server}",
        names=lambda what: tool_name(server, what),
    )
