"""The end of an answer's bytes, read for what litellm drops: an error's kind, a finish reason, token counts."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ....events import Usage

_INVOKE_CHUNK = re.compile(rb'"bytes":\s*"([A-Za-z0-9+/=]+)"')
_THINKING_COUNTS = (b'"thinking_tokens"', b'"thoughtsTokenCount"', b'"reasoning_tokens"', b'"thinkingTokens"')
_FINISH_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "stop": "stop",
    "finish": "stop",
    "finished": "stop",
    "max_tokens": "length",
    "length": "length",
    "tool_use": "tool_calls",
    "content_filtered": "content_filter",
    "content_filter": "content_filter",
}


@dataclass(frozen=True, slots=True)
class InvokeEnd:
    """How an older Bedrock model's stream ended, by its own words."""

    reason: str | None
    usage: Usage | None


def error_payload(tail: bytes) -> dict[str, Any] | None:
    """The error object that a stream of server-sent events (or one JSON body) ended with, if it did."""
    for line in reversed(tail.splitlines()):
        if line.startswith(b"data:"):
            payload = _json_object(line[5:])
            return payload if payload is not None and "error" in payload else None
    payload = _json_object(tail)
    return payload if payload is not None and "error" in payload else None


def tells_reasoning_tokens(tail: bytes) -> bool:
    """Whether the provider itself counted the tokens of its reasoning; litellm estimates them else."""
    return any(name in tail for name in _THINKING_COUNTS)


def invoke_end(tail: bytes) -> InvokeEnd:
    """How a stream of Bedrock's `invoke-with-response-stream` ended: its last chunks, decoded."""
    reason: str | None = None
    usage: Usage | None = None
    for chunk in _invoke_chunks(tail):
        stopped = chunk.get("completionReason") or chunk.get("stop_reason")
        if isinstance(stopped, str):
            reason = _FINISH_REASONS.get(stopped.lower(), "stop")
        metrics = chunk.get("amazon-bedrock-invocationMetrics")
        if isinstance(metrics, dict):
            usage = Usage(
                input_tokens=int(metrics.get("inputTokenCount") or 0),
                output_tokens=int(metrics.get("outputTokenCount") or 0),
            )
    return InvokeEnd(reason, usage)


def _invoke_chunks(tail: bytes) -> Iterator[dict[str, Any]]:
    for encoded in _INVOKE_CHUNK.findall(tail):
        try:
            payload = _json_object(base64.b64decode(encoded))
        except ValueError:
            continue
        if payload is not None:
            yield payload


def _json_object(text: bytes) -> dict[str, Any] | None:
    try:
        payload = json.loads(text)
    except ValueError:
        return None
    return payload if isinstance(payload, dict) else None
