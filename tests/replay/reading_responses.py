"""What a recording of OpenAI's Responses API says, read from the whole of its bytes at once.

The reading looks at the finished items alone (`response.output_item.done`, or `output` of a plain
body), never at a delta, which is what an adapter lives on.
"""

from __future__ import annotations

import json
from typing import Any

from lumina_jupyter.errors import (
    AuthenticationFailed,
    InvalidRequest,
    LuminaError,
    ModelNotFound,
    QuotaExhausted,
    StreamBroken,
)

from .expected import Expected, ExpectedCall, ExpectedUsage
from .recording import Recording

_ERRORS: dict[str, type[LuminaError]] = {
    "invalid_api_key": AuthenticationFailed,
    "model_not_found": ModelNotFound,
    "insufficient_quota": QuotaExhausted,
    "decimal_below_min_value": InvalidRequest,
    "invalid_request_error": InvalidRequest,
}


def read_responses(recording: Recording) -> Expected:
    """The answer that the recording holds, or the error that it means."""
    text = recording.text
    if not recording.stream:
        return _whole(json.loads(text), recording.status)
    items: list[dict[str, Any]] = []
    for line in text.split("\n"):
        if not line.startswith("data:") or line == "data: [DONE]":
            continue
        try:
            event = json.loads(line.removeprefix("data:"))
        except ValueError:
            return _answer(items, None, None, StreamBroken)
        match event["type"]:
            case "response.output_item.done":
                items.append(event["item"])
            case "response.completed" | "response.incomplete":
                response = event["response"]
                return _answer(items, _finish(response, items), response["usage"], None)
            case "error":
                return _answer(items, None, None, _ERRORS[event["error"]["code"]])
    return _answer(items, None, None, StreamBroken)


def signatures(recording: Recording) -> list[str]:
    """The encrypted reasoning of each reasoning item that has some, in order."""
    text = recording.text
    if recording.stream:
        events = [json.loads(line[5:]) for line in text.split("\n") if line.startswith("data: {")]
        items = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    else:
        items = json.loads(text).get("output", [])
    return [item["encrypted_content"] for item in items if item.get("encrypted_content")]


def _whole(response: dict[str, Any], status: int) -> Expected:
    if status != 200:
        error = response["error"]
        return Expected(
            error=_ERRORS.get(error.get("code") or "", InvalidRequest if status == 400 else AuthenticationFailed)
        )
    if response["status"] not in ("completed", "incomplete"):
        return Expected(error=StreamBroken)
    return _answer(response["output"], _finish(response, response["output"]), response["usage"], None)


def _answer(
    items: list[dict[str, Any]], finish: str | None, usage: dict[str, Any] | None, error: type[LuminaError] | None
) -> Expected:
    texts = ["".join(part.get("text", "") for part in item["content"]) for item in items if item["type"] == "message"]
    reasoning = [
        part["text"]
        for item in items
        if item["type"] == "reasoning"
        for part in [*item.get("summary", []), *(item.get("content") or [])]
    ]
    return Expected(
        text="\n\n".join(filter(None, texts)),
        reasoning="\n\n".join(filter(None, reasoning)),
        tool_calls=tuple(
            ExpectedCall(item["call_id"], item["name"], item["arguments"])
            for item in items
            if item["type"] == "function_call"
        ),
        finish=finish,
        usage=_usage(usage),
        error=error,
    )


def _finish(response: dict[str, Any], items: list[dict[str, Any]]) -> str:
    if response["incomplete_details"]:
        reasons = {"max_output_tokens": "length", "content_filter": "content_filter"}
        return reasons[response["incomplete_details"]["reason"]]
    return "tool_calls" if any(item["type"] == "function_call" for item in items) else "stop"


def _usage(usage: dict[str, Any] | None) -> ExpectedUsage | None:
    if usage is None:
        return None
    return ExpectedUsage(
        input_tokens=usage["input_tokens"],
        output_tokens=usage["output_tokens"],
        cached_input_tokens=usage["input_tokens_details"]["cached_tokens"],
        cache_write_tokens=usage["input_tokens_details"].get("cache_write_tokens", 0),
        reasoning_tokens=usage["output_tokens_details"]["reasoning_tokens"],
    )
