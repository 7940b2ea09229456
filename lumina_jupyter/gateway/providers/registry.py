"""The adapters, each imported in a worker thread the first time that a model needs it."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable

from .base import Provider
from .specs import Adapter

_MODULES: dict[Adapter, tuple[str, str]] = {
    "openai_compatible": (".openai_compatible", "OpenAICompatible"),
    "openai_responses": (".openai_responses", "OpenAIResponses"),
    "cohere": (".cohere", "Cohere"),
    "litellm": (".litellm", "LiteLLM"),
}


class Providers:
    """Hands out one instance of each adapter and closes them all.

    Args:
        embedded: Makes the embedded models' adapter; the engine knows what it needs.
    """

    def __init__(self, embedded: Callable[[], Provider]) -> None:
        self._embedded = embedded
        self._made: dict[Adapter, Provider] = {}
        self._lock = asyncio.Lock()

    async def get(self, adapter: Adapter) -> Provider:
        """The adapter of that name."""
        made = self._made.get(adapter)
        if made is not None:
            return made
        async with self._lock:
            if adapter not in self._made:
                self._made[adapter] = await asyncio.to_thread(self._make, adapter)
            return self._made[adapter]

    def _make(self, adapter: Adapter) -> Provider:
        if adapter == "embedded":
            return self._embedded()
        module_name, class_name = _MODULES[adapter]
        module = importlib.import_module(module_name, __package__)
        provider: Provider = getattr(module, class_name)()
        return provider

    async def close(self) -> None:
        """Close every adapter that was made."""
        made, self._made = self._made, {}
        for provider in made.values():
            await provider.close()
