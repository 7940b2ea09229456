"""A conversation as small models' chat templates can take it: one system message, then user and assistant by turns.

Many templates know neither the role `tool` nor two messages of one role in a row. And a model that sees
its own earlier call as its last words tends to write it again. So a call and its result are told
together, as part of what the user says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal

from ...errors import InvalidRequest
from ..requests import ImagePart, Message, ToolCallPart, ToolResultPart
from .weights import PROVIDER

_Role = Literal["system", "user", "assistant"]


def plain_conversation(messages: Iterable[Message], *, tool_instructions: str = "") -> tuple[Message, ...]:
    """The conversation in plain messages.

    Args:
        messages: What was said.
        tool_instructions: What the model is told about its tools; earlier answers are then shown in
            the form that it must use itself.

    Raises:
        InvalidRequest: when there is an image in it.
    """
    messages = tuple(messages)
    calls = {part.id: part for message in messages for part in message.content if isinstance(part, ToolCallPart)}
    system: list[str] = []
    turns: list[tuple[_Role, list[str]]] = []
    for message in messages:
        text = without_lone_surrogates(_as_text(message, calls, as_replies=bool(tool_instructions)))
        if message.role == "system":
            system.append(text)
            continue
        if not text and message.role != "user":
            continue
        role: _Role = "assistant" if message.role == "assistant" else "user"
        if turns and turns[-1][0] == role:
            turns[-1][1].append(text)
        else:
            turns.append((role, [text]))
    if tool_instructions:
        system.append(without_lone_surrogates(tool_instructions))
    head = [Message.of("system", "\n\n".join(system))] if system else []
    return tuple(head + [Message.of(role, "\n\n".join(texts)) for role, texts in turns])


def _as_text(message: Message, calls: dict[str, ToolCallPart], *, as_replies: bool) -> str:
    pieces: list[str] = []
    for part in message.content:
        if isinstance(part, ImagePart):
            raise InvalidRequest(
                "The embedded models cannot look at images.",
                hint="Choose a model that can, or leave the image out.",
                provider=PROVIDER,
            )
        if isinstance(part, ToolResultPart):
            pieces.append(_result(part, calls.get(part.call_id)))
    said = message.text
    if said and as_replies and message.role == "assistant":
        said = json.dumps({"say": said}, ensure_ascii=False)
    return "\n\n".join([said, *pieces] if said else pieces)


def _result(part: ToolResultPart, call: ToolCallPart | None) -> str:
    name = part.name or (call.name if call else "tool")
    called = f", called with {call.arguments or '{}'}," if call else ""
    return f"The tool {name}{called} {'failed' if part.is_error else 'gave'}:\n{part.content}"


def without_lone_surrogates(text: str) -> str:
    """Text that every JSON reader takes: replacement characters for halves of surrogate pairs."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
