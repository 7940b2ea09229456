"""A chat request in the words of OpenAI's Responses API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import InvalidRequest
from ..requests import (
    ChatRequest,
    ImagePart,
    Message,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from .base import Target

SEPARATOR = "\n\n"
"""Stands between the texts of two messages, or two parts of a reasoning, when they are shown one after the other."""

TOOL_CHOICES = ("auto", "none", "required")


def signature_of(provider: str, encrypted: str) -> str:
    """What a reasoning item's signature is: only its own provider can read it, so it says which that is.

    An empty `encrypted` marks reasoning that was shown as it is and is given back as text.
    """
    return f"{provider}:{encrypted}"


def request_body(request: ChatRequest, target: Target) -> dict[str, Any]:
    """The JSON body of the request.

    Nothing is stored at the provider, so reasoning comes back encrypted and is given back with the next turn.

    Raises:
        InvalidRequest: when the request asks for what this API does not have.
    """
    if request.stop:
        raise InvalidRequest(
            f"{target.model} takes no stop sequences.", hint="Leave out `stop`.", provider=target.provider
        )
    instructions, messages = _split_instructions(request.messages)
    optional = {
        "instructions": instructions or None,
        "tools": [_tool(spec.name, spec.description, spec.parameters, spec.strict) for spec in request.tools] or None,
        "tool_choice": _tool_choice(request.tool_choice),
        "parallel_tool_calls": request.parallel_tool_calls,
        "text": _text_format(request),
        "max_output_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "reasoning": _reasoning(request),
    }
    return {
        "model": target.name,
        "input": [item for message in messages for item in _items(message, target.provider)],
        "store": False,
        "include": ["reasoning.encrypted_content"],
        **{name: value for name, value in optional.items() if value is not None},
        **request.extra,
        "stream": True,
    }


def concede(error: InvalidRequest, body: dict[str, Any]) -> bool:
    """Take out of the body what the server has refused, where the answer can do without it; whether that was so.

    Summaries of the reasoning are for verified organizations only. Earlier reasoning can be read with the
    account that it was made for only, which another key in the middle of a conversation may not belong to.
    """
    told = error.message.lower()
    reasoning = body.get("reasoning")
    if "summar" in told and isinstance(reasoning, dict) and "summary" in reasoning:
        body["reasoning"] = {name: value for name, value in reasoning.items() if name != "summary"}
        return True
    readable = [item for item in body["input"] if "encrypted_content" not in item]
    if "encrypted content" in told and len(readable) < len(body["input"]):
        body["input"] = readable
        return True
    return False


def _split_instructions(messages: tuple[Message, ...]) -> tuple[str, tuple[Message, ...]]:
    """The system messages that come first, as one text, and all that follows."""
    count = 0
    while count < len(messages) and messages[count].role == "system":
        count += 1
    return "\n\n".join(message.text for message in messages[:count]), messages[count:]


def _items(message: Message, provider: str) -> Iterator[dict[str, Any]]:
    """The input items of one message, its parts in their order."""
    content: list[dict[str, Any]] = []
    for part in message.content:
        match part:
            case TextPart():
                content.append({"type": "input_text", "text": part.text})
            case ImagePart():
                content.append({"type": "input_image", "image_url": _image_url(part), "detail": "auto"})
            case _:
                yield from _said(message.role, content)
                content = []
                yield from _other(part, provider)
    yield from _said(message.role, content)


def _said(role: str, content: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A message item; as plain text where it holds nothing else, which every server of this API takes."""
    if not content:
        return
    if all(part["type"] == "input_text" for part in content):
        yield {"role": role, "content": "".join(part["text"] for part in content)}
    else:
        yield {"role": role, "content": content}


def _other(part: ReasoningPart | ToolCallPart | ToolResultPart, provider: str) -> Iterator[dict[str, Any]]:
    match part:
        case ToolCallPart():
            yield {"type": "function_call", "call_id": part.id, "name": part.name, "arguments": part.arguments}
        case ToolResultPart():
            yield {"type": "function_call_output", "call_id": part.call_id, "output": part.content}
        case ReasoningPart():
            signed_by, _, encrypted = (part.signature or "").partition(":")
            if signed_by != provider:
                return
            text = part.text.removeprefix(SEPARATOR)
            if encrypted:
                summary = [{"type": "summary_text", "text": text}] if text else []
                yield {"type": "reasoning", "summary": summary, "encrypted_content": encrypted}
            elif text:
                yield {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": text}]}


def _image_url(part: ImagePart) -> str:
    if part.url is not None:
        return part.url
    return f"data:{part.media_type};base64,{part.data or ''}"


def _tool(name: str, description: str, parameters: dict[str, Any], strict: bool) -> dict[str, Any]:
    # Left out, `strict` would mean true here, unlike in OpenAI's chat API.
    return {
        "type": "function",
        "name": name,
        "description": description,
        "parameters": parameters,
        "strict": strict,
    }


def _tool_choice(choice: str | None) -> Any:
    if choice is None or choice in TOOL_CHOICES:
        return choice
    return {"type": "function", "name": choice}


def _text_format(request: ChatRequest) -> dict[str, Any] | None:
    wanted = request.response_format
    if wanted is not None:
        return {
            "format": {"type": "json_schema", "name": wanted.name, "schema": wanted.schema, "strict": wanted.strict}
        }
    return {"format": {"type": "json_object"}} if request.json_mode else None


def _reasoning(request: ChatRequest) -> dict[str, str] | None:
    if request.reasoning_effort is None:
        return None
    if request.reasoning_effort == "none":
        return {"effort": "none"}
    return {"effort": request.reasoning_effort, "summary": "auto"}
