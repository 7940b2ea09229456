"""What a server may ask of us while one of its tools runs, in our own words; who answers is the engine's to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from ...content import ImageContent, TextContent
from ...context import ToolContext
from ...questions import Answer

__all__ = ["Answer", "Host", "Question", "Sampled", "Sampling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a server wants to know from a person: a form's fields by a schema, or a page to open."""

    server: str
    message: str
    schema: Mapping[str, Any] | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What a server wants a model to answer. The messages are `(role, parts)`."""

    server: str
    messages: tuple[tuple[Literal["user", "assistant"], tuple[TextContent | ImageContent, ...]], ...]
    system: str = ""
    max_tokens: int = 1000
    temperature: float | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """What the model answered."""

    text: str
    model: str
    cut_off: bool = False
    """Whether the answer ended at the limit of tokens."""


class Host(Protocol):
    """Who answers servers. Each call in whose course a server asks is known by its context."""

    async def ask(self, question: Question, context: ToolContext) -> Answer:
        """Ask the person on whose behalf the call is."""
        ...

    async def sample(self, sampling: Sampling, context: ToolContext) -> Sampled:
        """Have a model answer.

        Raises:
            LuminaError: when that is not allowed, or fails.
        """
        ...
