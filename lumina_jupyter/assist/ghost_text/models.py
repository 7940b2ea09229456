"""Which model makes the suggestions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from ...errors import NoModelAvailable
from ...gateway import Discovery
from ...gateway.embedded import Weights
from ...settings import Lumina


@dataclass(frozen=True, slots=True)
class GhostTextModel:
    """A model, and whether it was trained to fill in the middle."""

    id: str
    fills_in: bool

    @property
    def provider(self) -> str:
        """Whose it is."""
        return self.id.partition("/")[0]


class GhostTextModels:
    """The model of the settings; without one the smallest embedded model that fills in the middle.

    The smallest, as a suggestion must come before the next key; and embedded, as what somebody types must
    not leave the machine before they say so.
    """

    def __init__(self, settings: Lumina, discovery: Discovery, weights: Weights) -> None:
        self._settings = settings
        self._discovery = discovery
        self._weights = weights

    async def chosen(self) -> GhostTextModel:
        """The model.

        Raises:
            NoModelAvailable: when no embedded model here fills in the middle, and the settings name none.
            LuminaError: when the settings name one that cannot be used.
        """
        named = self._settings.ghost_text_model
        if named:
            model, fills_in = await self._discovery.infill_ability(named)
            return GhostTextModel(model, fills_in)
        for weight in await asyncio.to_thread(self._weights.installed):
            if weight.fill_in_the_middle:
                return GhostTextModel(f"embedded/{weight.name}", fills_in=True)
        raise NoModelAvailable(
            "No embedded model on this machine completes code.",
            hint="Fetch one with: lumina pull qwen2.5-coder-0.5b",
        )
