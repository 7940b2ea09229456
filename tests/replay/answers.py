"""Answers of an OpenAI-compatible server, made to measure for tests of what stands above the adapters."""

from __future__ import annotations

import json
from collections.abc import Sequence

from .server import Reply


def chat_reply(*texts: str, finish: str | None = "stop", usage: tuple[int, int] = (7, 3), delay: float = 0.0) -> Reply:
    """A streamed chat completion whose deltas are these texts.

    Args:
        texts: One delta each.
        finish: The finish reason; None breaks the stream off before it.
        usage: Tokens in and out.
        delay: Seconds before each HTTP chunk.
    """
    events = [_chunk({"role": "assistant", "content": ""})]
    events += [_chunk({"content": text}) for text in texts]
    if finish is not None:
        events.append(_chunk({}, finish))
        totals = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
        events.append({"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": totals})
    return _stream(events, done=finish is not None, delay=delay)


def call_reply(name: str, arguments: str, *, call: str = "call_0") -> Reply:
    """A streamed chat completion that calls a tool, its arguments cut in two."""
    half = len(arguments) // 2
    begun = {"index": 0, "id": call, "type": "function", "function": {"name": name, "arguments": arguments[:half]}}
    events: list[dict[str, object]] = [
        _chunk({"role": "assistant", "content": None, "tool_calls": [begun]}),
        _chunk({"tool_calls": [{"index": 0, "function": {"arguments": arguments[half:]}}]}),
        _chunk({}, "tool_calls"),
        {
            "id": "c",
            "object": "chat.completion.chunk",
            "choices": [],
            "usage": {"prompt_tokens": 5, "completion_tokens": 4, "total_tokens": 9},
        },
    ]
    return _stream(events, done=True, delay=0.0)


def _chunk(delta: dict[str, object], finish: str | None = None) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}


def _stream(events: Sequence[dict[str, object]], *, done: bool, delay: float) -> Reply:
    lines = [f"data: {json.dumps(event)}\n\n" for event in events]
    if done:
        lines.append("data: [DONE]\n\n")
    body = "".join(lines).encode()
    longest = max(len(line) for line in lines)
    return Reply(content_type="text/event-stream", body=body, cut=longest if delay else None, delay=delay)
