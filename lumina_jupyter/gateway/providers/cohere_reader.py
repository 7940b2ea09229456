"""Reading Cohere's v2 chat: its events go in, the unified events come out.

What Cohere calls the tool plan (why it is about to call its tools) is told as reasoning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import ProviderError, ProviderTimeout, StreamBroken
from ...events import (
    Event,
    FinishReason,
    MessageFinished,
    ReasoningDelta,
    TextDelta,
    Usage,
)
from .base import Target
from .failures import failure_of_payload
from .http_stream import parse_json
from .openai_notices import SideNotices
from .tool_calls import ToolCallAssembler

FINISH_REASONS: dict[str, FinishReason] = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "MAX_TOKENS": "length",
    "TOOL_CALL": "tool_calls",
    "ERROR_TOXIC": "content_filter",
}


class CohereReader:
    """Reads one answer, event by event or as one whole object."""

    def __init__(self, target: Target) -> None:
        self.done = False
        """Whether the provider has said that nothing more comes."""
        self._target = target
        self._calls = ToolCallAssembler(target.provider)
        self._sources: dict[str, None] = {}
        self._notices = SideNotices(target.provider)
        self._usage: Usage | None = None
        self._finish: FinishReason = "stop"

    @property
    def finished(self) -> bool:
        """Whether the provider has said why the answer ends."""
        return self.done

    def read_data(self, data: bytes) -> Iterator[Event]:
        """The events that the data of one server-sent event amounts to.

        Raises:
            ProviderError: when the event tells of a failure or is not what the protocol allows.
        """
        if data and data != b"[DONE]" and not self.done:
            yield from self._guarded(self._read(parse_json(data, self._target.provider)))

    def read_whole(self, body: bytes) -> Iterator[Event]:
        """The events of an answer that came as one JSON body, or as JSON lines without a frame.

        Raises:
            ProviderError: when it tells of a failure or is not what the protocol allows.
        """
        lines = [line for line in body.split(b"\n") if line.strip()]
        if len(lines) > 1 and lines[0].rstrip().endswith(b"}"):
            for line in lines:
                yield from self.read_data(line)
        else:
            yield from self._guarded(self._read_whole(parse_json(body, self._target.provider)))

    def finish(self) -> Iterator[Event]:
        """What remains when the body is over: usage, tool calls, notices and the end.

        Raises:
            StreamBroken: when the provider never said that the answer is over.
            InvalidToolArguments: when a tool's arguments are not a JSON object.
        """
        if not self.done:
            raise self.broken("ended the answer before it was complete")
        if self._usage is not None:
            yield self._usage
        yield from self._calls.finish()
        self._notices.sources(list(self._sources))
        yield from self._notices
        yield MessageFinished("tool_calls" if self._calls and self._finish == "stop" else self._finish)

    def broken(self, what: str) -> StreamBroken:
        """The error that the provider did this."""
        return StreamBroken(f"{self._target.provider} {what}.", provider=self._target.provider)

    def _guarded(self, events: Iterator[Event]) -> Iterator[Event]:
        try:
            yield from events
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise self.broken("sent something that the protocol does not allow") from error

    def _read(self, event: dict[str, Any]) -> Iterator[Event]:
        kind = event.get("type")
        if kind == "error" or (kind is None and "message" in event):
            raise failure_of_payload(event.get("error") or event, self._target.provider, self._target.key)
        match kind:
            case "content-start" | "content-delta":
                yield from self._content(event["delta"]["message"]["content"])
            case "tool-plan-delta":
                yield from _reasoning(event["delta"]["message"]["tool_plan"])
            case "tool-call-start" | "tool-call-delta":
                yield from self._call(event["index"], event["delta"]["message"]["tool_calls"])
            case "tool-call-end":
                yield from self._calls.finish_one(event["index"])
            case "citation-start":
                self._cite(event["delta"]["message"]["citations"])
            case "message-end":
                self._end(event["delta"])

    def _read_whole(self, answer: dict[str, Any]) -> Iterator[Event]:
        message = answer["message"]
        if isinstance(message, str):
            raise failure_of_payload(answer, self._target.provider, self._target.key)
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
        text = _string(content.get("text") or "")
        if text:
            yield TextDelta(text)

    def _call(self, index: int, call: dict[str, Any]) -> Iterator[Event]:
        function = call["function"]
        yield from self._calls.add(
            index,
            id=call.get("id") or "",
            name=function.get("name") or "",
            arguments=_string(function.get("arguments") or ""),
        )

    def _cite(self, citation: dict[str, Any]) -> None:
        for source in citation.get("sources") or ():
            document = source.get("document") or source.get("tool_output") or {}
            title, place = document.get("title"), document.get("url") or source.get("id")
            told = ": ".join(str(part) for part in (title, place) if part)
            if told:
                self._sources[told] = None

    def _end(self, end: dict[str, Any]) -> None:
        if end.get("usage"):
            self._usage = _usage(end["usage"])
        reason = end["finish_reason"]
        if reason not in FINISH_REASONS:
            raise self._failure(reason, end)
        self._finish = FINISH_REASONS[reason]
        self.done = True

    def _failure(self, reason: str, end: dict[str, Any]) -> ProviderError:
        provider = self._target.provider
        if reason == "TIMEOUT":
            return ProviderTimeout(f"{provider} took too long and gave up.", provider=provider)
        if end.get("error"):
            return failure_of_payload({"message": str(end["error"])}, provider, self._target.key)
        return ProviderError(f"{provider} ended the answer with {reason}.", provider=provider)


def _reasoning(text: str) -> Iterator[Event]:
    if text:
        yield ReasoningDelta(_string(text))


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a {type(value).__name__} where text belongs")
    return value


def _usage(usage: dict[str, Any]) -> Usage:
    """The tokens that were used; `billed_units` leaves out the ones that Cohere adds by itself."""
    tokens = usage.get("tokens") or usage.get("billed_units") or {}
    return Usage(
        input_tokens=int(tokens.get("input_tokens") or 0),
        output_tokens=int(tokens.get("output_tokens") or 0),
        cached_input_tokens=int(usage.get("cached_tokens") or 0),
        reasoning_tokens=int(tokens.get("reasoning_tokens") or 0),
    )
