"""The stream: what one model call says, as small events, the same for every provider and every face.

A stream begins with `MessageStarted` (unless nothing could be reached at all) and ends with exactly
one of `MessageFinished` or `Failed`. In between, text and reasoning arrive as deltas; each tool call
is one `ToolCallStarted`, any number of `ToolCallDelta` and one `ToolCallFinished`, told apart by
`index` when several run in parallel. `Usage` and `Cost` come once, before the end.

The classes are plain frozen dataclasses because kernels import them: nothing heavier is needed to
read a stream. The HTTP edge checks them with pydantic.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from .errors import LuminaError

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "cancelled"]


@dataclass(frozen=True, slots=True)
class MessageStarted:
    """The provider has begun to answer."""

    request_id: str
    provider: str
    model: str
    """The model's full id, `provider/name`."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """The next piece of the model's reasoning.

    `signature` is what some providers want back, unchanged, with this reasoning in the next turn.
    """

    text: str
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """The model has begun to call a tool; arguments follow."""

    index: int
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """The next piece of a tool call's arguments, as JSON text."""

    index: int
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolCallFinished:
    """A tool call is complete; `arguments` is the JSON text of an object."""

    index: int
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back for the call of that id."""

    id: str
    name: str
    content: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of the whole call. `input_tokens` includes the cached ones, `output_tokens` the reasoning."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What the call cost in US dollars; None when the model's price is unknown."""

    usd: float | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know, which is not part of the answer."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class MessageFinished:
    """The answer is over, as the provider meant it or as the user stopped it."""

    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Failed:
    """The answer is over because something went wrong. What came before it stands."""

    code: str
    message: str
    hint: str = ""
    retryable: bool = False
    provider: str | None = None
    retry_after: float | None = None
    """Seconds."""

    @classmethod
    def of(cls, error: LuminaError) -> Failed:
        """The event that tells of an error."""
        return cls(
            code=error.code,
            message=error.message,
            hint=error.hint,
            retryable=error.retryable,
            provider=error.provider,
            retry_after=error.retry_after,
        )


Event = (
    MessageStarted
    | TextDelta
    | ReasoningDelta
    | ToolCallStarted
    | ToolCallDelta
    | ToolCallFinished
    | ToolResult
    | Usage
    | Cost
    | Notice
    | MessageFinished
    | Failed
)

_TYPES: dict[str, type[Event]] = {
    "message_started": MessageStarted,
    "text_delta": TextDelta,
    "reasoning_delta": ReasoningDelta,
    "tool_call_started": ToolCallStarted,
    "tool_call_delta": ToolCallDelta,
    "tool_call_finished": ToolCallFinished,
    "tool_result": ToolResult,
    "usage": Usage,
    "cost": Cost,
    "notice": Notice,
    "message_finished": MessageFinished,
    "failed": Failed,
}
_NAMES: dict[type[Event], str] = {cls: name for name, cls in _TYPES.items()}


def is_end(event: Event) -> bool:
    """Whether a stream is over after this event."""
    return isinstance(event, MessageFinished | Failed)


def event_classes() -> dict[str, type[Event]]:
    """Every class of event by its `type` on the wire."""
    return dict(_TYPES)


def event_name(event: Event) -> str:
    """The event's `type` on the wire and in the log."""
    return _NAMES[type(event)]


def to_dict(event: Event) -> dict[str, Any]:
    """The event as JSON-ready data, with its `type` first."""
    return {"type": event_name(event), **asdict(event)}


def from_dict(data: dict[str, Any]) -> Event:
    """The event that `to_dict` made the data of.

    Raises:
        ValueError: when the type is unknown or the fields do not fit it.
    """
    fields = dict(data)
    name = fields.pop("type", None)
    cls = _TYPES.get(name) if isinstance(name, str) else None
    if cls is None:
        raise ValueError(f"not an event: type {name!r}")
    try:
        return cls(**fields)
    except TypeError as error:
        raise ValueError(f"not a {name} event: {error}") from error
