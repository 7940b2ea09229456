"""A look at a namespace: each variable described in a thread that is ended when it takes too long.

A `repr` may never end, a property may sleep. So a thread of its own describes one value after the other,
and whoever waits for it watches that it goes on; when it does not, it is raised out of that value, which
is told by its type alone, and another thread goes on with the next. Time is counted in waits, because a
kernel's clocks may be patched.
"""

from __future__ import annotations

import ctypes
import json
import threading
import time
import types
import weakref
from typing import TYPE_CHECKING, Any

from .describe import Overdue, bare, describe
from .documentation import ASKED, NOTHING, resolve

if TYPE_CHECKING:
    Item = tuple[str, Any]
    Told = dict[str, Any]

TICK = 0.01
"""Seconds between two looks at whether a thread goes on."""
AGAIN = 0.05
"""Seconds between two times that a thread is told to end."""
PATIENCE = 200
"""How often it is told at most; one that takes no notice of all of them is left alone."""


_slow: dict[int, Any] = {}
"""Classes whose instances took too long once, by their id: they are not asked again."""
_strays: dict[threading.Thread, int] = {}
"""Threads that were left behind, and how often each was told to end."""
_reaping = threading.Lock()
_cpu = getattr(time, "thread_time", time.perf_counter)


def look(items: list[Item], request: dict[str, Any]) -> dict[str, Any]:
    """Describe the variables, in their order.

    Args:
        items: Names and values.
        request: `policy`, `detail`, and the bounds `seconds`, `value_seconds`, `text`, `total`, `variables`.

    Returns:
        `variables`, the number `left_out` for lack of time or room, and `spent`: the seconds of CPU time it took.
    """
    kept = items[-int(request["variables"]) :]
    work = _Work(kept, request)
    ticks = max(1, int(request["seconds"] / TICK))
    patience = max(1, int(request["value_seconds"] / TICK))
    while ticks > 0 and not work.is_done:
        ticks -= work.run(ticks, patience)
    work.abandon()
    return _bounded(work, len(items), int(request["total"]))


def _bounded(work: _Work, count: int, total: int) -> dict[str, Any]:
    told: list[Told] = []
    used = 0
    for each in work.told:
        used += len(json.dumps(each))
        if used > total and told:
            break
        told.append(each)
    return {"variables": told, "left_out": count - len(told), "spent": work.spent}


class _Work:
    """The values to describe and what has been told of them so far."""

    def __init__(self, items: list[Item], request: dict[str, Any]) -> None:
        self.items = items
        self._told: dict[int, Told] = {}
        self.spent = 0.0
        self._detail = bool(request["detail"])
        self._values = request["policy"] == "values"
        self._limit = int(request["text"])
        self._turn = 0
        self._thread: threading.Thread | None = None

    @property
    def told(self) -> list[Told]:
        """What has been told, in the items' order."""
        return [self._told[place] for place in range(len(self._told))]

    @property
    def is_done(self) -> bool:
        return len(self._told) >= len(self.items)

    def run(self, ticks: int, patience: int) -> int:
        """Go on from the next value until all are done or one takes too long; the ticks that it took."""
        ended = threading.Lock()
        ended.acquire()
        turn = self._turn
        self._thread = thread = threading.Thread(target=self._go_on, args=(turn, ended), name="lumina-eyes-look")
        thread.daemon = True
        thread.pydev_do_not_trace = True  # type: ignore[attr-defined]  # debuggers leave it alone
        thread.is_pydev_daemon_thread = True  # type: ignore[attr-defined]
        thread.start()
        since, place = 0, len(self._told)
        for tick in range(1, ticks + 1):
            if ended.acquire(timeout=TICK):
                self._thread = None
                return tick
            since, place = (since + 1, place) if place == len(self._told) else (0, len(self._told))
            if since >= patience:
                self._give_up()
                return tick
        return ticks

    def abandon(self) -> None:
        """End the thread that is at work, if there is one."""
        if self._thread is not None:
            self._turn += 1
            _leave_behind(self._thread)
            self._thread = None

    def _go_on(self, turn: int, ended: Any) -> None:
        began = _cpu()
        try:
            while turn == self._turn and not self.is_done:
                place = len(self._told)
                told = self._one(*self.items[place])
                if turn == self._turn:
                    self._told.setdefault(place, told)
        except Overdue:
            return
        finally:
            if turn == self._turn:
                self.spent += _cpu() - began
                ended.release()

    def _one(self, name: str, value: Any) -> Told:
        if _is_slow(type(value)) and not name.startswith(ASKED):
            return bare(name, value, "not shown: it took too long before")
        return describe(name, value, self._detail, self._values, self._limit)

    def _give_up(self) -> None:
        """Tell of the value at hand by its type and leave its thread behind."""
        self._turn += 1
        place = len(self._told)
        name, value = self.items[place]
        self._told.setdefault(place, bare(name, value, "not shown: it takes too long"))
        if type(value) not in (types.FunctionType, dict, list, tuple, str):
            _slow[id(type(value))] = weakref.ref(type(value))
        if self._thread is not None:
            _leave_behind(self._thread)
            self._thread = None


def _is_slow(cls: type) -> bool:
    known = _slow.get(id(cls))
    return known is not None and known() is cls


def _leave_behind(thread: threading.Thread) -> None:
    """Raise a thread out of whatever it does, again and again until it ends."""
    _strays[thread] = 0
    _end_strays()
    if not _reaping.locked():
        reaper = threading.Thread(target=_reap, name="lumina-eyes-reaper")
        reaper.daemon = True
        reaper.start()


def _reap() -> None:
    pause = threading.Lock()
    pause.acquire()
    while _strays and _reaping.acquire(blocking=False):
        try:
            while _strays:
                pause.acquire(timeout=AGAIN)
                _end_strays()
        finally:
            _reaping.release()


def _end_strays() -> None:
    for thread, tries in list(_strays.items()):
        if thread.is_alive() and thread.ident is not None and tries < PATIENCE:
            _strays[thread] = tries + 1
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Overdue))
        else:
            _strays.pop(thread, None)


def named(namespace: dict[str, Any], names: list[str]) -> list[Item]:
    """The variables of these names, as far as they are there; and behind `doc:` whatever a dotted name stands for."""
    found = [
        (name, resolve(namespace, name[len(ASKED) :]) if name.startswith(ASKED) else namespace.get(name, NOTHING))
        for name in names
    ]
    return [(name, value) for name, value in found if value is not NOTHING]


def public(namespace: dict[str, Any], hidden: dict[str, Any]) -> list[Item]:
    """The variables that a person made: no modules, nothing of the shell's, nothing that begins with `_`."""
    nothing = object()
    return [
        (name, value)
        for name, value in list(dict.items(namespace))
        if type(name) is str
        and not name.startswith("_")
        and type(value) is not types.ModuleType
        and hidden.get(name, nothing) is not value
    ]
