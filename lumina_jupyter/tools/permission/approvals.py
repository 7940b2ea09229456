"""Approvals: calls that wait for a person. Their state lives here and in the database, and nowhere in a conversation.

pending → granted, denied or expired, once. Only the process that asked can be told a decision, because only there
somebody waits; what was pending when a server ended has expired. A granted one allows the one call that it is bound
to, once.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from secrets import token_hex

from ...errors import AlreadyDecided, ApprovalExpired, InvalidBody, NotFound
from ...storage import Database
from .approval import Approval, Verdict
from .approval_store import ApprovalStore
from .rule import Scope
from .rules import Rules

_WATCHED = 256
"""Changes that a slow watcher may lag behind; then the oldest are left out for it."""


class Approvals:
    """The approvals of one engine.

    Args:
        database: Where they are kept.
        rules: Where verdicts that shall hold for longer are kept.
        clock: Seconds since 1970.
    """

    def __init__(self, database: Database, rules: Rules, clock: Callable[[], float] = time.time) -> None:
        self._store = ApprovalStore(database, f"engine_{token_hex(8)}")
        self._rules = rules
        self._clock = clock
        self._waiting: dict[str, asyncio.Future[Approval]] = {}
        self._watchers: set[asyncio.Queue[Approval | None]] = set()
        self._closed = False

    # --- for who asks -----------------------------------------------------------------------------

    async def ask(self, approval: Approval, digest: str) -> Approval:
        """Put one to the people, bound to a call; it has an id then."""
        asked = replace(approval, id=f"apr_{token_hex(8)}", state="pending")
        if self._closed:
            raise ApprovalExpired("Lumina is being shut down, so nobody can approve this.")
        # Before it can be seen: a decision must never come to nobody.
        self._waiting[asked.id] = asyncio.get_running_loop().create_future()
        try:
            await self._store.add(asked, digest)
        except asyncio.CancelledError:
            self._waiting.pop(asked.id, None)
            # It is written all the same.
            await asyncio.shield(self._expire(asked.id, "The call was stopped."))
            raise
        except BaseException:
            self._waiting.pop(asked.id, None)
            raise
        self._tell(asked)
        return asked

    async def wait(self, approval: Approval) -> Approval:
        """Wait until it is decided or has expired. Who is cancelled while waiting withdraws it."""
        waiting = self._waiting[approval.id]
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, approval.expires_at - self._clock())):
                    return await asyncio.shield(waiting)
            await self._expire(approval.id, "Nobody decided in time.")
            # Somebody may have decided at the very last moment.
            return waiting.result() if waiting.done() else await self._found(approval.id)
        except asyncio.CancelledError:
            await asyncio.shield(self._expire(approval.id, "The call was stopped."))
            raise
        finally:
            self._waiting.pop(approval.id, None)

    async def use(self, approval: Approval, digest: str) -> None:
        """Use a granted one for a call.

        Raises:
            ApprovalExpired: when it was for another call, or what it touches has changed since.
        """
        if not await self._store.use(approval.id, digest, self._clock()):
            raise ApprovalExpired("What this call would change is not as it was when it was approved.")

    # --- for people -------------------------------------------------------------------------------

    async def decide(
        self, approval_id: str, verdict: Verdict, *, by: str, viewer: str = "", scope: Scope | None = None
    ) -> Approval:
        """Grant or deny one; with a scope, also the calls like it from now on.

        Args:
            approval_id: Which.
            verdict: What is decided.
            by: Who decides, for people to read.
            viewer: Who decides, as the server knows them.
            scope: How far a rule shall reach that is made of it.

        Raises:
            NotFound: when there is none of that id for the viewer.
            AlreadyDecided: when somebody was faster.
            ApprovalExpired: when nobody waits for it any more.
            InvalidBody: when no rule of that scope can be made of it.
        """
        asked = await self.get(approval_id, viewer)
        if scope is not None and scope not in asked.scopes:
            raise InvalidBody(f"This cannot be decided for the scope `{scope}`.", field="scope")
        waiting = self._waiting.get(approval_id)
        state = "granted" if verdict == "grant" else "denied"
        settled = waiting is not None and await self._store.settle(
            approval_id, "granted" if verdict == "grant" else "denied", by=by, note="", now=self._clock()
        )
        decided = await self._found(approval_id)
        if not settled:
            if decided.state in ("granted", "denied"):
                who = decided.decided_by or "Somebody"
                raise AlreadyDecided(f"{who} has {decided.state} this already.")
            raise ApprovalExpired(decided.note or "This approval has expired.")
        if scope is not None:
            await self._rules.add(asked, "allow" if state == "granted" else "deny", scope, by)
        if waiting is not None and not waiting.done():
            waiting.set_result(decided)
        self._tell(decided)
        return decided

    async def get(self, approval_id: str, viewer: str = "") -> Approval:
        """One of them.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        found = await self._store.get(approval_id, self._clock())
        if found is None or not found.is_for(viewer):
            raise NotFound(f"There is no approval {approval_id[:40]!r}.", hint="`lumina approvals` lists what waits.")
        return found

    async def list(self, viewer: str = "", *, pending: bool = True, notebook: str = "") -> list[Approval]:
        """Those that wait, or the latest of all, as far as they are for the viewer; the newest first."""
        found = await self._store.list(self._clock(), pending=pending, notebook=notebook)
        return [each for each in found if each.is_for(viewer)]

    async def watch(self, viewer: str = "", *, pending: bool = True) -> AsyncGenerator[Approval, None]:
        """What waits now, or the latest of all, and then every change, until the watcher leaves."""
        queue: asyncio.Queue[Approval | None] = asyncio.Queue(_WATCHED)
        self._watchers.add(queue)
        try:
            for each in await self.list(viewer, pending=pending):
                yield each
            while not self._closed and (changed := await queue.get()) is not None:
                if changed.is_for(viewer):
                    yield changed
        finally:
            self._watchers.discard(queue)

    # --- the end ----------------------------------------------------------------------------------

    async def close(self) -> None:
        """Let everything that waits expire; there will be no other."""
        self._closed = True
        for approval_id, waiting in list(self._waiting.items()):
            await self._expire(approval_id, "The server was shut down.")
            if not waiting.done():
                waiting.set_result(await self._found(approval_id))
        for queue in self._watchers:
            _put(queue, None)

    async def _expire(self, approval_id: str, note: str) -> None:
        if await self._store.settle(approval_id, "expired", by="", note=note, now=self._clock()):
            self._tell(await self._found(approval_id))

    async def _found(self, approval_id: str) -> Approval:
        found = await self._store.get(approval_id, self._clock())
        if found is None:
            raise NotFound(f"There is no approval {approval_id[:40]!r}.")
        return found

    def _tell(self, approval: Approval) -> None:
        for queue in self._watchers:
            _put(queue, approval)


def _put(queue: asyncio.Queue[Approval | None], change: Approval | None) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(change)
