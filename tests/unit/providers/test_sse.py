"""Server-sent events come out the same however their bytes are cut and whichever way lines end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.errors import StreamBroken
from lumina_jupyter.gateway.providers import sse
from lumina_jupyter.gateway.providers.sse import EventStreamParser

LINE_TEXT = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20)
LINE_END = st.sampled_from(["\n", "\r\n", "\r"])
OTHER_LINE = st.one_of(
    LINE_TEXT.map(lambda text: f": {text}"),
    LINE_TEXT.map(lambda text: f"event: {text}"),
    st.sampled_from(["id: 7", "retry: 10", "datum: x", "database", "nonsense"]),
)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[bytes, list[str]]:
    """A body of events and the data that they hold."""
    body, wanted = "", []
    for lines in draw(st.lists(st.lists(LINE_TEXT, min_size=1, max_size=3), max_size=5)):
        for line in lines:
            for other in draw(st.lists(OTHER_LINE, max_size=2)):
                body += other + draw(LINE_END)
            space = " " if line.startswith(" ") else draw(st.sampled_from(["", " "]))
            body += f"data:{space}{line}" + draw(LINE_END)
        empty = draw(LINE_END)
        # A CR with an LF after it would be one line's end, not two.
        body += "\r\n" if body.endswith("\r") and empty == "\n" else empty
        wanted.append("\n".join(lines))
    return body.encode(), wanted


def split(body: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({min(cut, len(body)) for cut in cuts} | {0, len(body)})
    return [body[start:end] for start, end in pairwise(places)]


def read(pieces: list[bytes]) -> list[str]:
    parser = EventStreamParser("test")
    found = [data for piece in pieces for data in parser.feed(piece)]
    return [data.decode() for data in [*found, *parser.finish()]]


@given(bodies(), st.lists(st.integers(0, 400)))
def test_any_split_and_any_line_end_give_the_same_events(made: tuple[bytes, list[str]], cuts: list[int]) -> None:
    body, wanted = made
    assert read(split(body, cuts)) == wanted
    assert read([body]) == wanted
    assert read([body[at : at + 1] for at in range(len(body))]) == wanted


@given(bodies(), st.integers(0, 400))
def test_a_body_that_breaks_off_gives_its_whole_events_first(made: tuple[bytes, list[str]], end: int) -> None:
    body, wanted = made
    parser = EventStreamParser("test")
    whole = [data.decode() for data in parser.feed(body[:end])]
    assert whole == wanted[: len(whole)]


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)))
def test_garbage_is_read_the_same_however_it_is_cut_and_never_crashes(body: bytes, cuts: list[int]) -> None:
    def raw(pieces: list[bytes]) -> list[bytes]:
        parser = EventStreamParser("test")
        return [data for piece in pieces for data in parser.feed(piece)] + parser.finish()

    assert raw(split(body, cuts)) == raw([body])


def test_a_byte_order_mark_and_a_missing_last_line_end_do_no_harm() -> None:
    assert read([b"\xef\xbb\xbfdata: a\n\ndata: b"]) == ["a", "b"]
    assert read([b"\xef\xbb", b"\xbfdata: a\n\ndata: b\n"]) == ["a", "b"]


def test_an_event_is_given_as_soon_as_its_empty_line_is_there() -> None:
    for end in (b"\n\n", b"\r\r", b"\r\n\r\n"):
        assert EventStreamParser("test").feed(b"data: now" + end) == [b"now"]


@pytest.mark.parametrize("piece", [b"x" * 1000, b"data: " + b"x" * 994, b"data: " + b"x" * 993 + b"\n"])
def test_an_endless_event_is_refused_before_it_fills_the_memory(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 50_000)
    parser = EventStreamParser("test")
    for _ in range(50_000 // len(piece) - 1):
        parser.feed(piece)
    with pytest.raises(StreamBroken, match="test sent an event"):
        parser.feed(piece * 3)
