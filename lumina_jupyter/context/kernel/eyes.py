"""The eyes: variables of kernels, also while a cell runs, without the cell noticing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from ...settings import Lumina
from .kernels import Kernels, RunningKernel
from .lines import Lines
from .memory import LastSeen
from .reach import NotPython, Reach, Unreachable
from .reading import read_executions, read_variables
from .summary import Budget, Policy, Ran, Seen, stricter

LISTED_TEXT = 120
"""Bytes of a variable's line in a list."""
NAMES = 200
"""Variables that one look can ask for by name."""
PROBE_SHARE = 0.8
"""The part of the time that the probe gets; the rest is for the way there and back."""

HISTORY_SECONDS = 5.0
"""What asking for a kernel's history may take, so that one that is busy importing gets to answer."""
SETTLE = 0.2
"""Seconds after an execution until the list of variables is renewed."""


class KernelEyes:
    """Looks into kernels; one for a server.

    Every look is bounded in time: when a kernel does not answer within it, what was last seen is
    given, with its age, and the late answer is remembered for the next time. Looks at the same
    thing at the same time are one look, and a busy kernel is given a rest between two.

    Args:
        kernels: The kernels that there are.
        settings: `variable_policy` is the most that may be seen anywhere.
    """

    def __init__(self, kernels: Kernels, settings: Lumina) -> None:
        self._kernels = kernels
        self._settings = settings
        self._lines = Lines()
        self._views: dict[str, _View] = {}
        self._closed = False

    def policy(self, notebook: str = "values") -> Policy:
        """The stricter of the server's policy and a notebook's."""
        return stricter(self._settings.variable_policy, notebook)

    async def variables(self, kernel_id: str, *, policy: str = "values", budget: Budget | None = None) -> Seen:
        """All variables that a person made, each on a line: type, shape, columns; no code of theirs runs.

        Args:
            kernel_id: The kernel.
            policy: The notebook's policy; the server's holds as well.
            budget: What the look may take.
        """
        return await self._seen(kernel_id, None, self.policy(policy), budget or Budget())

    async def look(
        self, kernel_id: str, names: Sequence[str], *, policy: str = "values", budget: Budget | None = None
    ) -> Seen:
        """Some variables in detail; names that the kernel does not have are missing in the answer.

        Args:
            kernel_id: The kernel.
            names: The variables, 200 at most; `doc:pandas.DataFrame.merge` is the documentation of what has that name.
            policy: The notebook's policy; the server's holds as well.
            budget: What the look may take.
        """
        wanted = tuple(dict.fromkeys(names))[:NAMES]
        return await self._seen(kernel_id, wanted, self.policy(policy), budget or Budget())

    async def executions(self, kernel_id: str, *, seconds: float = HISTORY_SECONDS) -> tuple[Ran, ...] | None:
        """What a kernel's session has run, the cell that runs now included; under any policy: sources are no values.

        Args:
            kernel_id: The kernel.
            seconds: What it may take.

        Returns:
            None when that is not known: no such kernel, no Python, no answer in time, or too long a history.
        """
        kernel = self._running(kernel_id)
        return None if kernel is None else await self._view(kernel_id).executions(kernel, seconds)

    def seen_now(self, kernel_id: str, *, policy: str = "values") -> Seen:
        """What was last seen of all variables; waits for nothing."""
        chosen = self.policy(policy)
        if chosen == "off":
            return _OFF
        view = self._views.get(kernel_id)
        return (view and view.last.last_list(chosen)) or Seen(how="not_seen")

    async def close(self) -> None:
        """Hang up on every kernel."""
        self._closed = True
        views, self._views = list(self._views.values()), {}
        for view in views:
            await view.close()
        await self._lines.close()

    async def _seen(self, kernel_id: str, names: tuple[str, ...] | None, policy: Policy, budget: Budget) -> Seen:
        if policy == "off":
            return _OFF
        kernel = self._running(kernel_id)
        if kernel is None:
            return Seen(how="unreachable", note="There is no such kernel.")
        return await self._view(kernel_id).seen(kernel, names, policy, budget)

    def _running(self, kernel_id: str) -> RunningKernel | None:
        kernel = None if self._closed else self._kernels.running(kernel_id)
        if kernel is None and kernel_id in self._views:
            self._views.pop(kernel_id).abandon()
        return kernel

    def _view(self, kernel_id: str) -> _View:
        if kernel_id not in self._views:
            self._views[kernel_id] = _View(self._lines, lambda: self._running(kernel_id))
        return self._views[kernel_id]


_OFF = Seen(how="off", note="Variables are not looked at: the policy here is `off`.")
_Wanted = tuple[tuple[str, ...] | None, Policy]


class _View:
    """One kernel as the eyes know it."""

    def __init__(self, lines: Lines, running: Callable[[], RunningKernel | None]) -> None:
        self.last = LastSeen()
        self._running = running
        self._reach = Reach(lines, self._refresh)
        self._looking: dict[_Wanted, asyncio.Task[Seen]] = {}
        self._refreshing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def seen(self, kernel: RunningKernel, names: tuple[str, ...] | None, policy: Policy, budget: Budget) -> Seen:
        """What a look sees, or the last seen when it takes too long or fails."""
        fresh = Seen()
        if kernel.is_busy and names is None:
            listed = self.last.fresh_list(policy)
            if listed is not None:
                return listed
        elif kernel.is_busy and names is not None:
            fresh, names = self.last.fresh_details(policy, names)
            if not names:
                return fresh
        looking = self.start(kernel, names, policy, budget)
        try:
            async with asyncio.timeout(budget.seconds):
                return _together(fresh, await asyncio.shield(looking))
        except TimeoutError:
            return _together(fresh, self._otherwise(names, policy, "The kernel did not answer in time."))
        except NotPython as error:
            return Seen(how="not_python", note=str(error))
        except Unreachable as error:
            return _together(fresh, self._otherwise(names, policy, str(error)))

    async def executions(self, kernel: RunningKernel, seconds: float) -> tuple[Ran, ...] | None:
        """What was run; None when that is not known. Nothing is remembered: the next cell makes it old."""
        asking = self._task(self._reach.ask(kernel, {"ask": "history"}))
        try:
            async with asyncio.timeout(seconds):
                return read_executions(await asyncio.shield(asking))
        except (TimeoutError, Unreachable):
            return None

    def start(
        self, kernel: RunningKernel, names: tuple[str, ...] | None, policy: Policy, budget: Budget
    ) -> asyncio.Task[Seen]:
        """Begin to look, or join in the same look that is under way."""
        wanted = (names, policy)
        task = self._looking.get(wanted)
        if task is None:
            task = self._looking[wanted] = self._task(self._look(kernel, names, policy, budget))
            task.add_done_callback(lambda _: self._looking.pop(wanted, None))
        return task

    def _refresh(self) -> None:
        """After an execution: look again at what somebody wanted to see before, so that it is known at once."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = self._task(self._look_again())

    async def _look_again(self) -> None:
        await asyncio.sleep(SETTLE)  # many cells that run at once are one change
        kernel = self._running()
        for policy in self.last.listed:
            if kernel is not None:
                self.start(kernel, None, policy, Budget())

    def abandon(self) -> None:
        """The kernel is gone."""
        self._task(self.close())

    async def close(self) -> None:
        """Hang up."""
        for task in [*self._looking.values(), *([self._refreshing] if self._refreshing else [])]:
            task.cancel()
        await self._reach.close()

    async def _look(self, kernel: RunningKernel, names: tuple[str, ...] | None, policy: Policy, budget: Budget) -> Seen:
        answer = await self._reach.ask(kernel, look_request(names, policy, budget))
        left_out = answer.get("left_out")
        seen = Seen(variables=read_variables(answer), left_out=left_out if isinstance(left_out, int) else 0)
        spent = answer.get("spent")
        cost = float(spent) if isinstance(spent, int | float) else 0.0
        if names is None:
            self.last.keep_list(policy, seen, cost)
        else:
            self.last.keep_details(policy, names, seen, cost)
        return seen

    def _otherwise(self, names: tuple[str, ...] | None, policy: Policy, note: str) -> Seen:
        last = self.last.last_list(policy) if names is None else self.last.last_details(policy, names)
        return replace(last, note=note) if last is not None else Seen(how="not_seen", note=note)

    def _task(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # who waits for it is told; when nobody does, there is nobody to tell


def _together(fresh: Seen, seen: Seen) -> Seen:
    """Both, as one look; the age is the older one's."""
    if not fresh.variables:
        return seen
    age = max(fresh.age_seconds, seen.age_seconds)
    return replace(seen, variables=fresh.variables + seen.variables, age_seconds=age)


def look_request(names: tuple[str, ...] | None, policy: Policy, budget: Budget) -> dict[str, Any]:
    """What a probe is asked."""
    return {
        "names": None if names is None else list(names),
        "policy": policy,
        "detail": names is not None,
        "seconds": budget.seconds * PROBE_SHARE,
        "value_seconds": budget.value_seconds,
        "text": budget.text_bytes if names is not None else LISTED_TEXT,
        "total": budget.total_bytes,
        "variables": budget.variables,
    }
