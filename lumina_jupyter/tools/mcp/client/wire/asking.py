"""What a server asks back during a call: a person's answer, a model's, folders. Passed on within limits, else refused."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

import anyio
import mcp_types as types
from mcp.client import ClientRequestContext
from pydantic import FileUrl

from .....errors import LuminaError, McpServerMisbehaved
from .....telemetry.redaction import redact
from ....asking.sampling import Sampling
from ....content import ImageContent, TextContent
from ....context import ToolContext
from ..host import Host, Question
from ..limits import Limits

MOST_TOKENS = 4_096
"""Tokens that a server may have a model answer at once."""
MOST_PROMPT = 200_000
"""Characters of what a server may have a model read at once."""
MOST_IMAGE = 7_000_000
"""Characters of the images in it, as base64."""
MOST_SCHEMA = 20_000
MOST_ADDRESS = 2_000
"""Characters of the address of a page to open: one that is cut is another's."""
IN_VAIN = 10
"""So many times as often as it may a server asks in one call, before the call is broken off."""

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Call:
    """A call under way: its time stands still while a person or a model is asked."""

    context: ToolContext
    scope: anyio.CancelScope
    questions: int = 0
    waiting: int = 0
    left: float = 0.0
    asked: set[anyio.CancelScope] = field(default_factory=set)
    """What is being answered: it ends with the call."""
    broken_off: bool = False

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """The call's clock stands still in here."""
        if not self.waiting:
            self.left = self.scope.deadline - anyio.current_time()
            self.scope.deadline = float("inf")
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1
            if not self.waiting:
                self.scope.deadline = anyio.current_time() + self.left


_CURRENT: ContextVar[Call | None] = ContextVar("mcp_call", default=None)


class Asking:
    """Answers one server's questions.

    Args:
        server: Its name.
        host: Who answers.
        limits: How many questions a call may ask.
    """

    def __init__(self, server: str, host: Host, limits: Limits) -> None:
        self._server = server
        self._host = host
        self._limits = limits
        self._calls: list[Call] = []

    @contextmanager
    def during(self, context: ToolContext, seconds: float) -> Iterator[Call]:
        """A call that may take so long, questions not counted."""
        with anyio.move_on_after(seconds) as scope:
            call = Call(context, scope)
            self._calls.append(call)
            token = _CURRENT.set(call)
            try:
                yield call
            finally:
                _CURRENT.reset(token)
                self._calls.remove(call)
                for asked in call.asked:
                    asked.cancel()
        if call.broken_off:
            raise McpServerMisbehaved(
                f"The MCP server {self._server} asked {call.questions} times in one call, where "
                f"{self._limits.questions} are allowed, so the call was broken off."
            )

    def tell(self, text: str) -> None:
        """Tell whoever watches the call that this is a part of."""
        call = self._call()
        if call is not None:
            call.context.tell(redact(text)[:300])

    async def elicit(
        self, context: ClientRequestContext, params: types.ElicitRequestParams
    ) -> types.ElicitResult | types.ErrorData:
        """Ask the person on whose behalf the call is."""
        if isinstance(params, types.ElicitRequestURLParams):
            if not params.url.startswith(("https://", "http://")):
                return types.ErrorData(code=types.INVALID_PARAMS, message="Only web addresses can be opened")
            if len(params.url) > MOST_ADDRESS:
                return types.ErrorData(code=types.INVALID_PARAMS, message="The address is too long")
            question = Question(server=self._server, message=params.message, url=params.url)
        else:
            schema = params.model_dump(mode="json", by_alias=True, exclude_none=True)["requestedSchema"]
            if len(str(schema)) > MOST_SCHEMA:
                return types.ErrorData(code=types.INVALID_PARAMS, message="The form is too long")
            question = Question(server=self._server, message=params.message, schema=schema)

        async def ask(call: Call) -> types.ElicitResult:
            answer = await self._host.ask(question, call.context)
            # A form of which everything was left out is filled in all the same.
            content = None if answer.content is None else dict(answer.content)
            return types.ElicitResult(action=answer.action, content=content)

        return await self._answered("elicitation", ask)

    async def sample(
        self, context: ClientRequestContext, params: types.CreateMessageRequestParams
    ) -> types.CreateMessageResult | types.ErrorData:
        """Have a model answer."""
        if params.tools:
            return types.ErrorData(code=types.INVALID_PARAMS, message="Sampling with tools is not offered")
        try:
            sampling = self._sampling(params)
        except ValueError as error:
            return types.ErrorData(code=types.INVALID_PARAMS, message=str(error))

        async def ask(call: Call) -> types.CreateMessageResult:
            sampled = await self._host.sample(self._server, sampling, call.context)
            return types.CreateMessageResult(
                role="assistant",
                content=types.TextContent(type="text", text=sampled.text),
                model=sampled.model,
                stop_reason="maxTokens" if sampled.cut_off else "endTurn",
            )

        return await self._answered("sampling", ask)

    async def folders(self, context: ClientRequestContext) -> types.ListRootsResult | types.ErrorData:
        """Tell in which folders the call works."""

        async def ask(call: Call) -> types.ListRootsResult:
            found = await self._host.folders(self._server, call.context)
            return types.ListRootsResult(
                roots=[types.Root(uri=FileUrl(each.as_uri()), name=each.name) for each in found]
            )

        return await self._answered("folders", ask)

    def _sampling(self, params: types.CreateMessageRequestParams) -> Sampling:
        messages = []
        size, images = len(params.system_prompt or ""), 0
        for message in params.messages:
            parts: list[TextContent | ImageContent] = []
            for block in message.content_as_list:
                if isinstance(block, types.TextContent):
                    parts.append(TextContent(block.text))
                    size += len(block.text)
                elif isinstance(block, types.ImageContent):
                    parts.append(ImageContent(block.mime_type, block.data))
                    images += len(block.data)
                else:
                    raise ValueError("Only text and images can be sampled from")
            messages.append((message.role, tuple(parts)))
        if size > MOST_PROMPT or images > MOST_IMAGE:
            raise ValueError("The messages are too long")
        return Sampling(
            messages=tuple(messages),
            system=params.system_prompt or "",
            max_tokens=max(1, min(params.max_tokens, MOST_TOKENS)),
            temperature=params.temperature,
            stop=tuple((params.stop_sequences or [])[:4]),
        )

    async def _answered(self, what: str, ask: Callable[[Call], Awaitable[T]]) -> T | types.ErrorData:
        call = self._call()
        if call is None:
            return types.ErrorData(code=types.INVALID_REQUEST, message=f"No {what}: no call of one user is under way")
        call.questions += 1
        if call.questions > self._limits.questions:
            if call.questions >= IN_VAIN * self._limits.questions:
                call.broken_off = True
                call.scope.cancel()
            return types.ErrorData(code=types.INVALID_REQUEST, message=f"No {what}: this call has asked too often")
        try:
            with call.standing_still(), anyio.CancelScope() as scope:
                call.asked.add(scope)
                try:
                    return await ask(call)
                finally:
                    call.asked.discard(scope)
            return types.ErrorData(code=types.INVALID_REQUEST, message=f"No {what}: the call is over")
        except LuminaError as error:
            return types.ErrorData(code=types.INVALID_REQUEST, message=redact(error.message))
        except Exception:
            log.exception("%s for the MCP server %s failed", what, self._server)
            return types.ErrorData(code=types.INTERNAL_ERROR, message=f"The {what} failed")

    def _call(self) -> Call | None:
        """The call in whose course the server asks.

        Older servers do not say which it is. Where calls of several users are under way, a question could reach the
        wrong one: none is answered then.
        """
        own = _CURRENT.get()
        if own is not None and own in self._calls:
            return own
        users = {call.context.actor.user for call in self._calls}
        return self._calls[-1] if len(users) == 1 else None
