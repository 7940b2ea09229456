"""What turns are handed from elsewhere: slash commands that give a question its prompt, what a model sees, and tools.

The parts themselves live in other folders; here is only what they have to look like.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any, Protocol

from ..events import Event
from ..gateway.requests import ChatRequest, ImagePart, TextPart
from .question import Question


class Item(Protocol):
    """Something that a model was shown; what was left out says its `reason`, too."""

    @property
    def kind(self) -> str:
        """What it is, as `cell` or `file`."""

    @property
    def label(self) -> str:
        """Its name, for people."""

    @property
    def tokens(self) -> int:
        """About how much of the prompt it takes."""


class Report(Protocol):
    """What was gathered for a question, for people to read."""

    @property
    def included(self) -> Sequence[Item]:
        """What the model was shown."""

    @property
    def left_out(self) -> Sequence[Item]:
        """What it was not shown."""

    @property
    def tokens(self) -> int:
        """About how many tokens all of it takes."""

    @property
    def budget(self) -> int:
        """How many it could have taken."""


class Gathered(Protocol):
    """What a model is shown beside the prompt."""

    @property
    def parts(self) -> Sequence[TextPart | ImagePart]:
        """That itself."""

    @property
    def report(self) -> Report:
        """And what it is, for people."""

    @property
    def notice(self) -> str:
        """A sentence for who asked, when something that they mentioned is not shown; else empty."""


Expand = Callable[[Question], Awaitable[Question]]
"""Gives a slash command its prompt; raises a LuminaError for one that is not there or cannot be meant."""

Gather = Callable[[Question, str], Awaitable[Gathered | None]]
"""Gathers what a model shall see of the notebook for a question as it was asked; None for nothing.

The text is the prompt that a slash command has made of it, and empty where there is none: what stands in it need
not be shown again.
"""

Work = Callable[[ChatRequest, Question, str, asyncio.Event], AsyncGenerator[Event, None]]
"""Answers with tools: the request, the question that it came from, its conversation's id (empty for none), and what
stops it when it is set. The stream is one answer's, as the gateway's is."""


def report_data(report: Report) -> dict[str, Any]:
    """A report as the log keeps it."""
    return {
        "included": [_item(item) for item in report.included],
        "left_out": [{**_item(item), "reason": str(getattr(item, "reason", ""))} for item in report.left_out],
        "tokens": report.tokens,
        "budget": report.budget,
    }


def _item(item: Item) -> dict[str, Any]:
    return {"kind": item.kind, "label": item.label, "tokens": item.tokens}
