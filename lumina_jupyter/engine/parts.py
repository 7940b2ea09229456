"""The parts of an engine and how they hang together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from functools import partial
from pathlib import Path

from ..agent.agents import Agents
from ..agent.assembly import agents
from ..agent.conversing import end_run, start_run
from ..agent.estimate import Estimates
from ..agent.gears.models import GearModels
from ..agent.personas import Personas, addressed, hand_over_tool, with_hand_overs
from ..agent.surroundings import Sight
from ..agent.team import Team, delegate_tool
from ..agent.thinking import ModelMind
from ..assist import Assist
from ..assist.ghost_text import GhostText, GhostTextModels, NotebookPolicies, Variables
from ..automl.jobs import History as ExperimentHistory
from ..automl.jobs import Jobs
from ..automl.register.register import Register
from ..collaboration import DiskPlaces, Places
from ..collaboration.execution.execution import Runs
from ..collaboration.execution.kernels import NotebookKernels
from ..collaboration.proposals.proposals import Proposals
from ..collaboration.replicas.watching import Watching, woken_by
from ..collaboration.seats import Seats
from ..collaboration.snapshots.contributors import Contributors
from ..collaboration.snapshots.history import History
from ..collaboration.snapshots.snapshots import Snapshots
from ..collaboration.undo.undoing import Undoing
from ..context import NotebookView
from ..context.document_view import document_view
from ..context.gatherer import Gatherer
from ..context.surroundings import Surroundings
from ..errors import LuminaError
from ..events import Event, Failed
from ..gateway import Catalog, ChatRequest, Discovery, Gateway, KeyStore
from ..gateway.embedded import EmbeddedModels, Pulls
from ..gateway.providers.base import Provider
from ..gateway.providers.registry import Providers
from ..memory import Memory, Question
from ..settings import Lumina
from ..storage import Database, PreferenceStore, UsageLog
from ..telemetry.redaction import install_log_redaction
from ..tools import Actor, Pages, Tool, ToolContext, toolbox
from ..tools.asking.account import Account
from ..tools.loop import ToolLoop
from ..tools.mcp import Mcp
from .folders import NotebookFolders
from .known_models import KnownModels


class Parts:
    """All parts, built from the settings; each is handed what it needs of the others.

    Args:
        settings: The settings.
        environment: Environment variables in which provider keys and addresses may stand; the
            caller decides which, and later changes of `os.environ` are not looked at.
        surroundings: Where notebooks, kernels and files are to be had that questions are about.
        places: Where the notebooks are that are edited; those of this machine when omitted.
        kernels: Where their cells run; nowhere when omitted.
        contributors: Whose edits notebooks have got; kept in memory alone when omitted.
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
        self._known = KnownModels(self._catalog, self._discovery)
        self._assist = Assist(self._discovery.default_model, self.notebook_view)
        self._gather = Gatherer(settings, surroundings or Surroundings(), self._known.find)
        self._folders = NotebookFolders(self._gather.surroundings.folders)
        self.personas = Personas([*map(Path, settings.persona_folders), settings.data_path / "personas"])
        self.tools = toolbox(settings, self._database, self._view, self.chat, self._folders.roots)
        self.tools.registry.provide("built-in", self._built_in_tools)
        self.mcp = Mcp(settings, self.tools, environment, self._notebook_changes)
        self.memory = Memory(
            settings,
            self._gateway,
            self._database,
            expand=self._expanded,
            gather=self._gather,
            sees=self._known.sees,
            work=self._work,
        )
        self._tool_loop = ToolLoop(settings, self.tools, self._gateway.chat, self._known.abilities)
        self.watching = Watching()
        self.pages = Pages()
        snapshots = Snapshots(settings, contributors)
        self.seats = Seats(self.watching.wake)
        places = places or DiskPlaces()
        self.undoing = Undoing(places, settings, self.watching, snapshots, self.seats)
        self.notebooks = self.undoing.notebooks
        self.runs = Runs(settings, self.notebooks, kernels, self.seats)
        self.history = History(self.notebooks, snapshots, self._folders.file, self.undoing.steps)
        self.proposals = Proposals(self._database, self.notebooks.open, self.watching.tell)
        self.agents = self._agents(snapshots)
        self.start_run = partial(start_run, self.agents, self.memory)
        self.automl = Jobs(settings, self._folders.of_server)
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
        mind = ModelMind(self.settings, self.chat, self.tools.registry.get, self._known.find)
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
            estimate=Estimates(self.settings, self._catalog.cost, self._known.find, mind.speeds),
            audience=self.memory.audience,
            over=partial(end_run, self.memory),
        )

    def _embedded_provider(self) -> Provider:
        from ..gateway.providers.embedded import Embedded

        return Embedded(self._embedded)

    def _built_in_tools(self) -> list[Tool]:
        """The tools that Lumina brings; made in a thread, when the first tool is asked for."""
        from ..automl.jobs import automl_tools
        from ..tools.builtin.assembly import builtin_tools
        from ..tools.builtin.python import python_tool
        from ..tools.builtin.sandboxed import SandboxedRuns
        from ..tools.builtin.shell import shell_tool
        from ..tools.builtin.web import web_tool

        runs = SandboxedRuns(self.settings, self._folders.of_call)
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

    async def _notebook_changes(self, path: str) -> AsyncGenerator[None, None]:
        """Yields whenever the notebook at a path has changed; what changes while a change is told is one."""
        document = await self.notebooks.open(path)
        with self.watching.watch(document.key) as watch, woken_by(document.replica.document.ydoc, watch):
            while True:
                await watch.changed()
                yield

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
