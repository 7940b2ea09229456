"""Requests of clients that may be asked back before they are answered, over as many rounds as that takes.

The work goes on where it stood when the reply comes: nothing is run twice, and an approval is used once. Clients of the
older protocols are asked over their session; those of 2026-07-28 get an `input_required` and call again with the replies.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.shared.message import ServerMessageMetadata
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from .....errors import CallerCannotBeAsked
from ....counterpart import Ask, Reply
from ..caller import CALLER, Caller
from .asks import declared_by, missing_capability, reply_to, request_of, result_type_of
from .logs import Logs

T = TypeVar("T", bound=types.Result)
Context = ServerRequestContext[Any, Any]

MOST_ROUNDS = 20
"""How often one request asks back."""
WAIT_SECONDS = 300.0
"""How long a request waits for the replies, in which its client is not connected."""
MOST_WAITING = 100
MOST_WAITING_OF_ONE = 10
_GONE = "The request state is not known: it was used, its time has passed, or it is another's. Call anew without it."


def caller_of(context: Context) -> Caller:
    """On whose behalf a request is.

    Raises:
        MCPError: when it did not come through the Jupyter server.
    """
    if context.request is None:
        raise MCPError(types.INTERNAL_ERROR, "The request did not come over HTTP")
    caller: Caller = context.request.scope[CALLER]
    return caller


@dataclass(frozen=True, slots=True)
class _Asked:
    asks: Mapping[str, Ask]
    answered: asyncio.Future[dict[str, Reply]]


class Round(Generic[T]):
    """One piece of work, and what it wants to tell or to ask."""

    def __init__(self, context: Context, work: Callable[[Round[T]], Awaitable[T]]) -> None:
        self.about = _about(context)
        self.user = caller_of(context).user
        self.asked: _Asked | None = None
        self.missing: Ask | None = None
        self._modern = context.protocol_version in MODERN_PROTOCOL_VERSIONS
        self._capabilities = context.session.client_capabilities
        self._can_be_asked = self._modern or context.session.can_send_request
        self._times = 0
        self._told = 0
        self._items: asyncio.Queue[_Asked | str | None] = asyncio.Queue()
        self._task: asyncio.Task[T] = asyncio.get_running_loop().create_task(self._work(work))
        self._task.add_done_callback(lambda _task: self._items.put_nowait(None))

    async def _work(self, work: Callable[[Round[T]], Awaitable[T]]) -> T:
        return await work(self)

    # --- for the work -------------------------------------------------------------------------------

    def tell(self, line: str) -> None:
        """Tell the client how it goes."""
        self._items.put_nowait(line)

    def answers(self, ask: Ask) -> bool:
        """Whether the client can be asked this."""
        return self._can_be_asked and declared_by(self._capabilities, ask)

    async def ask(self, asks: Mapping[str, Ask]) -> Mapping[str, Reply]:
        """The client's replies.

        Raises:
            CallerCannotBeAsked: when it has not declared that it can be asked this, or was asked too often.
        """
        for each in asks.values():
            if not self.answers(each):
                # The older protocols have no word for it: there, the tool's own error says so.
                self.missing = self.missing or (each if self._modern else None)
                raise CallerCannotBeAsked("The client has not declared that it can be asked this.")
        self._times += 1
        if self._times > MOST_ROUNDS:
            raise CallerCannotBeAsked(f"The client was asked {MOST_ROUNDS} times, which is enough.")
        asked = _Asked(dict(asks), asyncio.get_running_loop().create_future())
        self._items.put_nowait(asked)
        return await asked.answered

    # --- for requests -------------------------------------------------------------------------------

    async def until_asked(
        self, context: Context, given: Mapping[str, Any], logs: Logs
    ) -> T | Mapping[str, types.InputRequest]:
        """The result, or what must be asked before there is one."""
        given = dict(given)
        while True:
            item = self.asked or await self._items.get()
            if item is None:
                return await self._result()
            if isinstance(item, str):
                self._told += 1
                await context.session.report_progress(self._told, None, item)
                await logs.info(context, item)
                continue
            replies, open_asks = _answered(item.asks, given)
            if open_asks and self._modern:
                self.asked = item
                return {name: request_of(ask) for name, ask in item.asks.items()}
            for name, ask in open_asks.items():
                replies[name] = await _over_session(context, ask)
            self.asked = None
            for name in replies:
                given.pop(name, None)
            if not item.answered.done():
                item.answered.set_result(replies)

    async def _result(self) -> T:
        try:
            return await self._task
        except CallerCannotBeAsked as error:
            raise self.refusal() or MCPError(types.INVALID_REQUEST, error.message) from error

    def refusal(self) -> MCPError | None:
        """Why the request is refused, where it needs what the client has not declared."""
        return missing_capability(self.missing) if self.missing is not None else None

    async def stop(self) -> None:
        """End the work."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await self._task


class Rounds:
    """All that waits for replies, by the state that was given to the client: each is good for one more request."""

    def __init__(self, logs: Logs) -> None:
        self._logs = logs
        self._waiting: dict[str, tuple[Round[Any], asyncio.TimerHandle]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def proceed(
        self, context: Context, params: types.InputResponseRequestParams, work: Callable[[Round[T]], Awaitable[T]]
    ) -> T | types.InputRequiredResult:
        """Begin a piece of work, or go on with the one that the request's state is of.

        Raises:
            MCPError: when that is none of this user's, or of another request.
        """
        current: Round[T] = (
            Round(context, work) if params.request_state is None else self._taken(params.request_state, context)
        )
        try:
            came = await current.until_asked(context, params.input_responses or {}, self._logs)
        except BaseException:
            await current.stop()
            raise
        if isinstance(came, Mapping):
            return types.InputRequiredResult(input_requests=dict(came), request_state=self._kept(current))
        return came

    def _taken(self, state: str, context: Context) -> Round[Any]:
        found = self._waiting.get(state)
        if found is None or found[0].user != caller_of(context).user or found[0].about != _about(context):
            raise MCPError(types.INVALID_PARAMS, _GONE)
        del self._waiting[state]
        found[1].cancel()
        return found[0]

    def _kept(self, current: Round[Any]) -> str:
        own = [state for state, (each, _timer) in self._waiting.items() if each.user == current.user]
        if len(own) >= MOST_WAITING_OF_ONE:
            self._drop(own[0])
        if len(self._waiting) >= MOST_WAITING:
            self._drop(next(iter(self._waiting)))
        # Not to be guessed, and good once: a state that was changed, copied or kept opens nothing.
        state = secrets.token_urlsafe(24)
        timer = asyncio.get_running_loop().call_later(WAIT_SECONDS, self._drop, state)
        self._waiting[state] = (current, timer)
        return state

    def _drop(self, state: str) -> None:
        current, timer = self._waiting.pop(state)
        timer.cancel()
        ending = asyncio.get_running_loop().create_task(current.stop())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Stop all that waits."""
        for state in list(self._waiting):
            self._drop(state)
        await asyncio.gather(*self._ending)


def _about(context: Context) -> tuple[str, str, str]:
    """What a request is about; its replies must come with the same."""
    params = context.params or {}
    return context.method, str(params.get("name") or params.get("uri") or ""), repr(params.get("arguments") or {})


def _answered(asks: Mapping[str, Ask], given: Mapping[str, Any]) -> tuple[dict[str, Reply], dict[str, Ask]]:
    """What is answered, and what is not, or not with what was asked for."""
    replies: dict[str, Reply] = {}
    for name, ask in asks.items():
        reply = reply_to(ask, given[name]) if name in given else None
        if reply is not None:
            replies[name] = reply
    return replies, {name: ask for name, ask in asks.items() if name not in replies}


async def _over_session(context: Context, ask: Ask) -> Reply:
    request: Any = request_of(ask)
    with_request = ServerMessageMetadata(related_request_id=context.request_id)
    response = await context.session.send_request(request, result_type_of(ask), metadata=with_request)
    # What is no answer is none: a session is asked once.
    return reply_to(ask, response) or Reply("cancel")
