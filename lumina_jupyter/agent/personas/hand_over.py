"""Hand-over: in the middle of an answer, a persona lets another one go on, with the work done so far before its eyes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from ...errors import InvalidArguments, ToolDenied
from ...events import (
    Cost,
    Event,
    Failed,
    MessageFinished,
    MessageStarted,
    Notice,
    TextDelta,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    ToolResult,
    Usage,
)
from ...gateway import ChatRequest, Message
from ...tools import Content, TextContent, Tool, ToolContext, declared
from ...tools.loop.totals import Totals
from .library import Personas
from .persona import Persona

HAND_OVER = "hand_over"
MOST_HAND_OVERS = 3
"""Hand-overs of one answer; then whoever speaks has to end it."""

Loop = Callable[[ChatRequest, ToolContext, asyncio.Event], AsyncGenerator[Event, None]]


def hand_over_tool(personas: Personas) -> Tool:
    """The tool by which a persona asks for it; what follows is done by `with_hand_overs`."""

    async def hand_over(context: ToolContext, persona: str, note: str) -> Content:
        """Let a colleague go on with this conversation in your place.

        Args:
            context: The call's.
            persona: The name of the colleague.
            note: What it should know and do.
        """
        own = await personas.get(context.actor.name) if context.actor.name else None
        other = await personas.get(persona)
        if own is None or not own.may_hand_over_to(other.name):
            known = ", ".join(each.name for each in await personas.list() if own and own.may_hand_over_to(each.name))
            raise ToolDenied(f"You do not hand over to {other.name}.", hint=f"You can to: {known or 'nobody'}.")
        if not note.strip():
            raise InvalidArguments("Say in `note` what is to be done.")
        return (TextContent(f"{other.title} goes on from here."),)

    return declared(hand_over, name=HAND_OVER, effects=["read"], actors=["chat", "magic"])


def tools_of(persona: Persona | None, hand_overs: int = 0) -> tuple[str, ...]:
    """Patterns of the tools that a persona has in a conversation, after so many hand-overs of this answer."""
    if persona is None:
        return ("*", f"!{HAND_OVER}")
    if persona.hands_over_to and hand_overs < MOST_HAND_OVERS:
        return (*persona.tools, HAND_OVER)
    return (*persona.tools, f"!{HAND_OVER}")


async def with_hand_overs(
    loop: Loop,
    personas: Personas,
    persona: Persona | None,
    request: ChatRequest,
    context: ToolContext,
    stop: asyncio.Event,
) -> AsyncGenerator[Event, None]:
    """One answer, whoever takes part in it: it begins once, its usage and cost are told once, and it has one end.

    Args:
        loop: Answers a request with tools.
        personas: Who there is.
        persona: Who begins; None for Lumina itself.
        request: What is asked.
        context: On whose behalf tools are called.
        stop: Ends the answer when set.
    """
    totals = Totals()
    calls = 0
    for number in range(MOST_HAND_OVERS + 1):
        name = "" if persona is None else persona.name
        actor = replace(context.actor, name=name)
        own = replace(context, actor=actor, tools=tools_of(persona, number))
        part = _Part(number, calls, totals)
        async with aclosing(_until_handed_over(loop, request, own, stop, part)) as events:
            async for event in events:
                yield event
        if not part.handed_to or stop.is_set():
            break
        calls += part.calls
        before, persona = persona, await personas.get(part.handed_to)
        yield Notice("persona", f"{persona.title} goes on.")
        request = _handed(request, before, persona, part)
    for total in totals.events:
        yield total
    yield part.end


async def _until_handed_over(
    loop: Loop, request: ChatRequest, context: ToolContext, stop: asyncio.Event, part: _Part
) -> AsyncGenerator[Event, None]:
    ending = asyncio.Event()
    watch = asyncio.get_running_loop().create_task(_follow(stop, ending))
    try:
        async with aclosing(loop(request, context, ending)) as events:
            async for event in events:
                told = part.take(event)
                if told is not None:
                    yield told
                if part.handed_to:
                    ending.set()
    finally:
        watch.cancel()


async def _follow(stop: asyncio.Event, ending: asyncio.Event) -> None:
    await stop.wait()
    ending.set()


class _Part:
    """What one persona contributes.

    Args:
        number: How many came before.
        calls_before: How many calls of tools these made: numbers and ids must not come again.
        totals: What all of them took.
    """

    def __init__(self, number: int, calls_before: int, totals: Totals) -> None:
        self._number = number
        self._offset = calls_before
        self._totals = totals
        self._asked: dict[str, dict[str, Any]] = {}
        self.calls = 0
        self._said: list[str] = []
        self.handed_to = ""
        self.note = ""
        self.end: Event = MessageFinished("cancelled")

    @property
    def said(self) -> str:
        """Its words."""
        return "".join(self._said).strip()

    def take(self, event: Event) -> Event | None:
        """The event as the answer's readers see it; None for what they are told once for all parts."""
        match event:
            case Usage() | Cost():
                self._totals.add(event)
                return None
            case MessageStarted() if self._number:
                return None
            case TextDelta(text):
                first = not self._said
                self._said.append(text)
                return TextDelta(f"\n\n{text}") if first and self._number else event
            case ToolCallStarted():
                return replace(event, id=self._id(event.id), index=event.index + self._offset)
            case ToolCallDelta():
                return replace(event, index=event.index + self._offset)
            case ToolCallFinished():
                self.calls += 1
                if event.name == HAND_OVER:
                    self._asked[event.id] = _read(event.arguments)
                return replace(event, id=self._id(event.id), index=event.index + self._offset)
            case ToolResult():
                asked = self._asked.get(event.id) if not event.is_error else None
                if asked is not None:
                    self.handed_to, self.note = str(asked.get("persona", "")), str(asked.get("note", ""))
                return replace(event, id=self._id(event.id))
            case MessageFinished() | Failed():
                self.end = event
                return None
            case _:
                return event

    def _id(self, given: str) -> str:
        return f"{given}_{self._number}" if self._number else given


def _read(arguments: str) -> dict[str, Any]:
    try:
        found = json.loads(arguments)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _handed(request: ChatRequest, before: Persona | None, persona: Persona, part: _Part) -> ChatRequest:
    """What the next one is asked: the same conversation as itself, what was said so far, and the note."""
    messages = [each for each in request.messages if each.role != "system"]
    if part.said:
        messages.append(Message.of("assistant", part.said))
    who = "Your colleague" if before is None else before.title
    messages.append(Message.of("user", f"{who} hands over to you: {part.note}"))
    return replace(
        request,
        messages=(Message.of("system", persona.prompt), *messages),
        model=persona.model or request.model,
    )
