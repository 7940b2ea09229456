"""From our events to OpenAI's chunks and completions."""

from __future__ import annotations

import base64
import struct
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...events import (
    Event,
    MessageFinished,
    MessageStarted,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    Usage,
)

if TYPE_CHECKING:
    from ...gateway import Embeddings


class Chunks:
    """Turns one stream of events into `chat.completion.chunk` objects.

    Args:
        request_id: Becomes part of the completion's id.
        model: The model asked for, until the stream says which one answers.
        include_usage: Whether a last chunk tells the tokens, as `stream_options.include_usage` wants.
    """

    def __init__(self, request_id: str, model: str = "", *, include_usage: bool = False) -> None:
        self._id = f"chatcmpl-{request_id.removeprefix('req_')}"
        self._model = model
        self._created = int(time.time())
        self._include_usage = include_usage
        self._usage: Usage | None = None
        self._positions: dict[int, int] = {}
        self._with_arguments: set[int] = set()
        self._begun = False

    def of(self, event: Event) -> list[dict[str, Any]]:
        """The chunks that say what an event says; none for events that OpenAI's format has no word for."""
        if isinstance(event, MessageStarted):
            self._model = event.model
            return self._begin()
        if isinstance(event, Usage):
            self._usage = event
            return []
        if isinstance(event, MessageFinished):
            return [*self._begin(), self._chunk({}, finish_reason=finish_reason(event)), *self._usage_chunk()]
        delta = self._delta(event)
        return [] if delta is None else [*self._begin(), self._chunk(delta)]

    def _begin(self) -> list[dict[str, Any]]:
        if self._begun:
            return []
        self._begun = True
        return [self._chunk({"role": "assistant", "content": ""})]

    def _delta(self, event: Event) -> dict[str, Any] | None:
        if isinstance(event, TextDelta):
            return {"content": event.text}
        if isinstance(event, ReasoningDelta):
            return {"reasoning_content": event.text}
        if isinstance(event, ToolCallStarted):
            position = self._positions.setdefault(event.index, len(self._positions))
            return _call_delta(position, "", id=event.id, name=event.name)
        if isinstance(event, ToolCallDelta) and event.arguments:
            self._with_arguments.add(event.index)
            return _call_delta(self._positions[event.index], event.arguments)
        if isinstance(event, ToolCallFinished) and event.index not in self._with_arguments:
            # A call without arguments streams none, and clients parse what they have joined.
            return _call_delta(self._positions[event.index], event.arguments)
        return None

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        chunk = self._frame([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}])
        if self._include_usage:
            chunk["usage"] = None
        return chunk

    def _usage_chunk(self) -> list[dict[str, Any]]:
        if not self._include_usage:
            return []
        return [{**self._frame([]), "usage": usage_of(self._usage or Usage())}]

    def _frame(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": "chat.completion.chunk",
            "created": self._created,
            "model": self._model,
            "choices": choices,
        }


def _call_delta(position: int, arguments: str, *, id: str = "", name: str = "") -> dict[str, Any]:
    if not id:
        return {"tool_calls": [{"index": position, "function": {"arguments": arguments}}]}
    function = {"name": name, "arguments": arguments}
    return {"tool_calls": [{"index": position, "id": id, "type": "function", "function": function}]}


@dataclass(slots=True)
class Completion:
    """Gathers one stream of events into a `chat.completion` object."""

    request_id: str
    model: str = ""
    _text: list[str] = field(default_factory=list)
    _reasoning: list[str] = field(default_factory=list)
    _calls: dict[int, ToolCallFinished] = field(default_factory=dict)
    _usage: Usage = field(default_factory=Usage)
    _reason: str = "stop"

    def add(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, MessageStarted):
            self.model = event.model
        elif isinstance(event, TextDelta):
            self._text.append(event.text)
        elif isinstance(event, ReasoningDelta):
            self._reasoning.append(event.text)
        elif isinstance(event, ToolCallFinished):
            self._calls[event.index] = event
        elif isinstance(event, Usage):
            self._usage = event
        elif isinstance(event, MessageFinished):
            self._reason = finish_reason(event)

    def result(self) -> dict[str, Any]:
        """The completion, once the stream is over."""
        return {
            "id": f"chatcmpl-{self.request_id.removeprefix('req_')}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": self.model,
            "choices": [{"index": 0, "message": self._message(), "logprobs": None, "finish_reason": self._reason}],
            "usage": usage_of(self._usage),
        }

    def _message(self) -> dict[str, Any]:
        text = "".join(self._text)
        message: dict[str, Any] = {
            "role": "assistant",
            "content": text or (None if self._calls else ""),
            "refusal": None,
        }
        if self._reasoning:
            message["reasoning_content"] = "".join(self._reasoning)
        if self._calls:
            message["tool_calls"] = [
                {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
                for call in self._calls.values()
            ]
        return message


def finish_reason(event: MessageFinished) -> str:
    """OpenAI's word for why an answer is over; it has none for a stop by the user."""
    return "stop" if event.reason == "cancelled" else event.reason


def usage_of(usage: Usage) -> dict[str, Any]:
    """OpenAI's `usage` object."""
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_input_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


def embeddings_of(result: Embeddings, *, as_base64: bool) -> dict[str, Any]:
    """OpenAI's list of embeddings; base64 holds little-endian 32-bit floats."""
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": _packed(vector) if as_base64 else list(vector)}
            for index, vector in enumerate(result.vectors)
        ],
        "model": result.model,
        "usage": {"prompt_tokens": result.input_tokens, "total_tokens": result.input_tokens},
    }


def _packed(vector: tuple[float, ...]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")


def model_of(id: str) -> dict[str, Any]:
    """OpenAI's `model` object; who owns it is the provider."""
    return {"id": id, "object": "model", "created": 0, "owned_by": id.partition("/")[0]}
