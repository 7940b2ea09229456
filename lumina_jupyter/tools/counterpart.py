"""Whoever called a tool, as far as the tool may turn back to it while it runs: what it can ask there.

What comes back is data from outside. It is no approval: those are decided by people, at the gate, before a tool runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from ..errors import CallerCannotBeAsked


@dataclass(frozen=True, slots=True)
class AskPerson:
    """A form for the person in front of whatever called: an object by a schema of plain fields."""

    message: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AskModel:
    """A prompt for the model of whoever called."""

    prompt: str
    system: str = ""
    max_tokens: int = 1000


@dataclass(frozen=True, slots=True)
class AskFolders:
    """Which folders whoever called works in."""


Ask = AskPerson | AskModel | AskFolders


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: a person's fields, a model's text, or folders' addresses; nothing unless `accept`."""

    action: Literal["accept", "decline", "cancel"] = "accept"
    fields: Mapping[str, Any] | None = None
    text: str = ""
    folders: tuple[str, ...] = ()


class Counterpart(Protocol):
    """Whoever called a tool."""

    def answers(self, ask: Ask) -> bool:
        """Whether it can be asked this."""
        ...

    async def ask(self, asks: Mapping[str, Ask]) -> Mapping[str, Reply]:
        """The replies, by the names that the tool gave to what it asks.

        Raises:
            CallerCannotBeAsked: when it cannot be asked one of these, or too often.
        """
        ...


class Nobody:
    """A caller that cannot be asked anything."""

    def answers(self, _ask: Ask) -> bool:
        """Never."""
        return False

    async def ask(self, _asks: Mapping[str, Ask]) -> Mapping[str, Reply]:
        """Never answered."""
        raise CallerCannotBeAsked("Whoever called this tool cannot be asked anything.")


NOBODY = Nobody()
