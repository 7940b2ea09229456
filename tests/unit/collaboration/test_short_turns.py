"""Threads hand over sooner while a room's work is done, and as before when it is over."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from lumina_jupyter.collaboration.ydoc_server import turns
from lumina_jupyter.collaboration.ydoc_server.turns import INTERVAL, in_short_turns

USUAL = 0.005
SHORT = pytest.approx(INTERVAL)


@pytest.fixture(autouse=True)
def usual_interval(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever rooms of other tests are still at in this process."""
    before = sys.getswitchinterval()
    monkeypatch.setattr(turns, "_working", turns._Working())
    sys.setswitchinterval(USUAL)
    yield
    sys.setswitchinterval(before)


def test_the_interval_is_short_as_long_as_anybody_works_and_then_as_it_was() -> None:
    usual = sys.getswitchinterval()
    assert usual > INTERVAL
    first, second = in_short_turns(), in_short_turns()
    with first:
        second.__enter__()
        assert sys.getswitchinterval() < usual / 2
    assert sys.getswitchinterval() < usual / 2
    second.__exit__(None, None, None)
    assert sys.getswitchinterval() == usual


async def test_rooms_that_overlap_leave_it_as_it_was_however_each_of_them_ends() -> None:
    goes_on, seen = [asyncio.Event() for _ in range(4)], []

    async def room(at: int) -> None:
        with in_short_turns(), in_short_turns():
            await goes_on[at].wait()
            seen.append(sys.getswitchinterval())
            if at == 1:
                raise RuntimeError("the disk is full")

    rooms = [asyncio.create_task(room(at)) for at in range(4)]
    await asyncio.sleep(0)
    rooms[2].cancel()
    for at in (1, 0, 3):
        assert sys.getswitchinterval() == SHORT
        goes_on[at].set()
        with suppress(RuntimeError):
            await rooms[at]
    with suppress(asyncio.CancelledError):
        await rooms[2]
    assert seen == [SHORT] * 3
    assert sys.getswitchinterval() == USUAL
    # And once more, from there.
    with in_short_turns():
        assert sys.getswitchinterval() == SHORT
    assert sys.getswitchinterval() == USUAL


def test_what_somebody_else_sets_meanwhile_stays_and_one_that_is_shorter_is_left_alone() -> None:
    with in_short_turns():
        sys.setswitchinterval(0.01)
    assert sys.getswitchinterval() == 0.01
    sys.setswitchinterval(INTERVAL / 2)
    shorter = sys.getswitchinterval()
    for _ in range(10):
        with in_short_turns():
            assert sys.getswitchinterval() == shorter
        assert sys.getswitchinterval() == shorter
