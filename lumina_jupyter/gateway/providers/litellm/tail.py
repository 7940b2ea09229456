"""The end of an answer's bytes, read for what litellm drops: an error's kind, a finish reason, token counts."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ....errors import InvalidToolArguments
from ....events import Usage

_REASON = re.compile(rb'"(?:finishReason|stop_reason|stopReason)":\s*"(\w+)"')
_CONVERSE_USAGE = re.compile(rb'"usage":\s*(\{[^{}]*"inputTokens"[^{}]*\})')
_INVOKE_CHUNK = re.compile(rb'"bytes":\s*"([A-Za-z0-9+/=]+)"')
_THINKING_COUNTS = (b'"thinking_tokens"', b'"thoughtsTokenCount"', b'"reasoning_tokens"', b'"thinkingTokens"')
_INPUT_COUNTS = (b'"token_count"', b'"tokenCount"', b'"promptTokenCount"', b'"inputTextTokenCount"')
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
    "guardrail_intervened": "content_filter",
}
_MISREAD_REASONS = {
    "model_context_window_exceeded": "length",
    "MODEL_ARMOR": "content_filter",
}
"""What litellm takes for an ordinary stop."""
_MALFORMED_CALLS = frozenset({"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "malformed_tool_use"})


@dataclass(frozen=True, slots=True)
class End:
    """How an answer ended by its own words; None where litellm's word will do."""

    reason: str | None = None
    usage: Usage | None = None
    """For where litellm has none."""
    usage_estimated: bool = False
    """Whether what litellm has is its own guess."""


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


def tells_input_tokens(tail: bytes) -> bool:
    """Whether the provider itself counted the tokens that it embedded; litellm estimates them else."""
    return any(name in tail for name in _INPUT_COUNTS)


def misread_end(tail: bytes, provider: str) -> End:
    """How an answer ended where litellm does not know the word for it.

    Raises:
        InvalidToolArguments: when the model called a tool in a way that even its provider cannot read.
    """
    said = _REASON.findall(tail)
    reason = said[-1].decode() if said else ""
    if reason in _MALFORMED_CALLS:
        raise InvalidToolArguments("The model called a tool in a way that cannot be read.", provider=provider)
    return End(_MISREAD_REASONS.get(reason), _converse_usage(tail))


def _converse_usage(tail: bytes) -> Usage | None:
    """The counts of Bedrock's converse, which litellm overlooks when nothing else comes with them."""
    for found in _CONVERSE_USAGE.findall(tail)[-1:]:
        counts = _json_object(found) or {}
        return Usage(int(counts.get("inputTokens") or 0), int(counts.get("outputTokens") or 0))
    return None


def invoke_end(tail: bytes) -> End:
    """How an answer of Bedrock's older API, `invoke`, ended: its last chunks, or its one body, decoded."""
    reason: str | None = None
    usage: Usage | None = None
    estimated = False
    for chunk in _invoke_chunks(tail):
        stopped = chunk.get("completionReason") or chunk.get("stop_reason")
        if isinstance(stopped, str):
            reason = _FINISH_REASONS.get(stopped.lower(), "stop")
        metrics = chunk.get("amazon-bedrock-invocationMetrics")
        if isinstance(metrics, dict) and not estimated:
            usage = Usage(
                input_tokens=int(metrics.get("inputTokenCount") or 0),
                output_tokens=int(metrics.get("outputTokenCount") or 0),
            )
        if "generation_token_count" in chunk:
            # litellm counts the tokens of Llama's answers with another model's tokenizer.
            usage = Usage(int(chunk.get("prompt_token_count") or 0), int(chunk["generation_token_count"] or 0))
            estimated = True
    return End(reason, usage, estimated)


def _invoke_chunks(tail: bytes) -> Iterator[dict[str, Any]]:
    whole = _json_object(tail)
    if whole is not None:
        yield whole
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
