"""What a recording of Anthropic's Messages API says, read from the whole of its bytes at once."""

from __future__ import annotations

import gzip
import json
from typing import Any

from lumina_jupyter.errors import AuthenticationFailed, InvalidRequest, InvalidToolArguments, LuminaError, ModelNotFound

from .expected import Expected, ExpectedCall, ExpectedUsage
from .recording import Recording

_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "compaction": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_ERRORS: dict[int, type[LuminaError]] = {400: InvalidRequest, 401: AuthenticationFailed, 404: ModelNotFound}


def read_anthropic(recording: Recording) -> Expected:
    """The answer that the recording holds, or the error that it means."""
    if recording.status != 200:
        return Expected(error=_ERRORS[recording.status])
    body = recording.body
    text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
    if not recording.stream:
        return read_message(json.loads(text))
    return read_message_events([json.loads(line[5:]) for line in text.splitlines() if line.startswith("data:")])


def read_message_events(events: list[dict[str, Any]]) -> Expected:
    """The answer that a stream's events add up to."""
    message: dict[str, Any] = {}
    blocks: dict[tuple[str, int], dict[str, Any]] = {}
    usage: dict[str, Any] = {}
    for event in events:
        match event["type"]:
            case "message_start":
                message = event["message"]
                usage.update(message["usage"])
            case "content_block_start":
                blocks[message["id"], event["index"]] = {**event["content_block"], "json": ""}
            case "content_block_delta":
                _apply(blocks[message["id"], event["index"]], event["delta"])
            case "message_delta":
                message = {**message, **event["delta"]}
                usage.update(event["usage"])
    content = list(blocks.values())
    for block in content:
        if block["type"] == "tool_use" and block["json"]:
            try:
                block["input"] = json.loads(block["json"])
            except ValueError:
                texts = "".join(part["text"] for part in content if part["type"] == "text")
                return Expected(text=texts, error=InvalidToolArguments)
    return read_message({**message, "content": content, "usage": usage})


def _apply(block: dict[str, Any], delta: dict[str, Any]) -> None:
    match delta["type"]:
        case "text_delta":
            block["text"] += delta["text"]
        case "thinking_delta":
            block["thinking"] += delta["thinking"]
        case "input_json_delta":
            block["json"] += delta["partial_json"]


def read_message(message: dict[str, Any]) -> Expected:
    """The answer that a whole message is."""
    content = message["content"]
    calls = tuple(
        ExpectedCall(block["id"], block["name"], json.dumps(block["input"]))
        for block in content
        if block["type"] == "tool_use"
    )
    return Expected(
        text="".join(block["text"] for block in content if block["type"] == "text"),
        reasoning="".join(block["thinking"] for block in content if block["type"] == "thinking"),
        tool_calls=calls,
        finish=_FINISH[message["stop_reason"]],
        usage=_usage(message["usage"]),
    )


def _usage(usage: dict[str, Any]) -> ExpectedUsage:
    """All rounds of the call: where the service made several itself, they are listed one by one."""
    rounds = usage.get("iterations") or [usage]
    written = sum(each.get("cache_creation_input_tokens") or 0 for each in rounds)
    read = sum(each.get("cache_read_input_tokens") or 0 for each in rounds)
    return ExpectedUsage(
        input_tokens=sum(each["input_tokens"] for each in rounds) + written + read,
        output_tokens=sum(each["output_tokens"] for each in rounds),
        cached_input_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=(usage.get("output_tokens_details") or {}).get("thinking_tokens") or 0,
    )
