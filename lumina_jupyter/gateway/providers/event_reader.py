"""What readers of dialects have in common whose streams consist of typed JSON events."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from ...errors import StreamBroken
from ...events import Event, FinishReason, MessageFinished, Usage
from .base import Target
from .http_stream import parse_json
from .openai_notices import SideNotices
from .tool_calls import ToolCallAssembler


class EventReader(ABC):
    """Reads one answer, event by event or as one whole object.

    A subclass sets `done`, `usage` and `reason` when it reads the last event.
    """

    def __init__(self, target: Target) -> None:
        self.done = False
        """Whether the provider has said that nothing more comes."""
        self.target = target
        self.calls = ToolCallAssembler(target.provider)
        self.notices = SideNotices(target.provider)
        self.sources: dict[str, None] = {}
        self.usage: Usage | None = None
        self.reason: FinishReason = "stop"

    @abstractmethod
    def read_event(self, event: dict[str, Any]) -> Iterator[Event]:
        """What one event of the stream amounts to; errors of shape are turned into `StreamBroken` by the caller."""

    @abstractmethod
    def read_answer(self, answer: dict[str, Any]) -> Iterator[Event]:
        """What an answer in one JSON object amounts to, in the same way."""

    @property
    def finished(self) -> bool:
        """Whether the provider has said why the answer ends."""
        return self.done

    def read_data(self, data: bytes) -> Iterator[Event]:
        """The events that the data of one server-sent event amounts to.

        Raises:
            ProviderError: when the event tells of a failure or is not what the protocol allows.
        """
        if data and not self.done:
            yield from self._guarded(self.read_event(parse_json(data, self.target.provider)))

    def read_whole(self, body: bytes) -> Iterator[Event]:
        """The events of an answer that came as one JSON body.

        Raises:
            ProviderError: when it tells of a failure or is not what the protocol allows.
        """
        yield from self._guarded(self.read_answer(parse_json(body, self.target.provider)))

    def finish(self) -> Iterator[Event]:
        """What remains when the body is over: usage, tool calls, notices and the end.

        Raises:
            StreamBroken: when the provider never said that the answer is over.
            InvalidToolArguments: when a tool's arguments are not a JSON object.
        """
        if not self.done:
            raise self.broken("ended the answer before it was complete")
        if self.usage is not None:
            yield self.usage
        yield from self.calls.finish()
        self.notices.sources(list(self.sources))
        yield from self.notices
        yield MessageFinished("tool_calls" if self.calls and self.reason == "stop" else self.reason)

    def broken(self, what: str) -> StreamBroken:
        """The error that the provider did this."""
        return StreamBroken(f"{self.target.provider} {what}.", provider=self.target.provider)

    def cite(self, title: Any, place: Any) -> None:
        """Take note of a source of the answer: what it is called and where it is, as far as that is known."""
        told = ": ".join(dict.fromkeys(str(part) for part in (title, place) if part))
        if told:
            self.sources[told] = None

    def _guarded(self, events: Iterator[Event]) -> Iterator[Event]:
        try:
            yield from events
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise self.broken("sent something that the protocol does not allow") from error


def string(value: Any) -> str:
    """The value, which must be text.

    Raises:
        TypeError: when it is none.
    """
    if not isinstance(value, str):
        raise TypeError(f"a {type(value).__name__} where text belongs")
    return value
