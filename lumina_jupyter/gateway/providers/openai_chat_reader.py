"""Chunks of OpenAI's chat format in, events out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import Overloaded, ProviderError, StreamBroken
from ...events import Event, FinishReason, MessageFinished, ReasoningDelta, TextDelta
from .base import Target
from .failures import failure_of_payload
from .openai_notices import SideNotices, executed_tools
from .openai_reasoning import SealedReasoning, reasoning_text
from .openai_tool_pieces import ToolPieces
from .openai_usage import read_usage

_DONE = b"[DONE]"

_NOTHING: dict[str, Any] = {}

_FINISH: dict[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "sensitive": "content_filter",
}
"""Other words for an end that servers have are all an ordinary `stop`, but for these two tables."""

_FAILED_FINISH: dict[str, type[ProviderError]] = {
    "error": ProviderError,
    "network_error": StreamBroken,
    "insufficient_system_resource": Overloaded,
    "abort": StreamBroken,
}


class ChatReader:
    """Reads one answer, chunk by chunk or as one whole object."""

    def __init__(self, target: Target) -> None:
        self.done = False
        """Whether the provider has said that nothing more comes."""
        self._first = "delta"
        self._provider = target.provider
        self._key = target.key
        self._finish: str | None = None
        self._usage: Mapping[str, Any] | None = None
        self._tools = ToolPieces(target.provider)
        self._sealed = SealedReasoning()
        self._notices = SideNotices(target.provider)

    def read_whole(self, body: bytes) -> list[Event]:
        """The events of an answer that came as one object.

        Raises:
            ProviderError: as `read` does.
        """
        self._first = "message"
        return self.read_data(body)

    def read_data(self, data: bytes) -> list[Event]:
        """The events of the data of one server-sent event.

        Raises:
            ProviderError: as `read` does.
        """
        if self.done or not data:
            return []
        if data == _DONE:
            self.done = True
            return []
        try:
            chunk = json.loads(data.decode())
        except (ValueError, RecursionError) as error:
            raise self.broken("sent an event that is not JSON") from error
        return self.read(chunk)

    @property
    def finished(self) -> bool:
        """Whether the provider has said why the answer ends."""
        return self._finish is not None

    def read(self, chunk: Any) -> list[Event]:
        """The events of one chunk.

        Raises:
            ProviderError: the subclass for an error that came instead of a chunk.
            StreamBroken: when it is no chunk at all.
        """
        events: list[Event] = []
        try:
            self._read_chunk(chunk, events)
        except (AttributeError, TypeError, KeyError, IndexError, ValueError) as error:
            raise self.broken("sent something that is not in OpenAI's format") from error
        return events

    def _read_chunk(self, chunk: dict[str, Any], events: list[Event]) -> None:
        if chunk.get("error"):
            raise failure_of_payload(chunk, self._provider, self._key)
        usage = chunk.get("usage") or chunk.get("x_groq", _NOTHING).get("usage")
        if usage:
            self._usage = usage
        choices = chunk.get("choices")
        if not choices:
            self._without_choices(chunk)
            return
        if "citations" in chunk:
            self._notices.sources(chunk["citations"])
        choice = choices[0]
        if choice.get("index"):  # a second answer, which nobody asked for
            return
        # Perplexity always sends both: what is new, and all there is so far.
        delta = choice.get(self._first) or choice.get("message")
        if delta:
            self._read_delta(delta, events)
        finish = choice.get("finish_reason")
        if finish:
            self._end_with(finish)

    def finish(self) -> Iterator[Event]:
        """What remains when the body is over: tool calls, notices, usage and the end.

        Raises:
            StreamBroken: when the provider never said why the answer ends.
            InvalidToolArguments: when a tool's arguments are not a JSON object.
        """
        if self._finish is None:
            raise self.broken("ended the answer before it was complete")
        sealed = self._sealed.event()
        if sealed is not None:
            yield sealed
        yield from self._tools.finish()
        yield from self._notices
        if isinstance(self._usage, Mapping):
            yield read_usage(self._usage)
        yield MessageFinished(self._reason())

    def broken(self, what: str) -> StreamBroken:
        """The error that the provider did this."""
        return StreamBroken(f"{self._provider} {what}.", provider=self._provider)

    def _without_choices(self, chunk: dict[str, Any]) -> None:
        """Usage, filter results and the like come in chunks of their own; an unknown object is an error's."""
        if "choices" not in chunk and "usage" not in chunk and ("detail" in chunk or "message" in chunk):
            raise failure_of_payload(chunk, self._provider, self._key)

    def _read_delta(self, delta: dict[str, Any], events: list[Event]) -> None:
        reasoning = reasoning_text(delta)
        if reasoning:
            events.append(ReasoningDelta(reasoning))
        details = delta.get("reasoning_details")
        if details:
            self._sealed.add(details)
        content = delta.get("content")
        if content:
            if isinstance(content, str):
                events.append(TextDelta(content))
            else:
                events.extend(_parts(content))
        refusal = delta.get("refusal")
        if refusal:
            self._notices.refusal()
            events.append(TextDelta(str(refusal)))
        calls = delta.get("tool_calls")
        if calls:
            self._read_calls(calls, events)
        function = delta.get("function_call")
        if function:  # what tool calls were called before there could be several
            events.extend(self._tools.add({"index": 0, "function": function}))
        if "executed_tools" in delta:
            for name in executed_tools(delta):
                self._notices.provider_tool(name)

    def _read_calls(self, calls: Any, events: list[Event]) -> None:
        for call in calls:
            kind = call.get("type")
            if kind and kind != "function":
                # The provider runs it; seen as one of ours, it would be run a second time here.
                self._notices.provider_tool(kind)
            else:
                events.extend(self._tools.add(call))

    def _end_with(self, finish: Any) -> None:
        failed = _FAILED_FINISH.get(finish) if isinstance(finish, str) else StreamBroken
        if failed is not None:
            raise failed(f"{self._provider} broke the answer off ({finish}).", provider=self._provider)
        self._finish = finish

    def _reason(self) -> FinishReason:
        reason = _FINISH.get(self._finish or "", "stop")
        # Some servers say "stop" after tool calls, and some "tool_calls" after those that they ran themselves.
        if reason == "stop" and self._tools:
            return "tool_calls"
        return "stop" if reason == "tool_calls" and not self._tools else reason


def _parts(content: Any) -> Iterator[Event]:
    """Content as a list of parts (Mistral): text, and thinking that is a list of parts itself."""
    for part in content:
        kind = part.get("type")
        if kind == "text" and part.get("text"):
            yield TextDelta(part["text"])
        elif kind == "thinking":
            thinking = part.get("thinking")
            text = (
                thinking if isinstance(thinking, str) else "".join(inner.get("text") or "" for inner in thinking or ())
            )
            if text:
                yield ReasoningDelta(text)
