"""The body of a `chat/completions` request."""

from __future__ import annotations

import json
from typing import Any

from ..requests import ChatRequest, JsonSchema, Message
from .base import Target
from .openai_dialects import Dialect
from .openai_messages import chat_messages

_MODES = ("auto", "none", "required")


def chat_body(request: ChatRequest, target: Target, dialect: Dialect) -> dict[str, Any]:
    """What is sent; only what the request sets is in it, and `extra` goes over everything."""
    messages = request.messages
    if request.response_format is not None and not dialect.json_schema:
        messages = (_schema_in_words(request.response_format), *messages)
    body: dict[str, Any] = {
        "model": target.name,
        "messages": chat_messages(messages, dialect),
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    _put_tools(body, request, dialect)
    _put_format(body, request, dialect)
    _put_options(body, request, dialect)
    body.update(request.extra)
    return body


def _put_tools(body: dict[str, Any], request: ChatRequest, dialect: Dialect) -> None:
    if not request.tools:
        return
    body["tools"] = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
                **({"strict": True} if tool.strict else {}),
            },
        }
        for tool in request.tools
    ]
    if request.tool_choice is not None:
        named = {"type": "function", "function": {"name": request.tool_choice}}
        body["tool_choice"] = request.tool_choice if request.tool_choice in _MODES else named
    if request.parallel_tool_calls is not None and dialect.parallel_tool_calls:
        body["parallel_tool_calls"] = request.parallel_tool_calls


def _put_format(body: dict[str, Any], request: ChatRequest, dialect: Dialect) -> None:
    wanted = request.response_format
    if wanted is not None and dialect.json_schema:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": wanted.name, "schema": wanted.schema, "strict": wanted.strict},
        }
    elif wanted is not None or request.json_mode:
        body["response_format"] = {"type": "json_object"}


def _put_options(body: dict[str, Any], request: ChatRequest, dialect: Dialect) -> None:
    options = {
        "max_completion_tokens" if dialect.completion_limit else "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stop": list(request.stop) or None,
        dialect.seed_field: request.seed,
    }
    body.update({name: value for name, value in options.items() if value is not None})
    effort = request.reasoning_effort
    if effort is None:
        return
    if dialect.ask_reasoning == "effort":
        body["reasoning_effort"] = effort
    elif dialect.ask_reasoning == "reasoning_object":
        body["reasoning"] = {"enabled": False} if effort == "none" else {"effort": effort}
    else:
        body["thinking"] = {"type": "disabled" if effort == "none" else "enabled"}


def _schema_in_words(wanted: JsonSchema) -> Message:
    schema = json.dumps(wanted.schema, ensure_ascii=False)
    return Message.of(
        "system", f"Answer with one JSON object that this JSON schema allows, and nothing else:\n{schema}"
    )
