"""What a tool or a server wants a model to answer, and what the model answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ..content import ImageContent, TextContent
from ..unseen import made_seen

Part = TextContent | ImageContent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """The messages are `(role, parts)`. All of it comes from whoever asks, and is not to be trusted."""

    messages: tuple[tuple[Literal["user", "assistant"], tuple[Part, ...]], ...]
    system: str = ""
    max_tokens: int = 1000
    temperature: float | None = None
    stop: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that the model reads of it, for people who decide on it: with what they else would not see."""
        told = [("system", self.system)] if self.system else []
        told += [(role, "\n".join(_shown(part) for part in parts)) for role, parts in self.messages]
        return "\n\n".join(f"{role}: {made_seen(text)}" for role, text in told)

    @property
    def arguments(self) -> dict[str, Any]:
        """The same as the arguments of a call, to which an approval is bound."""
        return {
            "system": self.system,
            "messages": [{"role": role, "content": [_bound(each) for each in parts]} for role, parts in self.messages],
            "max_tokens": self.max_tokens,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """What the model answered."""

    text: str
    model: str
    cut_off: bool = False
    """Whether the answer ended at the limit of tokens."""


def _shown(part: Part) -> str:
    return part.text if isinstance(part, TextContent) else f"[an image, {part.media_type}]"


def _bound(part: Part) -> str:
    return part.text if isinstance(part, TextContent) else f"[{part.media_type}, {len(part.data)} characters]"
