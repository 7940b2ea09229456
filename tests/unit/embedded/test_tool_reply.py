"""A small model's reply is read the same however it is cut, and every cut-off reply ends in one clear way."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.errors import InvalidToolArguments
from lumina_jupyter.events import Event, TextDelta, ToolCallDelta, ToolCallFinished, ToolCallStarted
from lumina_jupyter.gateway.embedded.tool_reply import ToolReply

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_layouts = st.sampled_from([None, 1, 4])


def _pieces(text: str, cuts: list[int]) -> list[str]:
    places = sorted({cut % (len(text) + 1) for cut in cuts} | {0, len(text)})
    return [text[a:b] for a, b in itertools.pairwise(places)]


def _read(pieces: list[str]) -> list[Event]:
    reply = ToolReply()
    events = [event for piece in pieces for event in reply.feed(piece)]
    return events + list(reply.finish())


def _said(events: list[Event]) -> str:
    assert all(isinstance(event, TextDelta) for event in events)
    return "".join(event.text for event in events if isinstance(event, TextDelta))


@given(st.text(), st.lists(st.integers(0, 999)), _layouts, st.booleans())
def test_words_come_out_as_they_were_meant(text: str, cuts: list[int], indent: int | None, ascii_only: bool) -> None:
    written = json.dumps({"say": text}, indent=indent, ensure_ascii=ascii_only)
    assert _said(_read(_pieces(written, cuts))) == text


@given(
    st.dictionaries(st.text(max_size=8), _values, max_size=4), st.lists(st.integers(0, 999)), _layouts, st.booleans()
)
def test_a_call_comes_out_whole(
    arguments: dict[str, Any], cuts: list[int], indent: int | None, ascii_only: bool
) -> None:
    written = json.dumps({"call": 'lo"ok', "arguments": arguments}, indent=indent, ensure_ascii=ascii_only)
    events = _read(_pieces(written, cuts))
    started, finished = events[0], events[-1]
    assert isinstance(started, ToolCallStarted)
    assert isinstance(finished, ToolCallFinished)
    assert started.name == finished.name == 'lo"ok'
    assert started.id == finished.id
    assert json.loads(finished.arguments) == arguments
    assert "".join(event.arguments for event in events[1:-1] if isinstance(event, ToolCallDelta)).strip() == (
        finished.arguments
    )


@given(_values, st.lists(st.integers(0, 999)), _layouts)
def test_an_answer_of_a_schema_is_its_json(value: Any, cuts: list[int], indent: int | None) -> None:
    written = json.dumps({"answer": value}, indent=indent)
    assert json.loads(_said(_read(_pieces(written, cuts)))) == value


@given(st.text(min_size=1), st.integers(0, 200))
def test_words_that_are_cut_off_are_kept_as_far_as_they_go(text: str, length: int) -> None:
    written = json.dumps({"say": text})[:length]
    assert text.startswith(_said(_read([written])).rstrip("\ufffd"))


@given(st.dictionaries(st.text(max_size=8), _values, min_size=1, max_size=3), st.integers(0, 500))
def test_a_call_that_is_cut_off_is_an_error_and_never_half_a_call(arguments: dict[str, Any], length: int) -> None:
    whole = json.dumps({"call": "look", "arguments": arguments})
    begin = whole.index('"arguments": {') + len('"arguments": {')
    written = whole[: min(max(length, begin), len(whole) - 2)]
    with pytest.raises(InvalidToolArguments):
        _read([written])


def test_words_are_shown_while_they_arrive() -> None:
    reply = ToolReply()
    assert list(reply.feed('{"say": "One')) == [TextDelta("One")]
    assert list(reply.feed(" two")) == [TextDelta(" two")]
    assert list(reply.feed("\\")) == []
    assert list(reply.feed('n"}')) == [TextDelta("\n")]
    assert not reply.called
