"""Gathering as the engine does it: with its settings, and as much as the model that will answer can bear."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ..gateway import ModelInfo
from ..settings import Lumina
from .gather import Limits, gather
from .report import Gathered
from .surroundings import Surroundings

if TYPE_CHECKING:
    from ..memory import Question

SHARE = 4
"""A model's window is shared with history, question and answer: context gets a quarter of it at most."""
UNKNOWN_WINDOW = 8192
"""Tokens of window that a model is taken to have when nobody says."""


class Gatherer:
    """Gathers for questions.

    Args:
        settings: `context_tokens` and `variable_policy` hold for all.
        surroundings: Where notebooks, kernels and files are to be had.
        model: What is known of the model that a question names; None for nothing.
    """

    def __init__(
        self, settings: Lumina, surroundings: Surroundings, model: Callable[[str], Awaitable[ModelInfo | None]]
    ) -> None:
        self._settings = settings
        self.surroundings = surroundings
        self._model = model

    async def __call__(self, question: Question, worded: str = "") -> Gathered:
        """What a model shall see for a question, beside the prompt that a slash command has made of it."""
        return await gather(question, self.surroundings, await self.limits(question.model), worded)

    async def limits(self, model: str) -> Limits:
        """How much may go to a model, and of what kind."""
        info = await self._model(model)
        window = info.context if info is not None and info.context else UNKNOWN_WINDOW
        return Limits(
            budget=min(self._settings.context_tokens, window // SHARE),
            images=info is not None and bool(info.vision),
            policy=self._settings.variable_policy,
        )
