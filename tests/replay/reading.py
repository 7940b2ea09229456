"""An independent reading of recorded `chat/completions` answers and embeddings.

Written from the recordings themselves, with everything in memory at once and one rule after the other.
It shares nothing with the adapter that it is compared to.
"""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

from .expected import Expected, ExpectedCall, ExpectedUsage
from .recording import Recording
from .refusals import EXPECTED_ERRORS


def read_chat_completions(recording: Recording) -> Expected:
    """What a recorded answer of the chat completions API adds up to."""
    error = EXPECTED_ERRORS.get(recording.id)
    if recording.stream:
        chunks = [json.loads(data) for data in sse_data(recording.text) if data != "[DONE]"]
        pieces = [choice["delta"] for chunk in chunks for choice in chunk.get("choices", [])]
    else:
        chunks = [recording.json()] if error is None else []
        pieces = [choice["message"] for chunk in chunks for choice in chunk["choices"]]
    calls = _calls(pieces, stream=recording.stream)
    finish = None
    for chunk in chunks:
        for choice in chunk.get("choices", []):
            finish = choice.get("finish_reason") or finish
    return Expected(
        text="".join(_text(piece.get("content")) for piece in pieces),
        reasoning="".join(_reasoning(piece) for piece in pieces),
        tool_calls=() if error else tuple(calls),
        finish=None if error else finish,
        usage=None if error else _usage(recording.provider, chunks),
        error=error,
    )


def read_embeddings(recording: Recording) -> list[list[float]]:
    """The vectors of a recorded embeddings answer."""
    vectors: list[list[float]] = []
    for row in recording.json()["data"]:
        embedding = row["embedding"]
        if isinstance(embedding, list):
            vectors.append(embedding)
            continue
        raw = base64.b64decode(embedding)
        kind = f"{len(raw)}b" if recording.provider == "perplexity" else f"<{len(raw) // 4}f"
        vectors.append([float(number) for number in struct.unpack(kind, raw)])
    return vectors


def sse_data(text: str) -> list[str]:
    """The data of each server-sent event of a whole body."""
    found = []
    for block in text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        lines = [line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
        if lines:
            found.append("\n".join(lines))
    return found


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part["type"] == "text")
    return content or ""


def _reasoning(piece: dict[str, Any]) -> str:
    content = piece.get("content")
    if isinstance(content, list):
        return "".join(inner["text"] for part in content if part["type"] == "thinking" for inner in part["thinking"])
    return piece.get("reasoning_content") or piece.get("reasoning") or ""


def _calls(pieces: list[dict[str, Any]], *, stream: bool) -> list[ExpectedCall]:
    found: dict[int, dict[str, str]] = {}
    for piece in pieces:
        for position, call in enumerate(piece.get("tool_calls") or []):
            slot = found.setdefault(call["index"] if stream else position, {"id": "", "name": "", "arguments": ""})
            slot["id"] = slot["id"] or call.get("id") or ""
            slot["name"] = slot["name"] or call["function"].get("name") or ""
            slot["arguments"] += call["function"].get("arguments") or ""
    return [ExpectedCall(slot["id"] or None, slot["name"], slot["arguments"]) for _, slot in sorted(found.items())]


def _usage(provider: str, chunks: list[dict[str, Any]]) -> ExpectedUsage | None:
    told = [chunk.get("usage") or chunk.get("x_groq", {}).get("usage") for chunk in chunks]
    counts = next((usage for usage in reversed(told) if usage), None)
    if counts is None:
        return None
    prompt = counts.get("prompt_tokens_details") or {}
    completion = counts.get("completion_tokens_details") or {}
    reasoning = completion.get("reasoning_tokens") or 0
    return ExpectedUsage(
        input_tokens=counts["prompt_tokens"],
        output_tokens=counts["completion_tokens"] + (reasoning if provider == "xai" else 0),
        cached_input_tokens=prompt.get("cached_tokens")
        or counts.get("prompt_cache_hit_tokens")
        or counts.get("num_cached_tokens")
        or 0,
        cache_write_tokens=prompt.get("cache_write_tokens") or 0,
        reasoning_tokens=reasoning,
    )
