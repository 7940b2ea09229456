"""What is known of the model that a question names, or of the one that answers where it names none."""

from __future__ import annotations

from ..errors import LuminaError
from ..gateway import Catalog, Discovery, ModelInfo
from ..tools.loop import Abilities


class KnownModels:
    """What models can do.

    Args:
        catalog: What is known of models.
        discovery: Which one answers where none is named.
    """

    def __init__(self, catalog: Catalog, discovery: Discovery) -> None:
        self._catalog = catalog
        self._discovery = discovery

    async def find(self, model: str) -> ModelInfo | None:
        """What is known of a model; nothing when none can answer, which the gateway will say."""
        try:
            return self._catalog.get(model or await self._discovery.default_model())
        except LuminaError:
            return None

    async def sees(self, model: str) -> bool:
        """Whether it can be shown images."""
        found = await self.find(model)
        return found is not None and bool(found.vision)

    async def abilities(self, model: str) -> Abilities:
        """What the tools' loop has to know of it."""
        found = await self.find(model)
        return Abilities() if found is None else Abilities(tools=found.tools, vision=found.vision)
