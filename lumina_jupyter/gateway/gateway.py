"""The gateway: one request in, one stream of events out; every model call passes here."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from ..errors import InvalidRequest, LuminaError
from ..events import Event
from ..settings import Lumina
from ..storage import UsageLog
from .cancellation import Cancellation
from .catalog import Catalog
from .chain import build_chain
from .discovery import Discovery
from .middleware.accounting import Accounting
from .middleware.ending import Ending
from .middleware.retry import Retry
from .providers.base import InfillProvider, Provider, Target
from .providers.registry import Providers
from .requests import ChatRequest, EmbeddingRequest, Embeddings, InfillRequest, ModelCall


class Gateway:
    """Calls models: resolves the name, passes the chain, streams what comes back."""

    def __init__(
        self, settings: Lumina, catalog: Catalog, discovery: Discovery, providers: Providers, usage_log: UsageLog
    ) -> None:
        self._discovery = discovery
        self._providers = providers
        self._running: dict[str, Cancellation] = {}
        ending, accounting = Ending(self._running), Accounting(catalog, usage_log)
        self._handler = build_chain([ending, accounting, Retry(settings)], self._dispatch)
        # What is typed next makes a completion stale: it is never tried again.
        self._infill_handler = build_chain([ending, accounting], self._dispatch)

    def chat(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """Stream one answer; ends with exactly one `MessageFinished` or `Failed`.

        Close the generator (or cancel the task that reads it) to stop: the provider's connection
        is closed with it.
        """
        return self._handler(request)

    def infill(self, request: InfillRequest) -> AsyncGenerator[Event, None]:
        """Stream the code that belongs between a prefix and a suffix; ends and is stopped as `chat`."""
        return self._infill_handler(request)

    def cancel(self, request_id: str) -> bool:
        """Stop a call from anywhere; its stream ends with `MessageFinished("cancelled")`.

        Returns:
            Whether a call of that id was under way.
        """
        cancellation = self._running.get(request_id)
        if cancellation is None:
            return False
        cancellation.request()
        return True

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        """Embed texts.

        Raises:
            LuminaError: whatever a chat would have ended with.
        """
        provider, target = await self._resolve(request.model, embedding=True)
        return await provider.embed(replace(request, model=target.model), target)

    async def close(self) -> None:
        """Stop every call under way and close the adapters."""
        for cancellation in list(self._running.values()):
            cancellation.request()
        await self._providers.close()

    async def _dispatch(self, request: ModelCall) -> AsyncGenerator[Event, None]:
        provider, target = await self._resolve(request.model)
        stream: AsyncGenerator[Event, None]
        if isinstance(request, ChatRequest):
            stream = provider.chat(replace(request, model=target.model), target)
        elif isinstance(provider, InfillProvider):
            stream = provider.infill(replace(request, model=target.model), target)
        else:
            raise InvalidRequest(
                f"Lumina cannot have {target.model} fill in the middle.",
                hint="Choose an embedded model, or one at an OpenAI-compatible server.",
                provider=target.provider,
            )
        async with aclosing(stream) as events:
            async for event in events:
                yield event

    async def _resolve(self, model: str, *, embedding: bool = False) -> tuple[Provider, Target]:
        resolved = await self._discovery.resolve(model, embedding=embedding)
        try:
            return await self._providers.get(resolved.adapter), resolved.target
        except ImportError as error:
            raise LuminaError(
                f"The adapter for {resolved.target.provider} cannot be loaded: {error.name or error} is missing.",
                hint="Reinstall with: pip install --force-reinstall lumina-jupyter",
            ) from error
