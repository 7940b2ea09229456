"""Turns at a file: whoever gives up waiting leaves no lock behind."""

from __future__ import annotations

import asyncio
import fcntl
import os
from pathlib import Path

import pytest

from lumina_jupyter.collaboration.replicas.turn_taking import turn
from tests.integration.collaboration.live.participant import until


def _handles(folder: Path) -> int:
    """How often this process has a folder open."""
    count = 0
    for name in os.listdir("/dev/fd"):  # noqa: PTH208 (numbers, not paths)
        try:
            count += os.path.samestat(os.fstat(int(name)), folder.stat())
        except OSError:
            continue  # the one by which they were listed
    return count


async def test_who_is_cancelled_while_waiting_keeps_nobody_out(tmp_path: Path) -> None:
    async def wait_for_a_turn() -> None:
        async with turn(tmp_path):
            raise AssertionError("It is somebody else's turn.")

    async with turn(tmp_path):
        waiting = asyncio.create_task(wait_for_a_turn())
        await until(lambda: _handles(tmp_path) == 2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await until(lambda: _handles(tmp_path) == 0)
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)
