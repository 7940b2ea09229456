"""Readers of a conversation end with exactly what was said, however writing, reading and losing the line fall together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lumina_jupyter.memory import reader

from .reading import Screen, Talk

TURNS = ("a", "b")
STEPS = st.one_of(
    st.tuples(st.sampled_from(["say", "say", "take", "commit", "hear", "end"]), st.sampled_from(TURNS)),
    st.tuples(st.sampled_from(["elsewhere", "look", "settle"]), st.just("")),
    st.tuples(st.sampled_from(["connect", "read"]), st.sampled_from(["0", "1"])),
)


@settings(max_examples=400, deadline=None)
@given(
    steps=st.lists(STEPS, max_size=60),
    slowness=st.lists(st.integers(0, 3), min_size=1, max_size=5),
    page=st.integers(1, 5),
    frames=st.integers(1, 6),
)
@example(
    # A line is lost while what was read before is written, and nobody has heard of that yet.
    steps=[("say", "a"), ("take", "a"), ("commit", "a"), ("connect", "0"), ("settle", ""), ("connect", "0")],
    slowness=[0],
    page=5,
    frames=6,
)
@example(
    # More is said while what was said before is written.
    steps=[("settle", ""), ("say", "a"), ("take", "a"), ("say", "a"), ("commit", "a"), ("hear", "a"), ("settle", "")],
    slowness=[0],
    page=5,
    frames=6,
)
@example(
    # One reader finds what another process wrote, which the other one had no reason to look for.
    steps=[("look", ""), ("connect", "0"), ("elsewhere", ""), ("settle", "")],
    slowness=[1],
    page=1,
    frames=1,
)
def test_every_reader_ends_with_what_was_said(
    steps: Sequence[tuple[str, str]], slowness: Sequence[int], page: int, frames: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "PAGE", page)
        patch.setattr(reader, "MOST_FRAMES", frames)
        asyncio.run(_play(steps, slowness))


async def _play(steps: Sequence[tuple[str, str]], slowness: Sequence[int]) -> None:
    talk = Talk(slowness)
    screens = [Screen(talk), Screen(talk)]
    for screen in screens:
        screen.connect()
    for step, what in steps:
        match step:
            case "say" | "take" | "commit" | "hear" | "end":
                getattr(talk, step)(what)
            case "elsewhere" | "look":
                getattr(talk, step)()
            case "connect":
                screens[int(what)].connect()
            case "read":
                screens[int(what)].permits.release()
            case _:
                await _settle(screens)
        await asyncio.sleep(0)
    talk.finish()
    for screen in screens:
        for _ in range(10_000):
            screen.permits.release()
            await asyncio.sleep(0)
            if len(screen.kept) == len(talk.log) and screen.caught_up and not any(screen.tails.values()):
                break
        assert [entry.sequence for entry in screen.kept] == list(range(1, len(talk.log) + 1))
        for turn, run in talk.runs.items():
            assert screen.text(turn) == run.said
        assert screen.reading is not None
        if screen.reading.done():
            screen.reading.result()
        screen.reading.cancel()
    await asyncio.gather(*(screen.reading for screen in screens if screen.reading), return_exceptions=True)
    assert not talk.channel.readers


async def _settle(screens: Sequence[Screen]) -> None:
    """Everybody reads for a while, and nothing is said: then each shows all of it."""
    for _ in range(200):
        for screen in screens:
            screen.permits.release()
        await asyncio.sleep(0)
    for screen in screens:
        for turn, run in screen.talk.runs.items():
            assert screen.text(turn) == run.said
        screen.permits = asyncio.Semaphore(0)


async def test_a_reader_who_is_too_slow_catches_up_and_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_CHARACTERS", 1000)
    talk = Talk([0])
    talk.say("a")
    screen = Screen(talk)
    screen.connect()
    screen.permits.release()
    for _ in range(20):
        await asyncio.sleep(0)
    assert screen.caught_up
    (held,) = talk.channel.readers
    assert isinstance(held, reader.Reader)
    for _ in range(2000):
        talk.say("a")
        assert held._characters <= 1000
    talk.finish()
    for _ in range(100):
        screen.permits.release()
        await asyncio.sleep(0)
    assert screen.text("a") == talk.runs["a"].said
    assert screen.reading is not None
    screen.reading.cancel()
