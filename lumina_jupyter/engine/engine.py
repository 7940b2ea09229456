"""All of Lumina for one user's process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from .._version import __version__
from ..assist import CommandInfo, command_infos
from ..assist.ghost_text import GhostTextRequest
from ..context.report import Gathered
from ..errors import NoModelAvailable
from ..events import Event
from ..gateway import EmbeddingRequest, Embeddings, ModelInfo, ProviderStatus
from ..gateway.embedded import EmbeddedModel, PullProgress, offered
from ..gateway.probe import Probe, ProbeProgress, probe, watch
from ..memory import Conversation, LogEntry, Question
from ..storage import Preferences, PreferencesView, UsageRow
from ..telemetry.ends import unless_it_fails
from .health import Health
from .parts import Parts

TURNS_CLOSE_TIMEOUT = 3.0
"""Seconds that answers under way get to be kept when the engine closes."""


class Engine(Parts):
    """The parts behind a few methods that every face calls; it is made as `Parts` are."""

    # --- asking -----------------------------------------------------------------------------------

    def ask(self, question: Question) -> AsyncGenerator[Event, None]:
        """Stream the answer to a question, as a turn of its notebook's conversation."""
        return self.memory.ask(question)

    async def gather(self, question: Question) -> Gathered:
        """What a model would be shown beside a question, and what would be left out."""
        return await self._gather(question)

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
        return self.memory.stop(request_id) or self._gateway.cancel(request_id)

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

    async def watch_probe(self, provider: str) -> AsyncGenerator[ProbeProgress, None]:
        """The same, telling how it goes.

        Raises:
            LuminaError: as `probe`, before the first progress.
        """
        model = await self._discovery.default_model_of(provider)
        async with aclosing(watch(self._gateway.chat, model)) as progress:
            async for each in progress:
                yield each

    async def embedded_models(self) -> list[EmbeddedModel]:
        """The embedded models that are on disk or could be fetched."""
        return await asyncio.to_thread(offered, self._embedded.weights)

    async def pull(self, name: str) -> AsyncGenerator[PullProgress, None]:
        """Fetch an embedded model and tell how it goes; it stops when nobody reads on.

        Raises:
            LuminaError: when it cannot be fetched.
        """
        async with aclosing(self._pulls.pull(name)) as progress:
            async for each in progress:
                yield each
        await self._discovery.refresh()

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
            unsaved_turns=self.memory.unsaved,
        )

    async def usage(self, *, days: int = 30, notebook: str | None = None) -> list[UsageRow]:
        """What the calls of the last days took, by day and model."""
        return await self._usage.summary(days=days, notebook=notebook)

    # --- preferences ------------------------------------------------------------------------------

    def load_preferences(self) -> None:
        """Read what the person chose and lay it over the settings; blocks, so that building need not."""
        self._preferences.load()

    def preferences(self) -> PreferencesView:
        """What the person chose, what is configured, and what holds."""
        return self._preferences.view

    async def set_preferences(self, chosen: Preferences) -> PreferencesView:
        """Keep these choices in place of the earlier ones; they hold from the next question on.

        Raises:
            LuminaError: when a value cannot be, a model cannot be reached, or a choice is locked.
        """
        before = self._preferences.view.chosen
        for model in {chosen.default_model, chosen.ghost_text_model} - {before.default_model, before.ghost_text_model}:
            if model:
                await self._discovery.resolve(model)
        await asyncio.to_thread(self._preferences.save, chosen)
        return self._preferences.view

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
        """The shared conversations of a notebook, or of all, the last changed first."""
        return await self.memory.find(notebook)

    async def conversation_events(self, conversation_id: str, *, after: int = 0) -> list[LogEntry]:
        """The log entries of a shared conversation that follow entry number `after`."""
        return await self.memory.events(conversation_id, after=after)

    async def reset_conversation(self, notebook: str) -> str:
        """Begin a fresh conversation for a notebook; its id."""
        return await self.memory.begin_anew(notebook)

    async def rename_notebook(self, old: str, new: str) -> None:
        """Let conversations follow a notebook to its new path."""
        await self.memory.rename_notebook(old, new)
        await self.agents.rename_notebook(old, new)
        self.tools.registry.move(old, new)

    # --- the end ----------------------------------------------------------------------------------

    async def end_turns(self) -> None:
        """Stop every turn, have its end kept, and end the streams of conversations; no other begins."""
        await self.memory.end(TURNS_CLOSE_TIMEOUT)

    async def end_work(self) -> None:
        """The same, and stop agents and cells that run: whoever watches one of these is told that it is over."""
        await self.end_turns()
        await self.agents.close()
        await self.runs.close()

    async def close(self) -> None:
        """Stop answers and runs under way, end the embedded model's process, close the database.

        What one part runs into at its end is logged, and keeps no other from ending.
        """
        self._pulls.stop()
        for end in (
            self.end_work,
            self.automl.close,
            self.mcp.close,
            self.tools.close,
            self.seats.close,
            self.undoing.close,
            self._gateway.close,
            self._ghost_text.close,
            self._embedded.close,
            self._database.close,
        ):
            await unless_it_fails(end)
