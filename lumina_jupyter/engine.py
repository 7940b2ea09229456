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
from functools import partial
from pathlib import Path

from ._version import __version__
from .agent.agents import Agents
from .agent.assembly import agents
from .agent.conversing import end_run, start_run
from .agent.estimate import Estimates
from .agent.gears.models import GearModels
from .agent.personas import Personas, addressed, hand_over_tool, with_hand_overs
from .agent.surroundings import Sight
from .agent.team import Team, delegate_tool
from .agent.thinking import ModelMind
from .assist import Assist, CommandInfo, command_infos
from .assist.ghost_text import GhostText, GhostTextModels, GhostTextRequest, NotebookPolicies, Variables
from .automl.jobs import History as ExperimentHistory
from .automl.jobs import Jobs
from .automl.register.register import Register
from .collaboration import DiskPlaces, Places
from .collaboration.execution.execution import Runs
from .collaboration.execution.kernels import NotebookKernels
from .collaboration.proposals.proposals import Proposals
from .collaboration.replicas.watching import Watching, woken_by
from .collaboration.seats import Seats
from .collaboration.snapshots.contributors import Contributors
from .collaboration.snapshots.history import History
from .collaboration.snapshots.snapshots import Snapshots
from .collaboration.undo.undoing import Undoing
from .context import NotebookView
from .context.document_view import document_view
from .context.gatherer import Gatherer
from .context.report import Gathered
from .context.surroundings import Surroundings
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
from .gateway.embedded import EmbeddedModel, EmbeddedModels, PullProgress, Pulls, offered
from .gateway.probe import Probe, ProbeProgress, probe, watch
from .gateway.providers.base import Provider
from .gateway.providers.registry import Providers
from .memory import Conversation, LogEntry, Memory, Question
from .settings import Lumina
from .storage import Database, Preferences, PreferenceStore, PreferencesView, UsageLog, UsageRow
from .telemetry.redaction import install_log_redaction
from .tools import Actor, Pages, Tool, ToolContext, toolbox
from .tools.asking.account import Account
from .tools.loop import Abilities, ToolLoop
from .tools.mcp import Mcp

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
    unsaved_turns: int = 0
    """Answers that are over and could not be written to the database yet."""


class Engine:
    """All of Lumina for one user's process, behind a few methods that every face calls.

    Args:
        settings: The settings.
        environment: Environment variables in which provider keys and addresses may stand; the
            caller decides which, and later changes of `os.environ` are not looked at.
        surroundings: Where notebooks, kernels and files are to be had that questions are about.
        places: Where the notebooks are that are edited; those of this machine when omitted.
        kernels: Where their cells run; nowhere when omitted.
    """

    def __init__(
        self,
        settings: Lumina,
        environment: Mapping[str, str],
        surroundings: Surroundings | None = None,
        places: Places | None = None,
        kernels: NotebookKernels | None = None,
        contributors: Contributors | None = None,
    ) -> None:
        install_log_redaction()
        self.settings = settings
        self._preferences = PreferenceStore(settings)
        self._pulls = Pulls(settings)
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
        self._assist = Assist(self._discovery.default_model, self.notebook_view)
        self._gather = Gatherer(settings, surroundings or Surroundings(), self._model)
        self.personas = Personas([*map(Path, settings.persona_folders), settings.data_path / "personas"])
        self.tools = toolbox(settings, self._database, self._view, self.chat, self._roots)
        self.tools.registry.provide("built-in", self._built_in_tools)
        self.mcp = Mcp(settings, self.tools, environment, self._notebook_changes)
        self.memory = Memory(
            settings,
            self._gateway,
            self._database,
            expand=self._expanded,
            gather=self._gather,
            sees=self._sees,
            work=self._work,
        )
        self._tool_loop = ToolLoop(settings, self.tools, self._gateway.chat, self._abilities)
        self.watching = Watching()
        self.pages = Pages()
        snapshots = Snapshots(settings, contributors)
        self.seats = Seats(self.watching.wake)
        places = places or DiskPlaces()
        self.undoing = Undoing(places, settings, self.watching, snapshots, self.seats)
        self.notebooks = self.undoing.notebooks
        self.runs = Runs(settings, self.notebooks, kernels, self.seats)
        self.history = History(self.notebooks, snapshots, self._place, self.undoing.steps)
        self.proposals = Proposals(self._database, self.notebooks.open, self.watching.tell)
        self.agents = self._agents(snapshots)
        self.start_run = partial(start_run, self.agents, self.memory)
        self.automl = Jobs(settings, self._server_folder)
        self.experiments = ExperimentHistory(self.automl.shelf, Register(self._database))
        sight = self._gather.surroundings.kernels
        self._ghost_text = GhostText(
            settings,
            self._gateway,
            GhostTextModels(settings, self._discovery, self._embedded.weights),
            NotebookPolicies(self.notebook_view),
            None if sight is None else Variables(sight),
        )

    def _agents(self, snapshots: Snapshots) -> Agents:
        """The agent over all of this."""
        around = self._gather.surroundings
        mind = ModelMind(self.settings, self.chat, self.tools.registry.get, self._model)
        return agents(
            self.settings,
            self._database,
            self.tools,
            mind=lambda: mind,
            personas=self.personas,
            notebooks=self.notebooks,
            snapshots=snapshots,
            cells=self.undoing,
            kernels=self.runs,
            view=self._view,
            sight=around.kernels if isinstance(around.kernels, Sight) else None,
            folders=around.folders,
            choose_model=GearModels(self.settings, self._discovery.default_model).choose,
            estimate=Estimates(self.settings, self._catalog.cost, self._model, mind.speeds),
            audience=self.memory.audience,
            over=partial(end_run, self.memory),
        )

    def _embedded_provider(self) -> Provider:
        from .gateway.providers.embedded import Embedded

        return Embedded(self._embedded)

    def _built_in_tools(self) -> list[Tool]:
        """The tools that Lumina brings; made in a thread, when the first tool is asked for."""
        from .automl.jobs import automl_tools
        from .tools.builtin.assembly import builtin_tools
        from .tools.builtin.python import python_tool
        from .tools.builtin.sandboxed import SandboxedRuns
        from .tools.builtin.shell import shell_tool
        from .tools.builtin.web import web_tool

        runs = SandboxedRuns(self.settings, self._notebook_folder)
        around = self._gather.surroundings
        own = builtin_tools(
            self.settings,
            self.notebooks,
            self.runs,
            around.kernels,
            around.folders,
            self._view,
            self.pages,
            partial(automl_tools, self.automl),
        )
        team = Team(self.settings, self.personas, self.agents)
        colleagues = [delegate_tool(team, self.agents.at_work), hand_over_tool(self.personas)]
        return [*own, python_tool(runs), shell_tool(runs), web_tool(self.settings), *colleagues]

    async def _notebook_folder(self, context: ToolContext) -> Path | None:
        """The folder of a call's notebook; None where contents are no files, or it has no notebook."""
        roots = await self._roots(context.notebook) if context.notebook else ()
        return roots[0] if roots else None

    async def _roots(self, notebook: str, kernel_id: str = "") -> tuple[Path, ...]:
        """The folder of a notebook, and the root of all; none where contents are no files."""
        folders = self._gather.surroundings.folders
        return () if folders is None else await folders.roots(notebook, kernel_id)

    async def _server_folder(self) -> Path | None:
        """The folder of all notebooks; None where contents are no files."""
        roots = await self._roots("")
        return roots[-1] if roots else None

    async def _notebook_changes(self, path: str) -> AsyncGenerator[None, None]:
        """Yields whenever the notebook at a path has changed; what changes while a change is told is one."""
        document = await self.notebooks.open(path)
        with self.watching.watch(document.key) as watch, woken_by(document.replica.document.ydoc, watch):
            while True:
                await watch.changed()
                yield

    async def _place(self, path: str) -> Path | None:
        """The file of the notebook at a path; None where contents are no files."""
        roots = await self._roots(path)
        return (roots[-1] / path).resolve() if roots else None

    async def _sees(self, model: str) -> bool:
        found = await self._model(model)
        return found is not None and bool(found.vision)

    async def _model(self, model: str) -> ModelInfo | None:
        """What is known of a model; nothing when none can answer, which the gateway will say."""
        try:
            return self._catalog.get(model or await self._discovery.default_model())
        except LuminaError:
            return None

    async def _abilities(self, model: str) -> Abilities:
        found = await self._model(model)
        return Abilities() if found is None else Abilities(tools=found.tools, vision=found.vision)

    async def _work(
        self, request: ChatRequest, question: Question, conversation: str, stop: asyncio.Event
    ) -> AsyncGenerator[Event, None]:
        """Answer a question with tools, on behalf of who asked it."""
        try:
            audience = await self.memory.audience(conversation) if conversation else ""
            persona = await self.personas.get(question.persona) if question.persona else None
        except LuminaError as error:
            yield Failed.of(error)
            return
        context = ToolContext(
            actor=Actor(question.asked_by, question.user, run=question.request_id),
            notebook=question.notebook,
            kernel_id=question.kernel_id,
            active_cell="" if question.view is None else question.view.active_cell,
            conversation=conversation,
            allowed=frozenset(question.rights),
            audience=audience,
            account=Account(self.settings),
        )
        answer = with_hand_overs(self._tool_loop.run, self.personas, persona, request, context, stop)
        async with aclosing(answer) as events:
            async for event in events:
                yield event

    async def _expanded(self, question: Question) -> Question:
        """The question as its persona is asked it, with the prompt that its command gives it."""
        return await self._assist.expand(await addressed(question, self.personas))

    # --- asking -----------------------------------------------------------------------------------

    def ask(self, question: Question) -> AsyncGenerator[Event, None]:
        """Stream the answer to a question, as a turn of its notebook's conversation."""
        return self.memory.ask(question)

    async def gather(self, question: Question) -> Gathered:
        """What a model would be shown beside a question, and what would be left out."""
        return await self._gather(question)

    async def notebook_view(self, path: str) -> NotebookView | None:
        """A notebook as it is now, from its live room or its file; None where there is none."""
        notebooks = self._gather.surroundings.notebooks
        return None if notebooks is None else await notebooks.view(path)

    async def _view(self, path: str) -> NotebookView | None:
        """The same for tools and runs, which without a server work on files all the same."""
        known = self._gather.surroundings.notebooks
        return await document_view(self.notebooks, path) if known is None else await known.view(path)

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

    async def close(self) -> None:
        """Stop answers and runs under way, end the embedded model's process, close the database."""
        await self.end_turns()
        await self.agents.close()
        await self.automl.close()
        await self.mcp.close()
        await self.tools.close()
        await self.runs.close()
        await self.seats.close()
        await self.undoing.close()
        self._pulls.stop()
        await self._gateway.close()
        await self._ghost_text.close()
        await self._embedded.close()
        await self._database.close()
