"""A conversation as small models' chat templates can take it: one system message, then user and assistant by turns.

Many templates know neither the role `tool` nor two messages of one role in a row, so calls, their
results and neighbours of one role are written into plain messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal

from ...errors import InvalidRequest
from ..requests import ImagePart, Message, ReasoningPart, TextPart, ToolCallPart, ToolResultPart
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
    names = {part.id: part.name for message in messages for part in message.content if isinstance(part, ToolCallPart)}
    system: list[str] = []
    turns: list[tuple[_Role, list[str]]] = []
    for message in messages:
        text = without_lone_surrogates(_as_text(message, names, as_replies=bool(tool_instructions)))
        if message.role == "system":
            system.append(text)
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


def _as_text(message: Message, names: dict[str, str], *, as_replies: bool) -> str:
    said = "".join(part.text for part in message.content if isinstance(part, TextPart))
    pieces: list[str] = []
    for part in message.content:
        if isinstance(part, ImagePart):
            raise InvalidRequest(
                "The embedded models cannot look at images.",
                hint="Choose a model that can, or leave the image out.",
                provider=PROVIDER,
            )
        if isinstance(part, ToolCallPart):
            call = f'{{"call": {json.dumps(part.name)}, "arguments": {part.arguments or "{}"}}}'
            pieces.append(call if as_replies else f"I called the tool: {call}")
        elif isinstance(part, ToolResultPart):
            name = part.name or names.get(part.call_id, "tool")
            what = "failed with" if part.is_error else "gave"
            pieces.append(f"The tool {name} {what}:\n{part.content}")
        elif not isinstance(part, TextPart | ReasoningPart):
            raise InvalidRequest(f"The embedded models take no {part.type}.", provider=PROVIDER)
    if said and as_replies and message.role == "assistant" and not pieces:
        said = json.dumps({"say": said}, ensure_ascii=False)
    elif said and as_replies and message.role == "assistant":
        said = ""  # a reply is words or a call, never both
    return "\n".join([said, *pieces] if said else pieces)


def without_lone_surrogates(text: str) -> str:
    """Text that every JSON reader takes: replacement characters for halves of surrogate pairs."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
