"""Answers of a model for MCP servers: through the gate, as a call of a tool that nobody but the server can make."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from ....errors import LuminaError, ToolDenied
from ....events import Event, Failed, MessageFinished, MessageStarted, TextDelta
from ....gateway import ChatRequest, ImagePart, Message, TextPart
from ....telemetry.redaction import redact
from ...actor import Actor
from ...call import ToolCall
from ...content import Content, ImageContent, TextContent
from ...context import ToolContext
from ...preview import Preview
from ...questions import Question as PersonQuestion
from ...registry import Registry
from ...target import Target
from ...tool import Tool
from ...toolbox import Toolbox
from .host import Answer, Question, Sampled, Sampling
from .names import source_of, tool_name

SECONDS = 300.0

Chat = Callable[[ChatRequest], AsyncGenerator[Event, None]]

log = logging.getLogger(__name__)


class GatedHost:
    """Answers servers: people's answers from the questions that wait, a model's through the gate.

    Args:
        toolbox: Whose gate it is, and where questions wait for people.
        chat: Has a model answer.
    """

    def __init__(self, toolbox: Toolbox, chat: Chat) -> None:
        self._toolbox = toolbox
        self._chat = chat

    async def ask(self, question: Question, context: ToolContext) -> Answer:
        """Ask the person on whose behalf the call is."""
        asked = PersonQuestion(
            source=source_of(question.server),
            who=f"The MCP server {question.server}",
            message=question.message,
            schema=question.schema,
            url=question.url,
        )
        return await self._toolbox.questions.ask(asked, context)

    async def sample(self, sampling: Sampling, context: ToolContext) -> Sampled:
        """Have the default model answer, as far as the gate and people allow.

        Raises:
            ToolDenied: when they do not.
            LuminaError: when the model fails.
        """
        answers: list[Sampled] = []
        registry = Registry(packages=False)
        tool = self._tool(sampling, context, answers)
        registry.add(tool)
        actor = Actor("mcp", context.actor.user, name=f"server {sampling.server}", run=context.actor.run)
        outcome = await self._toolbox.beside(registry).call(
            ToolCall(f"sample_{secrets.token_hex(8)}", tool.name, _shown(sampling)), replace(context, actor=actor)
        )
        if outcome.is_error or not answers:
            raise ToolDenied(outcome.shown)
        return answers[0]

    def _tool(self, sampling: Sampling, context: ToolContext, answers: list[Sampled]) -> Tool:
        server = sampling.server

        async def run(_arguments: Mapping[str, Any], _context: ToolContext) -> Content:
            answers.append(await self._sampled(sampling, context))
            return (TextContent("The model answered."),)

        return Tool(
            name=tool_name(server, "sampling"),
            title=f"Answer for {server}"[:100],
            description=f"A model answers what the MCP server {server} asks it.",
            parameters={"type": "object"},
            # What the server sends goes to a model, which may be elsewhere and may cost money.
            effects=frozenset({"network"}),
            source=source_of(server),
            timeout=SECONDS,
            check=dict,
            run=run,
            target=lambda _arguments, _context: Target("process", f"{server}: sampling"),
            preview=lambda arguments, _context: Preview(
                f"The MCP server {server} wants a model to answer, with {sampling.max_tokens} tokens at most.",
                code=str(arguments.get("messages", "")),
            ),
        )

    async def _sampled(self, sampling: Sampling, context: ToolContext) -> Sampled:
        request = ChatRequest(
            messages=_messages(sampling),
            max_tokens=sampling.max_tokens,
            temperature=sampling.temperature,
            stop=sampling.stop,
            user=context.actor.user,
            notebook=context.notebook,
        )
        text, model, finish = "", "", ""
        async with aclosing(self._chat(request)) as events:
            async for event in events:
                if isinstance(event, MessageStarted):
                    model = event.model
                elif isinstance(event, TextDelta):
                    text += event.text
                elif isinstance(event, MessageFinished):
                    finish = event.reason
                elif isinstance(event, Failed):
                    raise LuminaError(event.message, hint=event.hint)
        return Sampled(text=redact(text), model=model, cut_off=finish == "length")


def _messages(sampling: Sampling) -> tuple[Message, ...]:
    system = (Message.of("system", sampling.system),) if sampling.system else ()
    return system + tuple(Message(role, tuple(_part(part) for part in parts)) for role, parts in sampling.messages)


def _part(part: TextContent | ImageContent) -> TextPart | ImagePart:
    return TextPart(part.text) if isinstance(part, TextContent) else ImagePart(part.media_type, part.data)


def _shown(sampling: Sampling) -> dict[str, Any]:
    """What people approve: all that the model would be shown."""
    return {
        "system": sampling.system,
        "messages": [
            {
                "role": role,
                "content": [part.text if isinstance(part, TextContent) else f"[{part.media_type}]" for part in parts],
            }
            for role, parts in sampling.messages
        ],
        "max_tokens": sampling.max_tokens,
    }
