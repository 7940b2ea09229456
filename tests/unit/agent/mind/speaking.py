"""A remote model that says what the test tells it to, event by event, and keeps what it was asked."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from lumina_jupyter.agent.gears import GEARS
from lumina_jupyter.agent.mind import Thinking
from lumina_jupyter.agent.run_events import Spent, Thought
from lumina_jupyter.agent.thinking import ModelMind
from lumina_jupyter.errors import UnknownTool
from lumina_jupyter.events import Cost, Event, MessageFinished, MessageStarted, TextDelta, Usage
from lumina_jupyter.gateway import ChatRequest, ModelInfo
from lumina_jupyter.settings import Lumina
from lumina_jupyter.tools import Tool

STRONG = "openai/gpt-5"
SMALL = "embedded/qwen2.5-coder-1.5b"
_PIECE = 7


class Speaker:
    """Gives its replies one after the other; a reply is text, an object for JSON, or the events themselves."""

    def __init__(self, *replies: str | dict[str, Any] | Sequence[Event]) -> None:
        self._replies = list(replies)
        self.asked: list[ChatRequest] = []
        self.closed = 0
        self.given = 0

    async def __call__(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        self.asked.append(request)
        assert self._replies, f"nobody expected to be asked: {request.messages[-1].text[-500:]}"
        reply = self._replies.pop(0)
        try:
            for event in _events(reply):
                self.given += 1
                yield event
        finally:
            self.closed += 1

    @property
    def prompts(self) -> list[str]:
        """All that was said to the model in each call."""
        return ["\n".join(message.text for message in request.messages) for request in self.asked]


def _events(reply: str | dict[str, Any] | Sequence[Event]) -> Sequence[Event]:
    if isinstance(reply, dict):
        reply = json.dumps(reply)
    if not isinstance(reply, str):
        return reply
    pieces = [TextDelta(reply[at : at + _PIECE]) for at in range(0, min(len(reply), 4_000), _PIECE)]
    if len(reply) > 4_000:
        pieces += [TextDelta(reply[at : at + 50_000]) for at in range(4_004, len(reply), 50_000)]
    return [MessageStarted("r", "openai", STRONG), *pieces, Usage(100, 20), Cost(0.001), MessageFinished("stop")]


def mind_of(speaker: Speaker, tools: dict[str, Tool], info: ModelInfo | None = None) -> ModelMind:
    """A mind that asks that model."""

    def tool(name: str, _notebook: str) -> Tool:
        if name not in tools:
            raise UnknownTool(f"There is no tool {name!r}.")
        return tools[name]

    async def known(_model: str) -> ModelInfo | None:
        return info

    return ModelMind(Lumina(), speaker, tool, known)


def thinking(model: str = STRONG, gear: int = 3, told: list[Thought | Spent] | None = None) -> Thinking:
    """In what circumstances it is asked."""
    heard = [] if told is None else told
    return Thinking(gear=GEARS[gear], model=model, tell=heard.append, notebook="a.ipynb")
