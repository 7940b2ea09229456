"""What `-o NAME` keeps of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..events import FinishReason, Usage


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answer:
    """An answer, complete or as far as it came.

    `data` is what the JSON in it says: an instance of the class that `--schema` named, or plain
    data; None when the answer is no JSON. `code` is the code of its fenced blocks, empty when there
    is none. `cost` is in US dollars, None when the model's price is unknown. `finish` is None and
    `error` a sentence when the answer broke off.
    """

    text: str
    code: str
    data: Any
    model: str
    usage: Usage
    cost: float | None
    seconds: float
    request_id: str
    reasoning: str = ""
    finish: FinishReason | None = "stop"
    error: str = ""

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        beginning = " ".join(self.text.split())
        if len(beginning) > 70:
            beginning = f"{beginning[:69]}…"
        return f"<Answer {beginning!r} ({self.summary})>"

    def _repr_markdown_(self) -> str:
        from .display_text import clean
        from .safe_markdown import harmless

        return harmless(clean(self.text))

    @property
    def summary(self) -> str:
        """Model, tokens, cost and time in one line."""
        tokens = self.usage.input_tokens + self.usage.output_tokens
        parts = [self.model or "no model", f"{tokens:,} tokens" if tokens else "", dollars(self.cost)]
        return " · ".join([part for part in parts if part] + [f"{self.seconds:.1f} s"])


def dollars(usd: float | None) -> str:
    """An amount as people read it; small ones keep two significant digits."""
    if usd is None:
        return "price unknown"
    if usd == 0:
        return "$0"
    return f"${usd:.2f}" if usd >= 0.1 else f"${usd:.2g}" if usd >= 0.0001 else f"${usd:.1e}"
