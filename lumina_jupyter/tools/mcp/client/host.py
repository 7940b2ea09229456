"""What a server may ask of us while one of its tools runs, in our own words; who answers is the engine's to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ...asking.sampling import Sampled, Sampling
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


class Host(Protocol):
    """Who answers servers. Each call in whose course a server asks is known by its context."""

    async def ask(self, question: Question, context: ToolContext) -> Answer:
        """Ask the person on whose behalf the call is."""
        ...

    async def sample(self, server: str, sampling: Sampling, context: ToolContext) -> Sampled:
        """Have a model answer.

        Raises:
            LuminaError: when that is not allowed, or fails.
        """
        ...

    async def folders(self, server: str, context: ToolContext) -> Sequence[Path]:
        """The folders that the call works in.

        Raises:
            LuminaError: when they are not to be told, or there are none.
        """
        ...
