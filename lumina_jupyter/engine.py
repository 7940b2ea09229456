"""The engine: builds the parts from the settings, starts and stops them; the one place that knows all.

It lives on one event loop: the Jupyter server's, or one in a thread of a process without a server
(see `client`). Building it is cheap and touches neither disk nor network; each part opens what it
needs on first use.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from ._version import __version__
from .assist import Assist, CommandInfo, command_infos
from .assist.ghost_text import GhostText, GhostTextModels, GhostTextRequest
from .errors import LuminaError, NoModelAvailable
from .events import Event, Failed
from .gateway import (
    Catalog,
    ChatRequest,
    Discovery,
    EmbeddingRequest,
    Embeddings,
    Gateway,
    KeyStore,
    ModelInfo,
    ProviderStatus,
)
from .gateway.embedded import EmbeddedModels
from .gateway.probe import Probe, probe
from .gateway.providers.base import Provider
from .gateway.providers.registry import Providers
from .memory import Conversation, Conversations, LogEntry, Question, Turns
from .settings import Lumina
from .storage import Database, UsageLog, UsageRow
from .telemetry.redaction import install_log_redaction

TURNS_CLOSE_TIMEOUT = 3.0
"""Seconds that answers under way get to be kept when the engine closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the engine is. `default_model` is empty, and `hint` says what to do, while nothing can answer."""

    status: str
    version: str
    ready: bool
    default_model: str
    hint: str
    data_dir: str
    uptime_seconds: float


class Engine:
    """All of Lumina for one user's process, behind a few methods that every face calls.

    Args:
        settings: The settings.
        environment: Environment variables in which provider keys and addresses may stand; the
            caller decides which, and later changes of `os.environ` are not looked at.
    """

    def __init__(self, settings: Lumina, environment: Mapping[str, str]) -> None:
        install_log_redaction()
        self.settings = settings
        self._began = time.monotonic()
        self._keys = KeyStore(settings.data_path)
        self._catalog = Catalog(settings)
        self._embedded = EmbeddedModels(settings)
        self._database = Database(settings.database_url, settings.data_path)
        self._usage = UsageLog(self._database)
        self._discovery = Discovery(
            settings, keys=self._keys, catalog=self._catalog, weights=self._embedded.weights, environment=environment
        )
        self._gateway = Gateway(
            settings, self._catalog, self._discovery, Providers(self._embedded_provider), self._usage
        )
        self._conversations = Conversations(self._database)
        self._turns = Turns(settings, self._gateway, self._conversations)
        self._assist = Assist(self._discovery.default_model)
        models = GhostTextModels(settings, self._discovery, self._embedded.weights)
        self._ghost_text = GhostText(settings, self._gateway, models)

    def _embedded_provider(self) -> Provider:
        from .gateway.providers.embedded import Embedded

        return Embedded(self._embedded)

    # --- asking -----------------------------------------------------------------------------------

    async def ask(self, question: Question) -> AsyncGenerator[Event, None]:
        """Stream the answer to a question, as a turn of its notebook's conversation."""
        try:
            question = await self._assist.expand(question)
        except LuminaError as error:
            yield Failed.of(error)
            return
        async with aclosing(self._turns.ask(question)) as events:
            async for event in events:
                yield event

    def chat(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """Stream the answer to a bare request, which belongs to no conversation."""
        return self._gateway.chat(request)

    def suggest(self, request: GhostTextRequest) -> AsyncGenerator[Event, None]:
        """Stream the code that is suggested where somebody types.

        Raises:
            Forbidden: where that is switched off.
            LuminaError: when no model can do it.
        """
        return self._ghost_text.suggest(request)

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        """Turn texts into vectors."""
        return await self._gateway.embed(request)

    def cancel(self, request_id: str) -> bool:
        """Stop an answer; whether one of that id was under way."""
        return self._gateway.cancel(request_id)

    # --- what is here -----------------------------------------------------------------------------

    def commands(self) -> list[CommandInfo]:
        """The slash commands that a question may name."""
        return command_infos()

    async def models(self, *, refresh: bool = False) -> list[ModelInfo]:
        """The models that can answer now, embedded ones first."""
        if refresh:
            await self._discovery.refresh()
        return await self._discovery.models()

    async def providers(self, *, refresh: bool = False) -> list[ProviderStatus]:
        """Every provider that Lumina knows, and whether it can be used."""
        if refresh:
            await self._discovery.refresh()
        return await self._discovery.providers()

    async def probe(self, provider: str) -> Probe:
        """Try a provider out with one streamed answer and one tool call; costs a few tokens.

        Raises:
            LuminaError: when the provider cannot be used or has no model.
        """
        return await probe(self._gateway.chat, await self._discovery.default_model_of(provider))

    async def health(self) -> Health:
        """Whether something can answer; connects nowhere."""
        hint = ""
        try:
            default = await self._discovery.default_model()
        except NoModelAvailable as error:
            default, hint = "", error.hint
        return Health(
            status="ok" if default else "no_model",
            version=__version__,
            ready=bool(default),
            default_model=default,
            hint=hint,
            data_dir=str(self.settings.data_path),
            uptime_seconds=time.monotonic() - self._began,
        )

    async def usage(self, *, days: int = 30, notebook: str | None = None) -> list[UsageRow]:
        """What the calls of the last days took, by day and model."""
        return await self._usage.summary(days=days, notebook=notebook)

    # --- keys -------------------------------------------------------------------------------------

    def check_provider(self, provider: str) -> None:
        """Nothing when a key can be kept for a provider of that name.

        Raises:
            InvalidOption: when it cannot; the hint holds close matches.
        """
        self._discovery.check_provider(provider)

    async def key_place(self) -> str:
        """Where a new key would be kept, for people."""
        return await asyncio.to_thread(lambda: self._keys.place)

    async def set_key(self, provider: str, key: str) -> None:
        """Keep a provider's key; it is used from the next call on and never given back."""
        self._discovery.check_provider(provider)
        await asyncio.to_thread(self._keys.set, provider, key)
        await self._discovery.refresh()

    async def delete_key(self, provider: str) -> bool:
        """Forget a provider's key; whether there was one."""
        self._discovery.check_provider(provider)
        deleted = await asyncio.to_thread(self._keys.delete, provider)
        await self._discovery.refresh()
        return deleted

    # --- conversations ----------------------------------------------------------------------------

    async def conversations(self, notebook: str | None = None) -> list[Conversation]:
        """The conversations of a notebook, or of all, the last changed first."""
        return await self._conversations.list(notebook)

    async def conversation_events(self, conversation_id: str, *, after: int = 0) -> list[LogEntry]:
        """The log entries that follow entry number `after`."""
        return await self._conversations.after(conversation_id, after)

    async def reset_conversation(self, notebook: str) -> str:
        """Begin a fresh conversation for a notebook; its id."""
        return await self._conversations.begin_anew(notebook)

    async def delete_conversation(self, conversation_id: str) -> None:
        """Delete a conversation and its log."""
        await self._conversations.delete(conversation_id)

    async def rename_notebook(self, old: str, new: str) -> None:
        """Let conversations follow a notebook to its new path."""
        await self._conversations.rename_notebook(old, new)

    # --- the end ----------------------------------------------------------------------------------

    async def close(self) -> None:
        """Stop answers under way, end the embedded model's process, close the database."""
        await self._gateway.close()
        await self._turns.until_idle(TURNS_CLOSE_TIMEOUT)
        await self._embedded.close()
        await self._database.close()
