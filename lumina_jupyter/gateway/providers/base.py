"""What a provider adapter is: a request for a resolved target goes in, the unified events come out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from ...events import Event
from ..requests import ChatRequest, EmbeddingRequest, Embeddings, InfillRequest


class Secret:
    """A key that can be used but never shown: `str`, `repr` and formatting give stars."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself, for the one place that sends it to its provider."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a Secret is never pickled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a request goes: resolved from `provider/name` by the catalog, the settings and the keys.

    `base_url` has no trailing slash. `options` holds what only one dialect needs (an Azure API
    version, an AWS region, …). Times are in seconds.
    """

    provider: str
    name: str
    base_url: str = ""
    key: Secret | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    connect_timeout: float = 10.0
    stream_timeout: float = 120.0
    """How long the provider may send nothing."""

    @property
    def model(self) -> str:
        """The full id, `provider/name`."""
        return f"{self.provider}/{self.name}"


class Provider(Protocol):
    """One dialect of chat API.

    `chat` yields `MessageStarted`, deltas, tool calls, at most one `Usage`, and `MessageFinished`;
    it never yields `Cost` or `Failed` (the chain does). It raises `ProviderError` subclasses for
    everything that goes wrong and nothing else, apart from cancellation. Closing the iterator or
    cancelling its task closes the connection. Nothing is buffered beyond what one read gives.
    """

    def chat(self, request: ChatRequest, target: Target) -> AsyncGenerator[Event, None]:
        """Stream one answer."""
        ...

    async def embed(self, request: EmbeddingRequest, target: Target) -> Embeddings:
        """Embed texts."""
        ...

    async def close(self) -> None:
        """Close idle connections; calls under way end with an error."""
        ...


@runtime_checkable
class InfillProvider(Protocol):
    """A dialect that also completes code between a prefix and a suffix.

    `infill` yields `MessageStarted`, `TextDelta`, `Usage` as often as it knows more, and `MessageFinished`;
    for all else it is as `Provider.chat`. Most completions are stopped early, and what they took counts too.
    """

    def infill(self, request: InfillRequest, target: Target) -> AsyncGenerator[Event, None]:
        """Stream what belongs in between."""
        ...
