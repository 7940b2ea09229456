"""What Lumina gives to tools and servers that ask in the middle of a call: a model's answer, and the folders.

Each is a call of its own at the gate, in the name of whoever asks: rules and policies hold, a person is asked where
none allows it, all is in the audit log. In a chat, a cell and a run of the agent it is the same.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...context.tokens import estimate
from ...errors import CallerCannotBeAsked, LuminaError, error_classes
from ...events import Cost, Event, Failed, MessageFinished, MessageStarted, TextDelta, Usage
from ...gateway import ChatRequest, ImagePart, Message, TextPart
from ...telemetry.redaction import redact
from ..call import ToolCall
from ..choice import ALL
from ..content import Content, ImageContent, TextContent, ToolOutcome
from ..context import ToolContext, nothing_to_prepare
from ..effects import Effect
from ..preview import Preview
from ..progress import ApprovalAsked, ApprovalDecided, Progress
from ..registry import Registry
from ..target import Target
from ..tool import Run, Tool
from ..toolbox import Toolbox
from .account import Account
from .asker import Asker, What
from .sampling import Sampled, Sampling

SECONDS = 300.0
"""Seconds that a model gets to answer."""

Chat = Callable[[ChatRequest], AsyncGenerator[Event, None]]
FoldersOf = Callable[[str, str], Awaitable[Sequence[Path]]]
"""The folders of a notebook and a kernel: the notebook's first, the root's last; none where contents are no files."""


class OwnSide:
    """Answers them.

    Args:
        toolbox: Whose gate it is.
        chat: Has a model answer.
        folders: Which folders a call of a notebook works in.
    """

    def __init__(self, toolbox: Toolbox, chat: Chat, folders: FoldersOf) -> None:
        self._toolbox = toolbox
        self._chat = chat
        self._folders = folders

    async def sample(self, asker: Asker, sampling: Sampling, context: ToolContext) -> Sampled:
        """Have the turn's model answer. It is shown what is asked, and nothing of the conversation.

        Raises:
            ToolDenied: when the gate or a person does not allow it.
            BudgetExhausted: when the turn has no more answers for tools.
            LuminaError: when the model fails.
        """
        account = self._toolbox.account_of(context)
        most = account.admit(asker.who, context.call_id, reads=_size(sampling), writes=sampling.max_tokens)
        sampling = replace(sampling, max_tokens=most)
        answers: list[Sampled] = []

        async def run(_arguments: Mapping[str, Any], _context: ToolContext) -> Content:
            answers.append(await self._sampled(sampling, account, context))
            return (TextContent("The model answered."),)

        model = account.model or "the default model"
        summary = f"{asker.who} wants {model} to answer what follows, with {most} tokens at most"
        tool = _tool(
            asker,
            asker.names("sampling"),
            f"A model's answer for {asker.name}",
            f"A model answers what {asker.who[0].lower()}{asker.who[1:]} asks it.",
            # What it asks goes to a model, which may be elsewhere and may cost money.
            frozenset({"network"}),
            run,
            summary,
            sampling.text,
        )
        await self._allowed("sampling", tool, {**sampling.arguments, "model": account.model}, asker, context)
        context.tell(f"A model answered {asker.who[0].lower()}{asker.who[1:]}.")
        return answers[0]

    async def folders(self, asker: Asker, context: ToolContext) -> tuple[Path, ...]:
        """The folders that a call works in.

        Raises:
            CallerCannotBeAsked: where there are none.
            ToolDenied: when the gate or a person does not allow it.
        """
        self._toolbox.account_of(context).check_refused(asker.who, "folders")
        found = tuple(await self._folders(context.notebook, context.kernel_id))
        if not found:
            raise CallerCannotBeAsked(f"{asker.who} asks for folders, and there are none here.", hint="")

        async def run(_arguments: Mapping[str, Any], _context: ToolContext) -> Content:
            return (TextContent("It was told the folders."),)

        tool = _tool(
            asker,
            asker.names("folders"),
            f"The folders for {asker.name}",
            f"Tells {asker.who[0].lower()}{asker.who[1:]} which folders the notebook and the server have.",
            frozenset({"read"}),
            run,
            f"{asker.who} wants to know in which folders you work",
            "\n".join(map(str, found)),
        )
        await self._allowed("folders", tool, {"folders": [str(each) for each in found]}, asker, context)
        return found

    async def _allowed(
        self, what: What, tool: Tool, arguments: dict[str, Any], asker: Asker, context: ToolContext
    ) -> None:
        """Make the call at the gate.

        Raises:
            LuminaError: when it came to nothing; a person who refused it is not asked again in this turn.
        """
        gate = _Gate(self._toolbox, asker, context)
        outcome = await gate.call(tool, arguments)
        if gate.refused:
            self._toolbox.account_of(context).refuse(asker.who, what)
        if outcome.is_error:
            raise _error(outcome.error_code, outcome.shown)

    async def _sampled(self, sampling: Sampling, account: Account, context: ToolContext) -> Sampled:
        request = ChatRequest(
            messages=_messages(sampling),
            model=account.model,
            max_tokens=sampling.max_tokens,
            temperature=sampling.temperature,
            stop=sampling.stop,
            user=context.actor.user,
            notebook=context.notebook,
        )
        heard = _Heard()
        try:
            async with aclosing(self._chat(request)) as events:
                async for event in events:
                    heard.take(event)
        finally:
            heard.count(account, sampling)
        return Sampled(text=redact("".join(heard.pieces)), model=heard.model, cut_off=heard.finish == "length")


@dataclass(slots=True)
class _Gate:
    """One call at the gate, in the name of whoever asks; whoever watches the call in whose course it is sees it."""

    toolbox: Toolbox
    asker: Asker
    context: ToolContext
    refused: bool = False

    async def call(self, tool: Tool, arguments: dict[str, Any]) -> ToolOutcome:
        registry = Registry(packages=False)
        registry.add(tool)
        own = replace(
            self.context, actor=self.asker.actor(self.context), tools=ALL, prepare=nothing_to_prepare, approval=""
        )
        call = ToolCall(f"ask_{secrets.token_hex(8)}", tool.name, arguments)
        with self.context.pause.held():
            return await self.toolbox.beside(registry).call(call, own, watch=self._watch)

    def _watch(self, progress: Progress) -> None:
        if isinstance(progress, ApprovalAsked | ApprovalDecided):
            self.refused = self.refused or progress.approval.state in ("denied", "expired")
            self.context.noted(progress)


class _Heard:
    """What has come of the model's answer."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.model = ""
        self.finish = ""
        self._usage: Usage | None = None
        self._cost: Cost | None = None

    def take(self, event: Event) -> None:
        """Take an event in.

        Raises:
            LuminaError: when it says that the model failed.
        """
        match event:
            case MessageStarted():
                self.model = event.model
            case TextDelta(text):
                self.pieces.append(text)
            case MessageFinished(reason):
                self.finish = reason
            case Usage():
                self._usage = event
            case Cost():
                self._cost = event
            case Failed():
                raise _error(event.code, event.message, event.hint)
            case _:
                pass

    def count(self, account: Account, sampling: Sampling) -> None:
        """Count it, however it ended; where the provider did not say what it took, by its length."""
        written = estimate("".join(self.pieces))
        if self._usage is None and not written:
            return
        usage = self._usage or Usage(input_tokens=_size(sampling), output_tokens=written)
        account.take(usage, None if self._cost is None else self._cost.usd, priced=self._cost is not None)


def _tool(
    asker: Asker,
    name: str,
    title: str,
    description: str,
    effects: frozenset[Effect],
    run: Run,
    summary: str,
    shown: str,
) -> Tool:
    return Tool(
        name=name,
        title=title[:100],
        description=description,
        parameters={"type": "object"},
        effects=effects,
        source=asker.source,
        timeout=SECONDS,
        check=dict,
        run=run,
        target=lambda _arguments, _context: Target("process", f"{asker.name}: {title}"[:200]),
        preview=lambda _arguments, _context: Preview(summary, code=shown),
    )


def _error(code: str, message: str, hint: str = "") -> LuminaError:
    """An error of its kind."""
    error = LuminaError.__new__(error_classes().get(code, LuminaError))
    LuminaError.__init__(error, message, hint=hint)
    return error


def _messages(sampling: Sampling) -> tuple[Message, ...]:
    system = (Message.of("system", sampling.system),) if sampling.system else ()
    return system + tuple(Message(role, tuple(_part(part) for part in parts)) for role, parts in sampling.messages)


def _part(part: TextContent | ImageContent) -> TextPart | ImagePart:
    return TextPart(part.text) if isinstance(part, TextContent) else ImagePart(part.media_type, part.data)


def _size(sampling: Sampling) -> int:
    return estimate(sampling.text)
