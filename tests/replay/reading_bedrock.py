"""What a recording of AWS Bedrock says: converse and invoke, as JSON and as AWS's binary event stream."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from typing import Any
from zlib import crc32

from lumina_jupyter.errors import ContextTooLong, InvalidRequest, LuminaError, ModelNotFound

from .expected import Expected, ExpectedCall, ExpectedUsage
from .reading_anthropic import read_message, read_message_events
from .recording import Recording

_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "stop": "stop",
    "FINISH": "stop",
    "max_tokens": "length",
    "length": "length",
    "LENGTH": "length",
    "tool_use": "tool_calls",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}
_HEADER_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
_STRING = 7
_BYTES = 6


def read_bedrock(recording: Recording) -> Expected:
    """The answer that the recording holds, or the error that it means."""
    if recording.status != 200:
        return Expected(error=_error(recording.json()["message"]))
    if recording.stream:
        events = list(event_stream(recording.body))
        if recording.surface == "converse-stream":
            return _converse_events([{name: payload} for name, payload in events])
        return _invoke_events([json.loads(base64.b64decode(payload["bytes"])) for _, payload in events])
    answer = recording.json()
    return _converse(answer) if recording.surface == "converse" else _invoke(answer)


def event_stream(body: bytes) -> Iterator[tuple[str, Any]]:
    """The messages of an AWS event stream: the event's type and its JSON payload."""
    at = 0
    while at < len(body):
        total, headers_length, prelude_sum = struct.unpack(">III", body[at : at + 12])
        message = body[at : at + total]
        assert crc32(message[:8]) == prelude_sum
        assert crc32(message[:-4]) == struct.unpack(">I", message[-4:])[0]
        headers = dict(_headers(message[12 : 12 + headers_length]))
        yield headers[":event-type"], json.loads(message[12 + headers_length : -4])
        at += total


def _headers(block: bytes) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(block):
        name_end = at + 1 + block[at]
        name, kind = block[at + 1 : name_end].decode(), block[name_end]
        at = name_end + 1
        if kind in (_STRING, _BYTES):
            length = struct.unpack(">H", block[at : at + 2])[0]
            yield name, block[at + 2 : at + 2 + length].decode()
            at += 2 + length
        else:
            at += _HEADER_SIZES[kind]


def _error(message: str) -> type[LuminaError]:
    if "Input Tokens Exceeded" in message:
        return ContextTooLong
    return ModelNotFound if "model identifier is invalid" in message else InvalidRequest


def _converse(answer: dict[str, Any]) -> Expected:
    content = answer["output"]["message"]["content"]
    return _expected(content, answer["stopReason"], answer.get("usage"))


def _converse_events(events: list[dict[str, Any]]) -> Expected:
    blocks: dict[int, dict[str, Any]] = {}
    stop, usage = "", None
    for event in events:
        for name, payload in event.items():
            match name:
                case "contentBlockStart":
                    blocks[payload["contentBlockIndex"]] = dict(payload["start"])
                case "contentBlockDelta":
                    _apply(blocks.setdefault(payload["contentBlockIndex"], {}), payload["delta"])
                case "messageStop":
                    stop = payload["stopReason"]
                case "metadata":
                    usage = payload.get("usage")
    content = [blocks[index] for index in sorted(blocks)]
    for block in content:
        if "toolUse" in block:
            block["toolUse"]["input"] = json.loads(block["toolUse"].get("json") or "{}")
    return _expected(content, stop, usage)


def _apply(block: dict[str, Any], delta: dict[str, Any]) -> None:
    if "text" in delta:
        block["text"] = block.get("text", "") + delta["text"]
    elif "toolUse" in delta:
        block["toolUse"]["json"] = block["toolUse"].get("json", "") + delta["toolUse"]["input"]
    elif "reasoningContent" in delta:
        before = block.setdefault("reasoningContent", {"reasoningText": {"text": ""}})
        before["reasoningText"]["text"] += delta["reasoningContent"].get("text", "")


def _expected(content: list[dict[str, Any]], stop: str, usage: dict[str, Any] | None) -> Expected:
    calls = [block["toolUse"] for block in content if "toolUse" in block]
    ordinary = tuple(
        ExpectedCall(call["toolUseId"], call["name"], json.dumps(call["input"]))
        for call in calls
        if call.get("type") != "server_tool_use"
    )
    finish = _FINISH[stop]
    reasoning = [block["reasoningContent"] for block in content if "reasoningContent" in block]
    return Expected(
        text="".join(block.get("text", "") for block in content),
        reasoning="".join(block.get("reasoningText", {}).get("text", "") for block in reasoning),
        tool_calls=ordinary,
        finish="stop" if finish == "tool_calls" and not ordinary else finish,
        usage=_usage(usage),
    )


def _usage(usage: dict[str, Any] | None) -> ExpectedUsage | None:
    if usage is None:
        return None
    read, written = usage.get("cacheReadInputTokens") or 0, usage.get("cacheWriteInputTokens") or 0
    return ExpectedUsage(
        input_tokens=usage["inputTokens"] + read + written,
        output_tokens=usage["outputTokens"],
        cached_input_tokens=read,
        cache_write_tokens=written,
    )


def _invoke(answer: dict[str, Any]) -> Expected:
    if "content" in answer:
        return read_message(answer)
    return Expected(
        text=answer["generation"],
        finish=_FINISH[answer["stop_reason"]],
        usage=ExpectedUsage(answer["prompt_token_count"], answer["generation_token_count"]),
    )


def _invoke_events(events: list[dict[str, Any]]) -> Expected:
    if events[0].get("type") == "message_start":
        return read_message_events(events)
    if "messageStart" in events[0]:
        return _converse_events(events)
    texts = [event.get("outputText") or event.get("completion") or "" for event in events]
    stops = [event.get("completionReason") or event.get("stop_reason") for event in events]
    metrics = [
        each["amazon-bedrock-invocationMetrics"] for each in events if "amazon-bedrock-invocationMetrics" in each
    ]
    return Expected(
        text="".join(texts),
        finish=_FINISH[next(stop for stop in reversed(stops) if stop)],
        usage=ExpectedUsage(metrics[-1]["inputTokenCount"], metrics[-1]["outputTokenCount"]),
    )
