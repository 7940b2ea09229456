"""Reading Cohere's v2 chat: its events go in, the unified events come out.

What Cohere calls the tool plan (why it is about to call its tools) is told as reasoning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import ProviderError, ProviderTimeout
from ...events import Event, FinishReason, ReasoningDelta, TextDelta, Usage
from .event_reader import EventReader, string
from .failures import failure_of_payload

FINISH_REASONS: dict[str, FinishReason] = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "MAX_TOKENS": "length",
    "TOOL_CALL": "tool_calls",
    "ERROR_TOXIC": "content_filter",
}


class CohereReader(EventReader):
    """Reads one answer, event by event or as one whole object."""

    def read_whole(self, body: bytes) -> Iterator[Event]:
        """The events of an answer that came as one JSON body, or as JSON lines without any frame."""
        lines = [line for line in body.split(b"\n") if line.strip()]
        if len(lines) == 1 or not lines[0].rstrip().endswith(b"}"):
            yield from super().read_whole(body)
            return
        for line in lines:
            yield from self.read_data(line)

    def read_event(self, event: dict[str, Any]) -> Iterator[Event]:
        """What one event of the stream amounts to."""
        kind = event.get("type")
        if kind == "error" or (kind is None and "message" in event):
            raise failure_of_payload(event.get("error") or event, self.target.provider, self.target.key)
        match kind:
            case "content-start" | "content-delta":
                yield from self._content(event["delta"]["message"]["content"])
            case "tool-plan-delta":
                yield from _reasoning(event["delta"]["message"]["tool_plan"])
            case "tool-call-start" | "tool-call-delta":
                yield from self._call(event["index"], event["delta"]["message"]["tool_calls"])
            case "tool-call-end":
                yield from self.calls.finish_one(event["index"])
            case "citation-start":
                self._cite(event["delta"]["message"]["citations"])
            case "message-end":
                self._end(event["delta"])

    def read_answer(self, answer: dict[str, Any]) -> Iterator[Event]:
        """What an answer in one JSON object amounts to."""
        message = answer["message"]
        if isinstance(message, str):
            raise failure_of_payload(answer, self.target.provider, self.target.key)
        yield from _reasoning(message.get("tool_plan") or "")
        for content in message.get("content") or ():
            yield from self._content(content)
        for index, call in enumerate(message.get("tool_calls") or ()):
            yield from self._call(index, call)
        for citation in message.get("citations") or ():
            self._cite(citation)
        self._end(answer)

    def _content(self, content: dict[str, Any]) -> Iterator[Event]:
        yield from _reasoning(content.get("thinking") or "")
        text = string(content.get("text") or "")
        if text:
            yield TextDelta(text)

    def _call(self, index: int, call: dict[str, Any]) -> Iterator[Event]:
        function = call["function"]
        yield from self.calls.add(
            index,
            id=string(call.get("id") or ""),
            name=string(function.get("name") or ""),
            arguments=string(function.get("arguments") or ""),
        )

    def _cite(self, citation: dict[str, Any]) -> None:
        for source in citation.get("sources") or ():
            document = source.get("document") or source.get("tool_output") or {}
            self.cite(document.get("title"), document.get("url") or source.get("id"))

    def _end(self, end: dict[str, Any]) -> None:
        if end.get("usage"):
            self.usage = _usage(end["usage"])
        reason = end["finish_reason"]
        if reason not in FINISH_REASONS:
            raise self._failure(reason, end)
        self.reason = FINISH_REASONS[reason]
        self.done = True

    def _failure(self, reason: str, end: dict[str, Any]) -> ProviderError:
        provider = self.target.provider
        if reason == "TIMEOUT":
            return ProviderTimeout(f"{provider} took too long and gave up.", provider=provider)
        if end.get("error"):
            return failure_of_payload({"message": str(end["error"])}, provider, self.target.key)
        return ProviderError(f"{provider} ended the answer with {reason}.", provider=provider)


def _reasoning(text: str) -> Iterator[Event]:
    if text:
        yield ReasoningDelta(string(text))


def _usage(usage: dict[str, Any]) -> Usage:
    """The tokens that were used; `billed_units` leaves out the ones that Cohere adds by itself."""
    tokens = usage.get("tokens") or usage.get("billed_units") or {}
    return Usage(
        input_tokens=int(tokens.get("input_tokens") or 0),
        output_tokens=int(tokens.get("output_tokens") or 0),
        cached_input_tokens=int(usage.get("cached_tokens") or 0),
        reasoning_tokens=int(tokens.get("reasoning_tokens") or 0),
    )
