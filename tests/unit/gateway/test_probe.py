"""Trying a model out: what counts as an answer and as a tool call."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from lumina_jupyter.events import (
    Event,
    Failed,
    MessageFinished,
    MessageStarted,
    ReasoningDelta,
    TextDelta,
    ToolCallFinished,
)
from lumina_jupyter.gateway.probe import Chat, probe
from lumina_jupyter.gateway.requests import ChatRequest

STARTED = MessageStarted("r", "lab", "lab/m")
SAID: list[Event] = [STARTED, TextDelta("one "), TextDelta("two"), MessageFinished("stop")]


def answering(plain: list[Event], with_tools: list[Event]) -> Chat:
    """A chat that answers these."""

    async def chat(request: ChatRequest) -> AsyncGenerator[Event, None]:
        for event in with_tools if request.tools else plain:
            yield event

    return chat


def called(name: str, arguments: str) -> list[Event]:
    return [STARTED, ToolCallFinished(0, "c", name, arguments), MessageFinished("tool_calls")]


@pytest.mark.parametrize(
    ("plain", "with_tools", "streamed", "tool_call"),
    [
        (SAID, called("report_weather", '{"city": "Paris"}'), True, True),
        (SAID, called("report_weather", "{}"), True, False),
        (SAID, called("other", '{"city": "Paris"}'), True, False),
        (SAID, SAID, True, False),
        (SAID, [Failed("rate_limited", "Too many.", "Wait.")], True, False),
        ([STARTED, ReasoningDelta("hm"), MessageFinished("length")], SAID, True, False),
        ([STARTED, MessageFinished("stop")], SAID, False, False),
        ([Failed("authentication_failed", "Wrong key.", "Set it.")], SAID, False, False),
        ([], SAID, False, False),
    ],
)
async def test_both_requests_are_judged(
    plain: list[Event], with_tools: list[Event], streamed: bool, tool_call: bool
) -> None:
    tried = await probe(answering(plain, with_tools), "lab/m")
    assert (tried.streamed.ok, tried.tool_call.ok) == (streamed, tool_call)
    assert tried.ok is (streamed and tool_call)
    for step in (tried.streamed, tried.tool_call):
        assert step.detail
        assert step.ok or step.hint or step.detail == "not tried"


async def test_a_failure_tells_its_reason_and_what_to_do() -> None:
    tried = await probe(answering([Failed("x", "Wrong key.", "Set it.")], []), "lab/m")
    assert (tried.streamed.detail, tried.streamed.hint) == ("Wrong key.", "Set it.")
    assert tried.tool_call.detail == "not tried"
