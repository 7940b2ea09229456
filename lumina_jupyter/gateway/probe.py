"""Trying a provider out: one real streamed answer and one real tool call, for `lumina doctor` and the settings page."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from ..events import Event, Failed, MessageFinished, ReasoningDelta, TextDelta, ToolCallFinished
from .requests import ChatRequest, Message, ToolSpec

TIME_LIMIT = 60.0
"""Seconds for each of the two requests; an embedded model may have to be loaded first."""
_MAX_TOKENS = 400
"""Enough for a reasoning model to get as far as a short answer."""
_TOOL = ToolSpec(
    name="report_weather",
    description="Report the weather of a city.",
    parameters={
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)

Chat = Callable[[ChatRequest], AsyncGenerator[Event, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeStep:
    """How one request went; `detail` says it in words, `hint` what to do when it failed."""

    ok: bool
    detail: str
    hint: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How a model answered a streamed request and one that asks for a tool call."""

    model: str
    streamed: ProbeStep
    tool_call: ProbeStep

    @property
    def ok(self) -> bool:
        """Whether both went well."""
        return self.streamed.ok and self.tool_call.ok


async def probe(chat: Chat, model: str) -> Probe:
    """Send both requests to a model, one after the other; never raises for what the model does."""
    streamed = await _try(chat, _request(model, "Count from one to ten in words."), _judge_text)
    if not streamed.ok:
        return Probe(model=model, streamed=streamed, tool_call=ProbeStep(ok=False, detail="not tried"))
    asked = _request(model, "Report the weather of Paris with the tool.", _TOOL)
    return Probe(model=model, streamed=streamed, tool_call=await _try(chat, asked, _judge_tool_call))


def _request(model: str, prompt: str, *tools: ToolSpec) -> ChatRequest:
    return ChatRequest(
        messages=(Message.of("user", prompt),),
        model=model,
        tools=tools,
        tool_choice="required" if tools else None,
        max_tokens=_MAX_TOKENS,
    )


async def _try(chat: Chat, request: ChatRequest, judge: Callable[[list[Event]], tuple[bool, str]]) -> ProbeStep:
    began = time.monotonic()
    events: list[Event] = []
    try:
        async with asyncio.timeout(TIME_LIMIT), aclosing(chat(request)) as stream:
            async for event in stream:
                events.append(event)  # noqa: PERF401 - what arrived before a time-out is kept
    except TimeoutError:
        detail = f"no complete answer within {TIME_LIMIT:g} s"
        return ProbeStep(ok=False, detail=detail, hint="Try again later, or another model.", seconds=TIME_LIMIT)
    seconds = time.monotonic() - began
    end = events[-1] if events else None
    if isinstance(end, Failed):
        return ProbeStep(ok=False, detail=end.message, hint=end.hint, seconds=seconds)
    ok, detail = judge(events)
    return ProbeStep(ok=ok, detail=detail, hint="" if ok else "Choose another model for this.", seconds=seconds)


def _judge_text(events: list[Event]) -> tuple[bool, str]:
    pieces = sum(isinstance(event, TextDelta) for event in events)
    thoughts = sum(isinstance(event, ReasoningDelta) for event in events)
    if pieces:
        return True, f"streams ({pieces} {'piece' if pieces == 1 else 'pieces'})"
    cut_off = any(isinstance(event, MessageFinished) and event.reason == "length" for event in events)
    if thoughts and cut_off:
        return True, f"streams its reasoning ({thoughts} pieces)"
    return False, "answered with no text"


def _judge_tool_call(events: list[Event]) -> tuple[bool, str]:
    calls = [event for event in events if isinstance(event, ToolCallFinished)]
    if not calls:
        return False, "answered without calling the tool"
    if calls[0].name != _TOOL.name or "city" not in json.loads(calls[0].arguments):
        return False, "called the tool wrongly"
    return True, "calls tools"
