"""What several calls of a model took together: people are told once."""

from __future__ import annotations

from ...events import Cost, Usage


class Totals:
    """Tokens and dollars of the calls so far."""

    def __init__(self) -> None:
        self._usage: Usage | None = None
        self._usd: float | None = 0.0
        self._priced = False

    def add(self, event: Usage | Cost) -> None:
        """Take one call's in. An unknown price makes the whole unknown."""
        if isinstance(event, Cost):
            self._priced = True
            self._usd = None if self._usd is None or event.usd is None else self._usd + event.usd
            return
        before = self._usage or Usage()
        self._usage = Usage(
            input_tokens=before.input_tokens + event.input_tokens,
            output_tokens=before.output_tokens + event.output_tokens,
            cached_input_tokens=before.cached_input_tokens + event.cached_input_tokens,
            cache_write_tokens=before.cache_write_tokens + event.cache_write_tokens,
            reasoning_tokens=before.reasoning_tokens + event.reasoning_tokens,
        )

    @property
    def events(self) -> tuple[Usage | Cost, ...]:
        """The events that tell them; none where no call told any."""
        told: tuple[Usage | Cost, ...] = () if self._usage is None else (self._usage,)
        return (*told, Cost(self._usd)) if self._priced else told
