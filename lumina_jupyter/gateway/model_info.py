"""What is known of a model: where it is served, what it can do, what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..events import Usage

Mode = Literal["chat", "responses", "embedding", "completion"]
MODES: frozenset[str] = frozenset({"chat", "responses", "embedding", "completion"})


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per token; None where unknown.

    `above_input_tokens` is the number of input tokens beyond which the whole call costs this price.
    """

    input: float | None = None
    output: float | None = None
    cached_input: float | None = None
    cache_write: float | None = None
    above_input_tokens: int = 0

    def of(self, usage: Usage) -> float | None:
        """What the usage costs; None when a price that it needs is unknown.

        Cached tokens without a price of their own cost as much as others.
        """
        cached, written = usage.cached_input_tokens, usage.cache_write_tokens
        fresh = max(0, usage.input_tokens - cached - written)
        total = 0.0
        for tokens, price in (
            (fresh, self.input),
            (cached, self.input if self.cached_input is None else self.cached_input),
            (written, self.input if self.cache_write is None else self.cache_write),
            (usage.output_tokens, self.output),
        ):
            if tokens:
                if price is None:
                    return None
                total += tokens * price
        return total


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """One model at one provider.

    Token counts are None and capabilities None where nobody says. Prices are US dollars per token.
    """

    id: str
    """`provider/name`."""
    provider: str
    name: str
    mode: Mode = "chat"
    context: int | None = None
    max_output: int | None = None
    tools: bool | None = None
    vision: bool | None = None
    reasoning: bool | None = None
    json_schema: bool | None = None
    fim: bool | None = None
    """Whether it completes code between a prefix and a suffix."""
    input_price: float | None = None
    output_price: float | None = None
    cached_input_price: float | None = None
    cache_write_price: float | None = None
    source: str = ""
    """Who says so: `catalog`, `settings`, `disk`, or the provider itself."""

    @property
    def price(self) -> Price:
        """What a token costs in a call of ordinary length."""
        return Price(self.input_price, self.output_price, self.cached_input_price, self.cache_write_price)
