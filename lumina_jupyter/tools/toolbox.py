"""The toolbox: the one way through which any actor runs any tool.

check → target → gate → approval, where one is needed → run, with a time limit → result → audit. Whatever goes wrong in
a tool becomes an outcome that says so; only a cancelled caller is an exception.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import LuminaError, ToolDenied, ToolFailed, ToolTimedOut, UnknownTool
from ..settings import Lumina
from ..telemetry.redaction import redact
from .asking.account import Account
from .asking.behind_call import BehindCall
from .asking.pause import Pause
from .autonomy import AUTONOMIES, Autonomy
from .call import ToolCall
from .choice import is_chosen
from .content import Content, TextContent, ToolOutcome, content_of
from .context import ToolContext
from .counterpart import NOBODY
from .permission.approval import Approval
from .permission.approvals import Approvals
from .permission.asking import approval_for
from .permission.audit import Audit
from .permission.call_digest import call_digest, canonical
from .permission.gate import Decision, decide
from .permission.policies import ToolPolicies
from .permission.record import CallRecord
from .permission.rules import Rules
from .preview import Preview
from .progress import ApprovalAsked, ApprovalDecided, Began, Progress, Said
from .questions import Questions
from .registry import Registry
from .results.results import Results
from .target import NO_TARGET, Target
from .tool import Tool

if TYPE_CHECKING:
    from .asking.own_side import OwnSide

T = TypeVar("T")
Watch = Callable[[Progress], None]

LOOK_SECONDS = 10.0
"""Seconds that a tool gets to say what a call touches and would change."""
STOP_SECONDS = 0.25
"""Seconds that a tool gets to end when it is stopped; then it is left to itself."""
_ENDS = (SystemExit, KeyboardInterrupt, GeneratorExit)
"""What asyncio lets through to the loop, out of any task."""
_LINE_LENGTH = 500
_PROGRESS_LENGTH = 1000
"""Steps of progress that wait for a slow watcher; further ones are left out."""

log = logging.getLogger(__name__)


def _unwatched(_progress: Progress) -> None:
    return


class Toolbox:
    """All tools, behind the gate.

    Args:
        settings: The settings.
        registry: The tools.
        policies: The policies of notebooks.
        rules: What people granted.
        approvals: What people are asked.
        audit: Where it is all recorded.
        results: How results are made fit.
        questions: What people are asked by tools that run.
    """

    def __init__(
        self,
        settings: Lumina,
        registry: Registry,
        policies: ToolPolicies,
        rules: Rules,
        approvals: Approvals,
        audit: Audit,
        results: Results,
        questions: Questions,
    ) -> None:
        self._settings = settings
        self.registry = registry
        self.rules = rules
        self.approvals = approvals
        self.audit = audit
        self.questions = questions
        self._policies = policies
        self._results = results
        self._left: set[asyncio.Task[Any]] = set()
        self.own_side: OwnSide | None = None
        """What answers tools that ask for a model or for folders; whoever makes a toolbox where that can be says so."""

    def beside(self, registry: Registry) -> Toolbox:
        """A toolbox with other tools behind the same gate, for calls that nobody may make by a tool's name."""
        return Toolbox(
            self._settings,
            registry,
            self._policies,
            self.rules,
            self.approvals,
            self.audit,
            self._results,
            self.questions,
        )

    # --- what there is ----------------------------------------------------------------------------

    async def offered(self, context: ToolContext) -> list[tuple[Tool, Decision]]:
        """The tools that an actor could call here, and what the gate says of each; without those that it denies."""
        return [(tool, decision) for tool, decision in await self.judged(context) if decision.outcome != "deny"]

    async def judged(self, context: ToolContext) -> list[tuple[Tool, Decision]]:
        """All tools that are seen from a notebook, and what the gate says of each, whatever it would touch."""
        await self.registry.ready()
        policy = await self._policies.of(context.notebook)
        rules = await self.rules.known()
        tools = self.registry.list(context.notebook)
        return [(tool, self._decide(tool, NO_TARGET, context, policy=policy, rules=rules)) for tool in tools]

    async def foreseen(
        self, name: str, arguments: Mapping[str, Any], context: ToolContext, otherwise: Target = NO_TARGET
    ) -> tuple[Decision, Preview | None]:
        """What the gate would say of a call now, and what the call would change. Nothing is called or recorded.

        Args:
            name: The tool.
            arguments: Its arguments, as far as they are known.
            context: The call's.
            otherwise: What it touches where that cannot be told yet.

        Raises:
            UnknownTool: when there is none of that name.
        """
        await self.registry.ready(name)
        tool = self.registry.get(name, context.notebook)
        target, preview = otherwise, None
        with contextlib.suppress(LuminaError):
            checked = await _own(lambda: tool.check(arguments), tool)
            target = await _own(lambda: tool.target(checked, context), tool)
            preview = await _own(lambda: tool.preview(checked, context), tool)
        return await self._decision(tool, target, context), preview

    # --- calling ----------------------------------------------------------------------------------

    async def watch(self, call: ToolCall, context: ToolContext) -> AsyncGenerator[Progress | ToolOutcome, None]:
        """Run a call and tell how it goes; ends with its outcome. Closing the stream stops the call."""
        queue: asyncio.Queue[Progress | None] = asyncio.Queue(_PROGRESS_LENGTH)

        def tell(progress: Progress | None) -> None:
            if progress is None or not isinstance(progress, Said) or queue.qsize() < _PROGRESS_LENGTH // 2:
                with contextlib.suppress(asyncio.QueueFull):
                    queue.put_nowait(progress)

        task = asyncio.get_running_loop().create_task(self.call(call, context, watch=tell))
        task.add_done_callback(lambda _task: tell(None))
        try:
            while (progress := await queue.get()) is not None:
                yield progress
            yield await task
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def call(self, call: ToolCall, context: ToolContext, *, watch: Watch = _unwatched) -> ToolOutcome:
        """Run a call; ends when the tool has, or when nobody allowed it. Cancel the caller to stop it."""
        context = replace(
            context,
            call_id=call.id,
            tell=lambda line: watch(Said(redact(line[:_LINE_LENGTH]))),
            noted=watch,
            account=self.account_of(context),
            pause=Pause(),
        )
        record = CallRecord(self.audit, call, context)
        began = time.monotonic()
        try:
            tool, arguments = await self._found(call, context, record)
            allowed = await self._allowed(tool, arguments, context, record, watch)
            await allowed.prepare()
            watch(Began(tool.name, tool.source))
            began = time.monotonic()
            content = await self._run(tool, arguments, allowed)
            processed = await _guarded(self._results.process(content, context.actor, context.audience), tool)
        except asyncio.CancelledError:
            record.outcome("cancelled", "the call was stopped", time.monotonic() - began)
            raise
        except LuminaError as error:
            record.outcome(error.code, error.message, time.monotonic() - began)
            return _failed(error, time.monotonic() - began)
        duration = time.monotonic() - began
        record.outcome("done", "", duration)
        return ToolOutcome(
            content=processed.content, truncated=processed.truncated, handle=processed.handle, duration=duration
        )

    def account_of(self, context: ToolContext) -> Account:
        """The account of the turn or run that a call belongs to; one of its own where it belongs to none."""
        return context.account or Account(self._settings)

    async def _found(self, call: ToolCall, context: ToolContext, record: CallRecord) -> tuple[Tool, dict[str, Any]]:
        """The tool, which stays the same whatever becomes of its name, and the checked arguments."""
        await self.registry.ready(call.name)
        tool = self.registry.get(call.name, context.notebook)
        if tool.name in self._settings.tools_off:
            raise UnknownTool(
                f"The tool {tool.name} is switched off on this server.", hint="", advice="Do it another way."
            )
        record.tool = tool
        arguments = call.read()
        record.arguments = canonical(arguments)
        checked = await _own(lambda: tool.check(arguments), tool)
        record.arguments = canonical(checked)
        return tool, checked

    # --- permission -------------------------------------------------------------------------------

    async def _allowed(
        self, tool: Tool, arguments: dict[str, Any], context: ToolContext, record: CallRecord, watch: Watch
    ) -> ToolContext:
        """The context with which the call may run.

        Raises:
            LuminaError: when it may not.
        """
        target = await _own(lambda: tool.target(arguments, context), tool)
        record.target = target
        decision = await self._decision(tool, target, context)
        record.decision(decision)
        if tool.effects != {"read"}:
            await self.audit.check()
        if decision.outcome == "ask":
            return await self._approved(tool, arguments, target, decision, context, record, watch)
        if decision.outcome == "deny":
            raise ToolDenied(f"{tool.name} is not allowed: {decision.reason}.")
        return context

    async def _decision(self, tool: Tool, target: Target, context: ToolContext) -> Decision:
        file = target.name if target.kind in {"file", "notebook"} else ""
        policy = await self._policies.of(context.notebook, target.notebook, file)
        return self._decide(tool, target, context, policy=policy, rules=await self.rules.known())

    def _decide(self, tool: Tool, target: Target, context: ToolContext, **given: Any) -> Decision:
        if tool.name in self._settings.tools_off:
            return Decision("deny", "it is switched off on this server")
        if not is_chosen(tool.name, context.tools):
            return Decision("deny", f"it is not among the tools of {context.actor.name or 'this actor'}")
        wanted = context.autonomy or self._settings.tool_autonomy
        autonomy: Autonomy = next((each for each in AUTONOMIES if each == wanted), "ask")
        return decide(
            context.actor,
            tool,
            target,
            autonomy=autonomy,
            allowed=context.allowed,
            notebook=context.notebook,
            **given,
        )

    async def _approved(
        self,
        tool: Tool,
        arguments: dict[str, Any],
        target: Target,
        decision: Decision,
        context: ToolContext,
        record: CallRecord,
        watch: Watch,
    ) -> ToolContext:
        preview = await _own(lambda: tool.preview(arguments, context), tool)
        lasts = self._settings.approval_minutes * 60
        wanted = approval_for(tool, arguments, target, context, preview, reason=decision.reason, seconds=lasts)
        digest = call_digest(tool, arguments, target, context)
        asked = await self.approvals.ask(wanted, digest)
        watch(ApprovalAsked(asked))
        decided = await self.approvals.wait(asked)
        record.approval(decided)
        watch(ApprovalDecided(decided))
        _check_granted(tool, decided)
        # While people thought, the world went on: the policy may be another now, and what the call touches as well.
        now = await _own(lambda: tool.target(arguments, context), tool)
        again = await self._decision(tool, now, context)
        if again.outcome == "deny":
            record.decision(again)
            raise ToolDenied(f"{tool.name} is not allowed: {again.reason}.")
        await self.approvals.use(decided, call_digest(tool, arguments, now, context))
        return replace(context, approval=decided.id)

    # --- running ----------------------------------------------------------------------------------

    async def _run(self, tool: Tool, arguments: dict[str, Any], context: ToolContext) -> Content:
        limit = self._settings.tool_timeouts.get(tool.name, tool.timeout)
        if context.counterpart is NOBODY and context.actor.kind != "mcp":
            behind = BehindCall(self.questions, self.own_side, tool, context)
            context = replace(context, counterpart=behind)
        task: asyncio.Task[Content] = asyncio.ensure_future(_running(tool, arguments, context))
        began = time.monotonic()
        try:
            # While a person or a model is asked the tool's time stands still.
            while not task.done() and (left := limit + context.pause.seconds - (time.monotonic() - began)) > 0:
                await asyncio.wait({task}, timeout=left)
        except asyncio.CancelledError:
            await self._stop(task)
            raise
        if not task.done():
            await self._stop(task)
            raise ToolTimedOut(f"{tool.name} took longer than {limit:g} s and was stopped.")
        try:
            return task.result()
        except asyncio.CancelledError:
            raise ToolFailed(f"{tool.name} was stopped from inside.") from None
        except LuminaError:
            raise
        except Exception as error:
            log.debug("the tool %s failed", tool, exc_info=error)
            raise ToolFailed(redact(f"{tool.name} failed: {type(error).__name__}: {error}"[:2000])) from error

    async def _stop(self, task: asyncio.Task[Any]) -> None:
        """End a tool. One that does not let itself be stopped is left to itself; nobody waits for it."""
        task.cancel()
        self._left.add(task)
        task.add_done_callback(self._forget)
        await asyncio.wait({task}, timeout=STOP_SECONDS)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._left.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.debug("a tool that was stopped failed", exc_info=task.exception())

    # --- the end ----------------------------------------------------------------------------------

    async def close(self) -> None:
        """Let what waits for people expire, and write the log to its end."""
        await self.approvals.close()
        await self.audit.close()


async def _running(tool: Tool, arguments: dict[str, Any], context: ToolContext) -> Content:
    try:
        return content_of(await tool.run(arguments, context))
    except _ENDS as end:
        raise _ended(end) from end


async def _own(look: Callable[[], T | Awaitable[T]], tool: Tool) -> T:
    """What a tool says of a call before it runs."""
    return await _guarded(_looked(look), tool)


async def _looked(look: Callable[[], T | Awaitable[T]]) -> T:
    try:
        found = look()
        return await found if inspect.isawaitable(found) else found
    except _ENDS as end:
        raise _ended(end) from end


def _ended(end: BaseException) -> RuntimeError:
    """What a tool wanted to end is the whole server, and not its own to end."""
    return RuntimeError(f"it wanted to end the program ({type(end).__name__})")


async def _guarded(work: Awaitable[T], tool: Tool) -> T:
    """What has to do with a tool and is not its run: it has a time limit, and whatever it raises is told as an error."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await work
    except LuminaError:
        raise
    except TimeoutError:
        raise ToolTimedOut(f"{tool.name} did not say in time what it would do.") from None
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise ToolFailed(f"{tool.name} was stopped from inside.") from None
    except Exception as error:
        log.debug("the tool %s cannot say what it would do", tool, exc_info=error)
        raise ToolFailed(redact(f"{tool.name} failed: {type(error).__name__}: {error}"[:2000])) from error


def _check_granted(tool: Tool, decided: Approval) -> None:
    if decided.state == "granted":
        return
    if decided.state == "denied":
        raise ToolDenied(
            f"{decided.decided_by or 'Somebody'} refused {tool.name}.",
            hint="",
            advice="Do not try the same in another way; ask what to do instead.",
        )
    raise ToolDenied(
        f"Nobody approved {tool.name}. {decided.note}".strip(), hint="", advice="Go on without it, or ask again."
    )


def _failed(error: LuminaError, duration: float) -> ToolOutcome:
    told = redact(f"{error.message} {error.hint}".strip())
    advised = f"{told} {error.advice}".strip()
    return ToolOutcome(
        content=(TextContent(advised),), is_error=True, error_code=error.code, duration=duration, told=told
    )
