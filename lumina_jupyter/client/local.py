"""The engine in this process: an event loop in a thread of its own, and a client that talks to it."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import getpass
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from typing import Any, Generic, Literal, TypeVar
from weakref import WeakMethod

from ..collaboration import DiskPlaces, Notebook
from ..collaboration.execution.execution import RunRequest
from ..collaboration.execution.run_events import RunEvent
from ..collaboration.proposals.proposal import Proposal, Verdict
from ..collaboration.snapshots.gone import GoneNotebook
from ..collaboration.snapshots.history import Moment, MomentView, Restored
from ..collaboration.undo.undo import Step, UndoResult
from ..context.map import Execution, NotebookMap
from ..context.report import ContextPreview
from ..context.surroundings import Surroundings, WorkingFolder
from ..engine import Engine, Health
from ..errors import LuminaError, NotFound
from ..events import Event, MessageFinished, is_end
from ..gateway import ModelInfo, ProviderStatus
from ..gateway.requests import new_request_id
from ..memory import Conversation, Frame, Hit, LogEntry, Question, Started
from ..settings import Lumina
from ..storage import UsageRow
from ..tools import (
    Actor,
    Approval,
    AuditEntry,
    PersonQuestion,
    Rule,
    Tool,
    ToolCall,
    ToolContext,
    ToolInfo,
    ToolOutcome,
    tool_info,
)
from ..tools.permission import Scope
from ..tools.permission import Verdict as Decided
from .agents import AgentClient
from .local_agents import LocalAgents

T = TypeVar("T")

CLOSE_TIMEOUT = 10.0
"""Seconds that the engine gets to end when the process does."""


class LocalClient:
    """A `Client` whose engine lives in a daemon thread; ended at the process's exit."""

    def __init__(self, settings: Lumina, environment: Mapping[str, str]) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lumina-engine", daemon=True)
        self._thread.start()
        self._engine = self._run(_build(settings, environment))
        _at_exit(self.close)

    @property
    def agents(self) -> AgentClient:
        """The agent."""
        return LocalAgents(self._engine.agents, self._engine.start_run, self._run, self._read, _user())

    def _read(self, events: AsyncGenerator[T, None]) -> Iterator[T]:
        """A stream of the engine's loop, closed when whoever reads it leaves."""
        reader = _Reader(events)
        try:
            while (event := self._run(reader.next())) is not None:
                yield event
        finally:
            with contextlib.suppress(LuminaError, CancelledError):
                self._submit(reader.close()).result(CLOSE_TIMEOUT)

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        # Under the lock: nothing may be handed to a loop that will not run it any more.
        with self._lock:
            if not self._closed:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        raise LuminaError("Lumina was closed in this process.", hint="Connect again.")

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        future = self._submit(work)
        try:
            return future.result()
        except BaseException:
            # An interrupt of the waiting thread must stop the work as well.
            future.cancel()
            raise

    def ask(self, question: Question) -> Iterator[Event]:
        """Stream an answer."""
        reader = _Reader(self._engine.ask(question))
        try:
            while (event := self._run(reader.next())) is not None:
                yield event
                if is_end(event):
                    return
        except (LuminaError, CancelledError):
            # The client was closed meanwhile, by another thread or at the process's exit.
            yield MessageFinished("cancelled")
        finally:
            with contextlib.suppress(LuminaError, CancelledError):
                self._submit(reader.close()).result(CLOSE_TIMEOUT)

    def cancel(self, request_id: str) -> bool:
        """Stop an answer from another thread."""
        return self._run(_cancel(self._engine, request_id))

    def models(self, *, refresh: bool = False) -> list[ModelInfo]:
        """The models that can answer now."""
        return self._run(self._engine.models(refresh=refresh))

    def providers(self, *, refresh: bool = False) -> list[ProviderStatus]:
        """Every provider that Lumina knows."""
        return self._run(self._engine.providers(refresh=refresh))

    def health(self) -> Health:
        """Whether something can answer."""
        return self._run(self._engine.health())

    def usage(self, *, days: int = 30, notebook: str | None = None) -> list[UsageRow]:
        """What the calls of the last days took."""
        return self._run(self._engine.usage(days=days, notebook=notebook))

    def set_key(self, provider: str, key: str) -> None:
        """Keep a provider's key."""
        self._run(self._engine.set_key(provider, key))

    def delete_key(self, provider: str) -> bool:
        """Forget a provider's key."""
        return self._run(self._engine.delete_key(provider))

    def conversations(self, notebook: str = "", kernel_id: str = "") -> list[Conversation]:
        """The conversations of a notebook, or all."""
        return self._run(self._engine.conversations(notebook or None))

    def conversation_events(self, conversation_id: str, *, after: int = 0) -> list[LogEntry]:
        """The log entries that follow entry number `after`."""
        return self._run(self._engine.conversation_events(conversation_id, after=after))

    def begin_conversation(self, notebook: str, *, title: str = "") -> Conversation:
        """Begin a shared conversation."""
        return self._run(self._engine.memory.begin(notebook, title=title))

    def rename_conversation(self, conversation_id: str, title: str) -> Conversation:
        """Give a conversation another title."""
        return self._run(self._engine.memory.change(conversation_id, title=title))

    def notebook_content(self, path: str) -> Notebook:
        """A notebook as it is now."""
        return self._run(_content(self._engine, path))

    def run_cells(self, request: RunRequest) -> Iterator[RunEvent]:
        """Run cells on the notebook's own kernel, which takes a server."""
        return self.watch_run(self._run(self._engine.runs.start(request)).id)

    def watch_run(self, run_id: str) -> Iterator[RunEvent]:
        """How a run went so far, and how it goes on."""
        watch = self._engine.runs.watch(run_id)
        try:
            while (event := self._run(_next(watch))) is not None:
                yield event
        finally:
            self._run(_close(watch))

    def interrupt_run(self, run_id: str) -> bool:
        """Stop a run."""
        return self._run(_interrupt(self._engine, run_id))

    def delete_conversation(self, conversation_id: str) -> None:
        """Delete a conversation with its log and its images."""
        self._run(self._engine.memory.delete(conversation_id))

    def start_turn(self, question: Question) -> Started:
        """Put a question into the log of its conversation and begin to answer it."""
        return self._run(self._engine.memory.start(question))

    def follow(self, conversation_id: str, *, after: int = 0) -> Iterator[Frame]:
        """Everything in a conversation after entry number `after`, and then whatever comes."""
        for frames in self._read(self._engine.memory.read(conversation_id, after=after)):
            yield from frames

    def search_conversations(self, query: str, *, notebook: str = "", limit: int = 50) -> list[Hit]:
        """Where titles, questions and answers hold a text."""
        return self._run(self._engine.memory.search(query, notebook=notebook or None, limit=limit))

    def export_conversation(self, conversation_id: str, file_format: str = "markdown") -> str:
        """A conversation as the text of a file."""
        return self._run(self._engine.memory.export(conversation_id, file_format)).content

    def reset_conversation(self, notebook: str = "", kernel_id: str = "") -> str:
        """Begin a fresh conversation."""
        return self._run(self._engine.reset_conversation(notebook))

    def preview(self, question: Question) -> ContextPreview:
        """What a model would be shown beside a question."""
        return self._run(self._engine.gather(question)).preview

    def notebook_map(self, notebook: str, kernel_id: str, executions: Sequence[Execution]) -> NotebookMap:
        """The map of a notebook, which a process without a server does not know."""
        raise NotFound(
            "The notebook is not known here, so there is no map of it.", hint="It takes a kernel of a Jupyter server."
        )

    def notebook_history(self, path: str, kernel_id: str = "", *, limit: int = 200) -> list[Moment]:
        """A notebook's moments, the newest first."""
        return self._run(self._engine.history.moments(path, limit=limit))

    def gone_notebooks(self) -> list[GoneNotebook]:
        """The notebooks that have a history and no file any more."""
        return self._run(self._engine.history.gone())

    def notebook_moment(self, path: str, snapshot: str, kernel_id: str = "", *, against: str = "") -> MomentView:
        """What a notebook was, or what changed since."""
        return self._run(self._engine.history.view(path, snapshot, against=against))

    def restore_notebook(self, path: str, snapshot: str, kernel_id: str = "", *, cell: str = "") -> Restored:
        """Make a notebook, or one cell of it, what it was."""
        return self._run(self._engine.history.restore(path, snapshot, cell=cell, user=_user()))

    def proposals(self, path: str, kernel_id: str = "") -> list[Proposal]:
        """What is proposed for a notebook and left to decide."""
        return self._run(self._engine.proposals.of_notebook(path))

    def decide(
        self,
        proposal_id: str,
        path: str,
        kernel_id: str = "",
        *,
        accept: bool,
        cell: str = "",
        hunks: Sequence[str] | None = None,
    ) -> Proposal:
        """Accept or refuse something of a proposal."""
        chosen = None if hunks is None else tuple(hunks)
        verdict = Verdict(accept=accept, by=_user(), cell=cell, hunks=chosen)
        return self._run(self._engine.proposals.decide(proposal_id, path, verdict))

    def agent_steps(self, path: str, kernel_id: str = "") -> list[Step]:
        """What agents did to a notebook and can be undone or redone."""
        return self._run(self._engine.undoing.steps(path))

    def undo(
        self,
        path: str,
        kernel_id: str = "",
        *,
        run: str = "",
        step: int | None = None,
        cell: str | None = None,
        redo: bool = False,
    ) -> UndoResult:
        """Take something back, or bring it again."""
        act = self._engine.undoing.redo if redo else self._engine.undoing.undo
        return self._run(act(path, run=run, step=step, cell=cell, user=_user()))

    def tools(self, notebook: str = "", kernel_id: str = "") -> list[ToolInfo]:
        """The tools that are seen from a notebook."""
        context = ToolContext(actor=Actor("chat", _user()), notebook=notebook)
        return [tool_info(tool, decision) for tool, decision in self._run(self._engine.tools.judged(context))]

    def declare_tools(self, tools: Sequence[Tool], *, notebook: str, kernel_id: str) -> None:
        """Let a notebook have these tools and no others; they run in this process."""
        self._run(_declare(self._engine, tools, notebook))

    def call_tool(self, name: str, arguments: Mapping[str, Any], *, notebook: str = "") -> ToolOutcome:
        """Call a tool."""
        context = ToolContext(actor=Actor("user", _user()), notebook=notebook)
        return self._run(self._engine.tools.call(ToolCall(new_request_id(), name, arguments), context))

    def approvals(self, *, notebook: str = "", kernel_id: str = "", all: bool = False) -> list[Approval]:
        """Calls of tools that wait for a person, or the latest of all."""
        return self._run(self._engine.tools.approvals.list(pending=not all, notebook=notebook))

    def decide_approval(self, approval_id: str, verdict: Decided, scope: Scope | None = None) -> Approval:
        """Grant or deny one."""
        return self._run(self._engine.tools.approvals.decide(approval_id, verdict, by=_user(), scope=scope))

    def questions(self) -> list[PersonQuestion]:
        """What tools that run want to know from a person."""
        return self._engine.tools.questions.waiting(_user())

    def answer_question(
        self, question_id: str, action: Literal["accept", "decline"], content: Mapping[str, Any] | None = None
    ) -> PersonQuestion:
        """Answer such a question, or decline to."""
        return self._run(_answer(self._engine, question_id, action, content))

    def tool_rules(self) -> list[Rule]:
        """The rules that were made of decisions."""
        return [*self._run(self._engine.tools.rules.known())]

    def revoke_rule(self, rule_id: str) -> None:
        """Take a rule back."""
        self._run(_revoke(self._engine, rule_id))

    def audit(self, *, limit: int = 100, notebook: str = "", tool: str = "") -> list[AuditEntry]:
        """What was decided about calls of tools."""
        return self._run(self._engine.tools.audit.latest(limit=limit, notebook=notebook, tool=tool))

    def close(self) -> None:
        """End the engine and its thread."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            ending = asyncio.run_coroutine_threadsafe(_end(self._engine), self._loop)
        try:
            ending.result(CLOSE_TIMEOUT)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(CLOSE_TIMEOUT)


def _at_exit(close: Callable[[], None]) -> None:
    """Have it called before the process ends.

    What an engine does at its end it does in threads, and Python starts none any more when it comes to `atexit`.
    """
    gone = WeakMethod(close)

    def end() -> None:
        found = gone()
        if found is not None:
            found()

    getattr(threading, "_register_atexit", atexit.register)(end)


def _user() -> str:
    """Who runs this process; empty where nobody is known."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


async def _answer(
    engine: Engine, question_id: str, action: Literal["accept", "decline"], content: Mapping[str, Any] | None
) -> PersonQuestion:
    return engine.tools.questions.answer(question_id, _user(), action, content)


async def _build(settings: Lumina, environment: Mapping[str, str]) -> Engine:
    # Parts of the engine bind to the running loop, which is this thread's own.
    engine = Engine(
        settings, environment, Surroundings(folders=WorkingFolder()), DiskPlaces(largest_mb=settings.file_notebook_mb)
    )
    engine.load_preferences()
    return engine


class _Reader(Generic[T]):
    """Reads a stream event by event, and can be closed while a read is under way.

    An interrupt can come between asking for the next event and waiting for it: then that read goes on
    in the loop, and a generator that is running refuses to be closed.
    """

    def __init__(self, events: AsyncGenerator[T, None]) -> None:
        self._events = events
        self._reading: asyncio.Task[Any] | None = None

    async def next(self) -> T | None:
        """The next event, None after the last."""
        self._reading = asyncio.current_task()
        try:
            return await anext(self._events, None)
        finally:
            self._reading = None

    async def close(self) -> None:
        """End the read that is under way, and the stream."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])
        await self._events.aclose()


async def _content(engine: Engine, path: str) -> Notebook:
    return await (await engine.notebooks.open(path)).read()


async def _declare(engine: Engine, tools: Sequence[Tool], notebook: str) -> None:
    engine.tools.registry.replace(f"notebook:{notebook}", tools)


async def _revoke(engine: Engine, rule_id: str) -> None:
    for rule in await engine.tools.rules.known():
        if rule.id == rule_id:
            return await engine.tools.rules.revoke(rule_id, rule.user)
    return await engine.tools.rules.revoke(rule_id)


async def _interrupt(engine: Engine, run_id: str) -> bool:
    return engine.runs.interrupt(run_id)


async def _next(watch: AsyncGenerator[RunEvent, None]) -> RunEvent | None:
    return await anext(watch, None)


async def _close(watch: AsyncGenerator[RunEvent, None]) -> None:
    await watch.aclose()


async def _cancel(engine: Engine, request_id: str) -> bool:
    return engine.cancel(request_id)


async def _end(engine: Engine) -> None:
    await engine.close()
    # Whoever still waits for something learns that it will not come.
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
