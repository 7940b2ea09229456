"""Threads hand over sooner while a room's work is done, and as before when it is over."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from lumina_jupyter.collaboration.ydoc_server import turns
from lumina_jupyter.collaboration.ydoc_server.turns import INTERVAL, in_short_turns

USUAL = 0.005


@pytest.fixture(autouse=True)
def usual_interval(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever rooms of other tests are still at in this process."""
    before = sys.getswitchinterval()
    monkeypatch.setattr(turns, "_working", [])
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
