"""Trying a provider out: one real streamed answer and one real tool call, for the doctor and the settings page."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Literal

from ..events import Cost, Event, Failed, MessageFinished, ReasoningDelta, TextDelta, ToolCallDelta, ToolCallFinished
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
StepName = Literal["streamed", "tool_call"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeStep:
    """How one request went; `detail` says it in words, `hint` what to do when it failed.

    `first_seconds` is the time until the first piece of the answer, `usd` the cost; None where unknown.
    """

    ok: bool
    detail: str
    hint: str = ""
    seconds: float = 0.0
    first_seconds: float | None = None
    usd: float | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeProgress:
    """What is known of one of the two requests by now; `result` says how it went, once it has ended."""

    model: str
    step: StepName
    first_seconds: float | None = None
    result: ProbeStep | None = None


async def probe(chat: Chat, model: str) -> Probe:
    """Send both requests to a model, one after the other; never raises for what the model does."""
    results: dict[StepName, ProbeStep] = {}
    async with aclosing(watch(chat, model)) as progress:
        async for each in progress:
            if each.result is not None:
                results[each.step] = each.result
    return Probe(model=model, streamed=results["streamed"], tool_call=results["tool_call"])


async def watch(chat: Chat, model: str) -> AsyncGenerator[ProbeProgress, None]:
    """The same, telling of each request when it begins, when its answer begins, and when it has ended."""
    text = _request(model, "Count from one to ten in words.")
    tool = _request(model, "Report the weather of Paris with the tool.", _TOOL)
    requests: tuple[tuple[StepName, ChatRequest, _Judge], ...] = (
        ("streamed", text, _judge_text),
        ("tool_call", tool, _judge_tool_call),
    )
    ok = True
    for step, request, judge in requests:
        progress = ProbeProgress(model=model, step=step)
        if not ok:
            yield replace(progress, result=ProbeStep(ok=False, detail="not tried"))
            return
        yield progress
        attempt = _Attempt(chat, request, judge)
        async with aclosing(attempt.events()) as events:
            told = False
            async for _ in events:
                if attempt.first_seconds is not None and not told:
                    told = True
                    yield replace(progress, first_seconds=attempt.first_seconds)
        result = attempt.result()
        ok = result.ok
        yield replace(progress, first_seconds=result.first_seconds, result=result)


def _request(model: str, prompt: str, *tools: ToolSpec) -> ChatRequest:
    return ChatRequest(
        messages=(Message.of("user", prompt),),
        model=model,
        tools=tools,
        tool_choice="required" if tools else None,
        max_tokens=_MAX_TOKENS,
    )


_Judge = Callable[[list[Event]], tuple[bool, str]]


@dataclass(slots=True)
class _Attempt:
    """One request, what came of it, and how it is to be judged."""

    chat: Chat
    request: ChatRequest
    judge: _Judge
    received: list[Event] = field(default_factory=list)
    first_seconds: float | None = None
    seconds: float = 0.0
    timed_out: bool = False

    async def events(self) -> AsyncGenerator[Event, None]:
        began = time.monotonic()
        deadline = began + TIME_LIMIT
        async with aclosing(self.chat(self.request)) as stream:
            while True:
                try:
                    # Not around a yield: whoever reads must not be cancelled by this limit.
                    async with asyncio.timeout(deadline - time.monotonic()):
                        event = await anext(stream)
                except StopAsyncIteration:
                    break
                except TimeoutError:
                    self.timed_out = True
                    break
                self.received.append(event)
                if self.first_seconds is None and isinstance(event, TextDelta | ReasoningDelta | ToolCallDelta):
                    self.first_seconds = time.monotonic() - began
                yield event
        self.seconds = time.monotonic() - began

    def result(self) -> ProbeStep:
        usd = next((event.usd for event in self.received if isinstance(event, Cost)), None)
        known = ProbeStep(ok=False, detail="", seconds=self.seconds, first_seconds=self.first_seconds, usd=usd)
        if self.timed_out:
            detail = f"no complete answer within {TIME_LIMIT:g} s"
            return replace(known, detail=detail, hint="Try again later, or another model.")
        end = self.received[-1] if self.received else None
        if isinstance(end, Failed):
            return replace(known, detail=end.message, hint=end.hint)
        ok, detail = self.judge(self.received)
        return replace(known, ok=ok, detail=detail, hint="" if ok else "Choose another model for this.")


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
