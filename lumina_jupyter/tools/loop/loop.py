"""The loop: a model is offered tools, its calls go through the toolbox, what they give back goes to the model.

To its readers it is one answer: it begins once, its usage and cost are told once, and it has one end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from ...errors import LuminaError
from ...events import Event, MessageFinished, Notice, ToolResult, is_end
from ...gateway import ChatRequest, ToolSpec
from ...settings import Lumina
from ..call import ToolCall
from ..content import TextContent, ToolOutcome
from ..context import ToolContext
from ..permission.approval import Approval
from ..progress import ApprovalAsked, ApprovalDecided, QuestionAsked, QuestionOver
from ..questions import PersonQuestion
from ..toolbox import Toolbox
from .limits import Limits
from .reply import Reply
from .totals import Totals
from .transcript import Transcript

Chat = Callable[[ChatRequest], AsyncGenerator[Event, None]]

RESULTS_SHOWN = 4
"""So many results of full length are in a prompt at once; older ones give way."""
REPEATED = "repeated_call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a model can do; None where nobody knows."""

    tools: bool | None = None
    vision: bool | None = None


Able = Callable[[str], Awaitable[Abilities]]


class ToolLoop:
    """Runs requests with tools.

    Args:
        settings: The settings.
        toolbox: The tools.
        chat: Calls a model.
        able: What a model can do, by its name or empty for the default one.
    """

    def __init__(self, settings: Lumina, toolbox: Toolbox, chat: Chat, able: Able) -> None:
        self._settings = settings
        self._toolbox = toolbox
        self._chat = chat
        self._able = able

    async def run(self, request: ChatRequest, context: ToolContext, stop: asyncio.Event) -> AsyncGenerator[Event, None]:
        """Stream the answer; ends with exactly one `MessageFinished` or `Failed`.

        Args:
            request: What to ask. It has no tools of its own.
            context: On whose behalf tools are called.
            stop: Ends the answer when set, also while a tool runs or waits for an approval.
        """
        abilities = await self._able(request.model)
        specs: tuple[ToolSpec, ...] = ()
        if abilities.tools is False:
            yield Notice("tools", "This model cannot call tools, so it answers without them.")
        else:
            try:
                specs = await self._specs(context)
            except LuminaError as error:
                yield Notice("tools", f"There are no tools for this answer. {error.message}")
        if specs:
            answer = _Answer(self._settings, self._toolbox, self._chat, context, stop)
            events = answer.events(replace(request, tools=specs), sees=bool(abilities.vision))
        else:
            events = self._chat(request)
        async with aclosing(events) as each:
            async for event in each:
                yield event

    async def _specs(self, context: ToolContext) -> tuple[ToolSpec, ...]:
        offered = await self._toolbox.offered(context)
        return tuple(ToolSpec(tool.name, tool.description, dict(tool.parameters)) for tool, _ in offered)


class _Answer:
    """One answer that is worked on with tools."""

    def __init__(
        self, settings: Lumina, toolbox: Toolbox, chat: Chat, context: ToolContext, stop: asyncio.Event
    ) -> None:
        self._settings = settings
        self._toolbox = toolbox
        self._chat = chat
        self._account = toolbox.account_of(context)
        self._context = replace(context, account=self._account)
        self._stop = stop
        self._limits = Limits()
        self._totals = Totals()
        self._calls = 0
        self._said = False
        self._outcomes: list[tuple[str, str, ToolOutcome]] = []

    async def events(self, request: ChatRequest, *, sees: bool) -> AsyncGenerator[Event, None]:
        """The events of all replies and calls, as one stream."""
        room = RESULTS_SHOWN * self._settings.tool_result_characters
        transcript = Transcript(request.messages, room, sees=sees)
        end: Event = MessageFinished("cancelled")
        self._account.model = request.model
        for number in range(self._settings.tool_steps + 1):
            last = number == self._settings.tool_steps or self._limits.given_up
            if last:
                yield Notice("tools", self._why_last())
            reply = Reply(number, self._calls, self._said, self._totals)
            asked = replace(request, messages=transcript.messages, tool_choice="none" if last else request.tool_choice)
            async with aclosing(self._chat(asked)) as events:
                async for event in events:
                    told = reply.take(event)
                    if told is not None:
                        yield told
                    if is_end(event):
                        break
            end = reply.failed or MessageFinished("stop" if reply.reason == "tool_calls" else reply.reason)
            self._said = self._said or reply.said
            if last or not self._goes_on(reply):
                break
            async with aclosing(self._work(reply.calls)) as results:
                async for event in results:
                    yield event
            if self._stop.is_set():
                end = MessageFinished("cancelled")
                break
            self._calls += len(reply.calls)
            transcript.add(reply.message(), self._outcomes)
        for taken in self._account.taken():
            self._totals.add(taken)
        for event in self._totals.events:
            yield event
        yield end

    def _goes_on(self, reply: Reply) -> bool:
        whole = reply.reason in ("tool_calls", "stop") and reply.failed is None
        return whole and bool(reply.calls) and not self._stop.is_set()

    def _why_last(self) -> str:
        if self._limits.given_up:
            return "The model called tools in vain again and again, so it is asked to answer without them."
        return f"The model has called tools {self._settings.tool_steps} times, so it is asked to answer now."

    async def _work(self, calls: list[ToolCall]) -> AsyncGenerator[Event, None]:
        """Run the calls of one reply in their order; a stop leaves the rest undone."""
        self._outcomes = []
        for place, call in enumerate(calls):
            refusal = self._limits.refusal(call, place)
            if refusal:
                outcome = ToolOutcome(content=(TextContent(refusal),), is_error=True, error_code=REPEATED)
            else:
                steps = self._call(call)
                found: ToolOutcome | None = None
                async with aclosing(steps):
                    async for step in steps:
                        if isinstance(step, ToolOutcome):
                            found = step
                        else:
                            yield step
                if found is None:
                    return
                outcome = found
                for note in self._account.notes():
                    yield Notice("tools", note)
                self._limits.outcome(outcome.error_code)
            self._outcomes.append((call.id, call.name, outcome))
            yield ToolResult(call.id, call.name, outcome.shown, outcome.is_error)

    async def _call(self, call: ToolCall) -> AsyncGenerator[Notice | ToolOutcome, None]:
        """Run one call, telling of approvals; ends without an outcome when the answer is stopped."""
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            async with aclosing(self._toolbox.watch(call, self._context)) as steps:
                while True:
                    step = asyncio.ensure_future(anext(steps, None))
                    try:
                        await asyncio.wait({step, stopping}, return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        if not step.done():
                            step.cancel()
                            await asyncio.wait({step})
                    if step.cancelled() or (progress := step.result()) is None:
                        return
                    if isinstance(progress, ToolOutcome):
                        yield progress
                    elif isinstance(progress, ApprovalAsked):
                        yield Notice("approval", _asked(progress.approval))
                    elif isinstance(progress, ApprovalDecided):
                        yield Notice("approval_decided", _decided(progress.approval))
                    elif isinstance(progress, QuestionAsked):
                        yield Notice("question", _question(progress.question))
                    elif isinstance(progress, QuestionOver):
                        yield Notice("question_over", _over(progress.question))
        finally:
            stopping.cancel()


def _asked(approval: Approval) -> str:
    what = approval.preview.summary if approval.preview is not None else ""
    what = what or f"{approval.tool} {approval.target.name}".strip()
    return (
        f"Waiting for your approval `{approval.id}`: {' '.join(what.split())[:300]}. "
        f"Decide with `lumina approvals grant {approval.id}` or `deny` in a terminal, or with `%lumina approve`."
    )


def _decided(approval: Approval) -> str:
    by = f" by {approval.decided_by}" if approval.decided_by else ""
    return f"The approval `{approval.id}` was {approval.state}{by}." if approval.state != "expired" else approval.note


def _question(question: PersonQuestion) -> str:
    asks = " ".join(question.message.replace("`", "'").split())[:300]
    return (
        f"{question.who} asks you (`{question.id}`): {asks} Answer in JupyterLab, or with "
        f"`lumina approvals answer {question.id}` in a terminal."
    )


def _over(question: PersonQuestion) -> str:
    if question.state == "accept":
        return f"The question `{question.id}` is answered."
    return f"{question.who} got no answer. {question.note or 'Somebody declined.'}"
