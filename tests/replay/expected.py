"""What a recording says, told without any of the product's own reading of it."""

from __future__ import annotations

from dataclasses import dataclass

from lumina_jupyter.errors import LuminaError


@dataclass(frozen=True)
class ExpectedCall:
    """A tool call; `arguments` is the JSON text as it was sent, `id` None where the provider sends none."""

    id: str | None
    name: str
    arguments: str


@dataclass(frozen=True)
class ExpectedUsage:
    """Token counts by the meaning that `lumina_jupyter.events.Usage` gives them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True)
class Expected:
    """The whole of one recorded answer.

    `error` is the class that the call must fail with; what came before it is then compared as well.
    `finish` is the reason in our own words. `usage` is None where the provider told none.
    """

    text: str = ""
    reasoning: str = ""
    tool_calls: tuple[ExpectedCall, ...] = ()
    finish: str | None = None
    usage: ExpectedUsage | None = None
    error: type[LuminaError] | None = None
