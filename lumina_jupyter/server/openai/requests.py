"""From an OpenAI client's request to ours."""

from __future__ import annotations

import json
import re

from ...errors import InvalidBody
from ...gateway.requests import (
    ChatRequest,
    EmbeddingRequest,
    ImagePart,
    JsonSchema,
    Message,
    Part,
    ReasoningEffort,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from . import wire

_DATA_URL = re.compile(r"data:(image/[\w.+-]+);base64,(.*)", re.DOTALL)
_EFFORTS: dict[str, ReasoningEffort] = {
    "none": "none",
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "high",
}
_PASSED_ON = ("frequency_penalty", "presence_penalty", "logit_bias", "service_tier", "verbosity")
"""What providers understand and Lumina has no word of its own for."""


def chat_request(sent: wire.ChatCompletionRequest, *, user: str = "") -> ChatRequest:
    """The request that a chat completion's body asks for.

    Raises:
        InvalidBody: when it asks for something that Lumina does not do.
    """
    _refuse_unsupported(sent)
    schema, json_mode = _response_format(sent.response_format)
    return ChatRequest(
        messages=tuple(_message(message, f"messages[{index}]") for index, message in enumerate(sent.messages)),
        model=sent.model,
        tools=tuple(_tool(tool.function) for tool in sent.tools or ()),
        tool_choice=_tool_choice(sent),
        parallel_tool_calls=sent.parallel_tool_calls,
        response_format=schema,
        json_mode=json_mode,
        max_tokens=sent.max_completion_tokens or sent.max_tokens,
        temperature=sent.temperature,
        top_p=sent.top_p,
        stop=(sent.stop,) if isinstance(sent.stop, str) else tuple(sent.stop or ()),
        seed=sent.seed,
        reasoning_effort=_EFFORTS[sent.reasoning_effort] if sent.reasoning_effort else None,
        extra={name: getattr(sent, name) for name in _PASSED_ON if getattr(sent, name) is not None},
        user=user,
    )


def embedding_request(sent: wire.EmbeddingsRequest, *, user: str = "") -> EmbeddingRequest:
    """The request that an embedding's body asks for."""
    inputs = (sent.input,) if isinstance(sent.input, str) else tuple(sent.input)
    return EmbeddingRequest(inputs=inputs, model=sent.model, dimensions=sent.dimensions, user=user)


def _refuse_unsupported(sent: wire.ChatCompletionRequest) -> None:
    if sent.n not in (None, 1):
        raise InvalidBody("n: only one answer at a time is given.", field="n")
    if sent.logprobs or sent.top_logprobs:
        raise InvalidBody("logprobs: log probabilities are not given.", field="logprobs")
    if sent.modalities not in (None, ["text"]):
        raise InvalidBody("modalities: only text is given.", field="modalities")
    if sent.stream_options is not None and not sent.stream:
        raise InvalidBody("stream_options: only with stream=true.", field="stream_options")


def _message(message: wire.WireMessage, place: str) -> Message:
    if isinstance(message, wire.SystemMessage):
        return Message("system", _texts(message.content))
    if isinstance(message, wire.UserMessage):
        return Message("user", _user_parts(message.content, place))
    if isinstance(message, wire.AssistantMessage):
        return Message("assistant", _assistant_parts(message, place))
    content = "".join(part.text for part in _texts(message.content))
    return Message("tool", (ToolResultPart(message.tool_call_id, content, name=message.name or ""),))


def _texts(content: str | list[wire.TextContent]) -> tuple[TextPart, ...]:
    return (TextPart(content),) if isinstance(content, str) else tuple(TextPart(part.text) for part in content)


def _user_parts(content: str | list[wire.TextContent | wire.ImageContent], place: str) -> tuple[Part, ...]:
    if isinstance(content, str):
        return (TextPart(content),)
    return tuple(
        TextPart(part.text)
        if isinstance(part, wire.TextContent)
        else _image(part.image_url.url, f"{place}.content[{index}].image_url.url")
        for index, part in enumerate(content)
    )


def _image(url: str, place: str) -> ImagePart:
    match = _DATA_URL.fullmatch(url)
    if match:
        return ImagePart(media_type=match[1], data=match[2])
    if url.startswith(("https://", "http://")):
        return ImagePart(url=url)
    raise InvalidBody(f"{place}: must be an http(s) URL or data:image/…;base64,….", field=place)


def _assistant_parts(message: wire.AssistantMessage, place: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    if message.reasoning_content:
        parts.append(ReasoningPart(message.reasoning_content))
    if isinstance(message.content, str):
        parts.append(TextPart(message.content))
    else:
        parts += [
            TextPart(part.text if isinstance(part, wire.TextContent) else part.refusal)
            for part in message.content or ()
        ]
    if message.refusal:
        parts.append(TextPart(message.refusal))
    for index, call in enumerate(message.tool_calls or ()):
        _check_arguments(call.function.arguments, f"{place}.tool_calls[{index}].function.arguments")
        parts.append(ToolCallPart(call.id, call.function.name, call.function.arguments or "{}"))
    return tuple(parts)


def _check_arguments(arguments: str, place: str) -> None:
    try:
        is_object = not arguments or isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        is_object = False
    if not is_object:
        raise InvalidBody(f"{place}: must be the JSON text of an object.", field=place)


def _tool(function: wire.Function) -> ToolSpec:
    spec = ToolSpec(function.name, function.description or "", strict=bool(function.strict))
    if function.parameters is None:
        return spec
    return ToolSpec(spec.name, spec.description, function.parameters, spec.strict)


def _tool_choice(sent: wire.ChatCompletionRequest) -> str | None:
    if not isinstance(sent.tool_choice, wire.NamedTool):
        return sent.tool_choice
    name = sent.tool_choice.function.name
    if all(tool.function.name != name for tool in sent.tools or ()):
        place = "tool_choice.function.name"
        raise InvalidBody(f"{place}: there is no tool {name!r} in tools.", field=place)
    return name


def _response_format(
    wanted: wire.TextFormat | wire.JsonObjectFormat | wire.JsonSchemaFormat | None,
) -> tuple[JsonSchema | None, bool]:
    if isinstance(wanted, wire.JsonSchemaFormat):
        named = wanted.json_schema
        return JsonSchema(named.schema, name=named.name, strict=bool(named.strict)), False
    return None, isinstance(wanted, wire.JsonObjectFormat)
