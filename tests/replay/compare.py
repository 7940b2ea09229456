"""Running an adapter over played-back bytes and comparing what its events add up to."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from lumina_jupyter.errors import LuminaError
from lumina_jupyter.events import (
    Event,
    MessageFinished,
    MessageStarted,
    Notice,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    Usage,
)
from lumina_jupyter.gateway.providers.base import Provider, Target
from lumina_jupyter.gateway.requests import ChatRequest, Message

from .expected import Expected, ExpectedUsage
from .recording import Recording
from .server import ReplayServer

CUTS: tuple[int | None, ...] = (None, 1, 7, 4096)
"""How bodies are cut: whole, and as HTTP chunks of so many bytes."""
EDGE = 1024
"""Of a long body so many bytes come one by one at its beginning and at its end; between them is more of the same."""

TargetOf = Callable[[Recording, str], Target]
"""Where to send the request for a recording, given the replay server's URL."""


@dataclass
class Answer:
    """What a stream of events added up to."""

    events: list[Event] = field(default_factory=list)
    text: str = ""
    reasoning: str = ""
    calls: list[ToolCallFinished] = field(default_factory=list)
    usage: Usage | None = None
    finish: str | None = None
    notices: list[Notice] = field(default_factory=list)
    error: LuminaError | None = None


async def collect(provider: Provider, request: ChatRequest, target: Target) -> Answer:
    """Read one whole answer, checking on the way that the events keep their protocol."""
    answer = Answer()
    texts: list[str] = []
    reasonings: list[str] = []
    arguments: dict[int, list[str]] = {}
    names: dict[int, tuple[str, str]] = {}
    try:
        async with aclosing(provider.chat(request, target)) as events:
            async for event in events:
                assert answer.finish is None, f"an event after the end: {event}"
                assert answer.events or isinstance(event, MessageStarted), f"began with {event}"
                answer.events.append(event)
                match event:
                    case MessageStarted(request_id, name, model):
                        assert len(answer.events) == 1, "began twice"
                        assert (request_id, name, model) == (request.request_id, target.provider, target.model)
                    case TextDelta(text):
                        assert text, "an empty text delta"
                        texts.append(text)
                    case ReasoningDelta(text):
                        reasonings.append(text)
                    case ToolCallStarted(index, id, name):
                        assert index not in arguments, f"call {index} began twice"
                        assert id
                        names[index], arguments[index] = (id, name), []
                    case ToolCallDelta(index, piece):
                        arguments[index].append(piece)
                    case ToolCallFinished(index, id, name):
                        assert (id, name) == names[index]
                        assert event.arguments == ("".join(arguments[index]).strip() or "{}")
                        answer.calls.append(event)
                    case Usage():
                        assert answer.usage is None, "usage came twice"
                        answer.usage = event
                    case Notice():
                        answer.notices.append(event)
                    case MessageFinished(reason):
                        answer.finish = reason
                    case _:
                        raise AssertionError(f"an adapter never sends {event}")
    except LuminaError as error:
        answer.error = error
    answer.text, answer.reasoning = "".join(texts), "".join(reasonings)
    return answer


async def replay(
    provider: Provider, recording: Recording, target_of: TargetOf, *, cut: int | None = None, **changes: Any
) -> Answer:
    """The adapter's answer to a simple question, with the recording played back; `changes` go into the request."""
    async with ReplayServer(recording, cut=cut, edge=EDGE if cut == 1 else None) as server:
        request = ChatRequest(**{"messages": (Message.of("user", "Hello?"),), **changes})
        return await collect(provider, request, target_of(recording, server.url))


def assert_same(answer: Answer, expected: Expected) -> None:
    """Assert that an answer is what the recording says."""
    if expected.error is None:
        assert answer.error is None, f"failed with {answer.error!r}"
    else:
        assert type(answer.error) is expected.error, f"{answer.error!r} is not {expected.error.__name__}"
    assert answer.text == expected.text
    assert answer.reasoning == expected.reasoning
    assert [call.name for call in answer.calls] == [call.name for call in expected.tool_calls]
    for call, wanted in zip(answer.calls, expected.tool_calls, strict=True):
        assert wanted.id in (None, call.id)
        assert json.loads(call.arguments) == json.loads(wanted.arguments or "{}")
    assert answer.finish == expected.finish
    assert _usage(answer.usage) == expected.usage


def _usage(usage: Usage | None) -> ExpectedUsage | None:
    if usage is None:
        return None
    return ExpectedUsage(
        usage.input_tokens,
        usage.output_tokens,
        usage.cached_input_tokens,
        usage.cache_write_tokens,
        usage.reasoning_tokens,
    )
