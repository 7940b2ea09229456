"""Answers in the dialects that litellm speaks, made to measure for what no recording shows."""

from __future__ import annotations

import json
import struct
from typing import Any
from zlib import crc32

from lumina_jupyter.gateway.providers.base import Secret, Target
from tests.replay.framing import as_amazon_event_stream, as_server_sent_events
from tests.replay.server import Reply

KEY = "sk-ant-secret-for-tests"
NAMES = {
    "anthropic": "claude-sonnet-4-5",
    "gemini": "gemini-2.5-pro",
    "bedrock": "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
}


def target(provider: str, url: str, **changes: Any) -> Target:
    """Where a request to a replay server goes."""
    return Target(
        **{"provider": provider, "name": NAMES.get(provider, "m"), "base_url": url, "key": Secret(KEY), **changes}
    )


def anthropic_events(*texts: str, stop: str | None = "end_turn") -> list[dict[str, Any]]:
    """A message whose text comes in these pieces; None breaks it off before its end."""
    message = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "claude"}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "usage": {"input_tokens": 7, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}} for text in texts),
    ]
    if stop is not None:
        events += [
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": stop}, "usage": {"output_tokens": 3}},
            {"type": "message_stop"},
        ]
    return events


def tool_events(id: str, name: str, arguments: str) -> list[dict[str, Any]]:
    """The events of one tool call of Anthropic's, as the block of index 1."""
    kind = "server_tool_use" if id.startswith("srvtoolu_") else "tool_use"
    return [
        {
            "type": "content_block_start",
            "index": 1,
            "content_block": {"type": kind, "id": id, "name": name, "input": {}},
        },
        {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": arguments}},
        {"type": "content_block_stop", "index": 1},
    ]


def gemini_events(*parts: dict[str, Any], finish: str | None = "STOP") -> list[dict[str, Any]]:
    """A stream of generateContent with one part in each event."""
    events: list[dict[str, Any]] = [{"candidates": [{"content": {"role": "model", "parts": [part]}}]} for part in parts]
    if finish is not None:
        events[-1]["candidates"][0]["finishReason"] = finish
        events[-1]["usageMetadata"] = {"promptTokenCount": 7, "candidatesTokenCount": 3, "totalTokenCount": 10}
    return events


def bedrock_events(*texts: str, stop: str | None = "end_turn") -> list[dict[str, Any]]:
    """A converse stream whose text comes in these pieces."""
    events: list[dict[str, Any]] = [{"messageStart": {"role": "assistant"}}]
    events += [{"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": text}}} for text in texts]
    if stop is not None:
        usage = {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10}
        events += [
            {"contentBlockStop": {"contentBlockIndex": 0}},
            {"messageStop": {"stopReason": stop}},
            {"metadata": {"usage": usage, "metrics": {"latencyMs": 1}}},
        ]
    return events


def body_of(provider: str, events: list[dict[str, Any]]) -> bytes:
    """The events as the provider frames them."""
    text = "\n".join(json.dumps(event) for event in events)
    return as_amazon_event_stream(text) if provider == "bedrock" else as_server_sent_events(text, done=False)


def events_of(provider: str, *texts: str, stop: bool = True) -> list[dict[str, Any]]:
    """An ordinary answer in the provider's dialect."""
    if provider == "gemini":
        return gemini_events(*({"text": text} for text in texts), finish="STOP" if stop else None)
    make = anthropic_events if provider == "anthropic" else bedrock_events
    return make(*texts, stop="end_turn" if stop else None)


def streamed(provider: str, events: list[dict[str, Any]], *, more: bytes = b"", **changes: Any) -> Reply:
    """The stream of these events, and perhaps more bytes after them."""
    kind = "application/vnd.amazon.eventstream" if provider == "bedrock" else "text/event-stream"
    return Reply(content_type=kind, body=body_of(provider, events) + more, **changes)


def amazon_exception(kind: str, message: str) -> bytes:
    """A message of AWS's event stream that tells of an error."""
    headers = b"".join(
        struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", 7, len(value)) + value.encode()
        for name, value in (
            (":exception-type", kind),
            (":content-type", "application/json"),
            (":message-type", "exception"),
        )
    )
    payload = json.dumps({"message": message}).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    whole = prelude + struct.pack(">I", crc32(prelude)) + headers + payload
    return whole + struct.pack(">I", crc32(whole))
