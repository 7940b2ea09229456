"""Ends a server's process and everything that it started, wherever that went."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator

import anyio
import anyio.to_thread
import psutil
from anyio.abc import Process

from ..environment import MARK

_LOOK_AGAIN = 0.02
"""Seconds between two looks at a process that is ending."""


async def end_tree(process: Process, mark: str, grace: float) -> None:
    """End the process and what it started; nothing of it is left when this returns.

    First its input ends, and it gets `grace` seconds to end by itself; then all are asked to (SIGTERM), and get as long
    again; then all are killed. What left the process group is found by its parent, or by the mark in its environment.
    """
    if process.stdin is not None:
        with contextlib.suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            await process.stdin.aclose()
    if await _ended(process, grace) and not await _left(process, mark):
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        await anyio.to_thread.run_sync(_signal_all, process.pid, mark, number)
        with anyio.move_on_after(grace):
            while process.returncode is None or await _left(process, mark):  # noqa: ASYNC110 - nothing tells of it
                await anyio.sleep(_LOOK_AGAIN)
            return


async def _ended(process: Process, seconds: float) -> bool:
    """Whether the process ended in time; by its return code, since waiting for it would wait for its pipes too."""
    with anyio.move_on_after(seconds):
        while process.returncode is None:  # noqa: ASYNC110 - nothing else tells of it
            await anyio.sleep(_LOOK_AGAIN)
    return process.returncode is not None


async def _left(process: Process, mark: str) -> bool:
    return bool(await anyio.to_thread.run_sync(_survivors, process.pid, mark))


def _signal_all(pid: int, mark: str, number: int) -> None:
    for each in _survivors(pid, mark):
        with contextlib.suppress(psutil.Error):
            each.send_signal(number)
    if os.name == "posix":
        # The process began a session of its own, so the group's number is its; only that group is meant.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)


def _survivors(pid: int, mark: str) -> list[psutil.Process]:
    """What is left of the process and of what it started."""
    found: dict[int, psutil.Process] = {}
    for each in _candidates(pid, mark):
        with contextlib.suppress(psutil.Error):
            if each.status() != psutil.STATUS_ZOMBIE:
                found[each.pid] = each
    return list(found.values())


def _candidates(pid: int, mark: str) -> Iterator[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        first = psutil.Process(pid)
        if _bears(first, mark):
            yield first
            yield from first.children(recursive=True)
    for each in psutil.process_iter():
        if each.pid != os.getpid() and _bears(each, mark):
            yield each


def _bears(process: psutil.Process, mark: str) -> bool:
    try:
        return bool(process.environ().get(MARK) == mark)
    except (psutil.Error, OSError):
        return False
