"""An answer is told once, however its stream is cut and repeated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.cli import turn_events
from lumina_jupyter.cli.turn_events import follow_turn
from lumina_jupyter.client import Client
from lumina_jupyter.events import Event, Failed, MessageFinished, MessageStarted, Notice, TextDelta, is_end
from lumina_jupyter.memory import CaughtUp, Entries, Frame, Gone, Live, LogEntry, Started, TurnTail

STARTED = Started(turn="t", sequence=1)


class Stream:
    """A conversation whose readers get these frames, one list for each time that one begins to read."""

    def __init__(self, *readings: list[Frame]) -> None:
        self._readings = list(readings)
        self.after: list[int] = []

    def follow(self, conversation_id: str, *, after: int = 0) -> Iterator[Frame]:
        self.after.append(after)
        yield from self._readings.pop(0)


def told(*readings: list[Frame]) -> list[Event]:
    return list(follow_turn(cast(Client, Stream(*readings)), "conv_1", STARTED))


def entry(sequence: int, event: Event, turn: str = "t") -> LogEntry:
    data: dict[str, Any] = {name: getattr(event, name) for name in event.__slots__}
    kind = {
        TextDelta: "text_delta",
        Notice: "notice",
        MessageStarted: "message_started",
        MessageFinished: "message_finished",
    }
    return LogEntry(sequence, 0.0, turn, "", kind[type(event)], data)


@st.composite
def streams(draw: st.DrawFn) -> tuple[str, list[Frame]]:
    """An answer that is flushed now and then, and a reader who is sometimes told the tail anew, for something was missed."""
    pieces = draw(st.lists(st.text("ab ", min_size=1, max_size=5), min_size=1, max_size=12))
    tail: list[Event] = [MessageStarted("r", "lab", "lab/m")]
    frames: list[Frame] = [Live("t", tail[0])]
    sequence = STARTED.sequence
    rest: list[Event] = [*map(TextDelta, pieces), Notice("n", "a notice"), MessageFinished("stop")]
    for event in rest:
        tail.append(event)
        done = draw(st.sampled_from(["nothing", "tail", "missed", "flush", "other"]))
        if done != "missed":
            frames.append(Live("t", event))
        if done in {"tail", "missed"}:
            texts = "".join(each.text for each in tail if isinstance(each, TextDelta))
            others = [each for each in tail if not isinstance(each, TextDelta)]
            split = draw(st.integers(0, len(texts)))
            cut = [TextDelta(part) for part in (texts[:split], texts[split:]) if part]
            started = [each for each in others if isinstance(each, MessageStarted)]
            frames.append(TurnTail("t", (*started, *cut, *others[len(started) :])))
        elif done == "flush":
            for kept in tail:
                sequence += 1
                frames.append(Entries((entry(sequence, kept),)))
            tail = []
        elif done == "other":
            sequence += 1
            frames.append(Entries((entry(sequence, TextDelta("of another turn"), "u"),)))
    return "".join(pieces), [CaughtUp(("t",), ()), *frames]


@given(streams())
def test_every_piece_is_told_once_and_in_order(drawn: tuple[str, list[Frame]]) -> None:
    text, frames = drawn
    events = told(frames)
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == text
    assert [type(event) for event in events if not isinstance(event, TextDelta)] == [
        MessageStarted,
        Notice,
        MessageFinished,
    ]
    assert [is_end(event) for event in events].index(True) == len(events) - 1


def test_an_answer_whose_end_is_on_its_way_into_the_log_is_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_events, "GRACE", 0.0)
    ended = [Entries((entry(2, TextDelta("all")), entry(3, MessageFinished("stop"))))]
    assert told([CaughtUp((), ())], [*ended, CaughtUp((), ())]) == [TextDelta("all"), MessageFinished("stop")]


def test_an_answer_that_was_interrupted_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_events, "GRACE", 0.0)
    begun: list[Frame] = [Entries((entry(2, TextDelta("half")),)), CaughtUp((), ())]
    events = told(begun, [CaughtUp((), ())], [CaughtUp((), ())])
    assert events[0] == TextDelta("half")
    assert isinstance(events[-1], Failed)
    assert "interrupted" in events[-1].message


def test_a_conversation_that_is_deleted_meanwhile_fails() -> None:
    (event,) = told([CaughtUp(("t",), ()), Gone()])
    assert isinstance(event, Failed)
    assert "was deleted" in event.message
