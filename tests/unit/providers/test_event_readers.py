"""However a body of typed events is cut or broken off: the same events, and never more than the provider said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from itertools import pairwise

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumina_jupyter.errors import ProviderError, StreamBroken
from lumina_jupyter.events import Event, MessageFinished
from lumina_jupyter.gateway.providers.answer_stream import answer_events
from lumina_jupyter.gateway.providers.base import Target
from lumina_jupyter.gateway.providers.cohere_reader import CohereReader
from lumina_jupyter.gateway.providers.event_reader import EventReader
from lumina_jupyter.gateway.providers.openai_responses_reader import ResponsesReader
from tests.replay.recording import Recording, recordings

READERS: dict[str, Callable[[Target], EventReader]] = {"responses": ResponsesReader, "/v2/chat": CohereReader}
LONGEST = 60_000
"""Bytes; beyond it a body only takes longer, it holds no other kinds of events."""

PLAYED = [
    played
    for surface in READERS
    for played in recordings(surface=surface)
    if played.status == 200 and played.encoding is None and len(played.body) <= LONGEST
]


def outcome(played: Recording, pieces: Iterable[bytes]) -> tuple[list[Event], type[ProviderError] | None]:
    """The events that the pieces of a body give, and the error that they end with."""

    async def read() -> tuple[list[Event], type[ProviderError] | None]:
        async def body() -> AsyncIterator[bytes]:
            for piece in pieces:
                yield piece

        response = httpx.Response(200, headers={"content-type": played.content_type}, content=body())
        reader = READERS[played.surface](Target(provider=played.provider, name="m"))
        events: list[Event] = []
        try:
            async for event in answer_events(response, reader, played.provider):
                events.append(event)  # noqa: PERF401 - what came before an error counts
        except ProviderError as error:
            return events, type(error)
        return events, None

    return asyncio.run(read())


WHOLE = {played.id: outcome(played, [played.body]) for played in PLAYED}


@st.composite
def cut_bodies(draw: st.DrawFn) -> tuple[Recording, list[bytes]]:
    played = draw(st.sampled_from(PLAYED))
    places = sorted(draw(st.sets(st.integers(0, len(played.body)), max_size=40)))
    edges = [0, *places, len(played.body)]
    return played, [played.body[start:end] for start, end in pairwise(edges)]


@settings(max_examples=300, deadline=None)
@given(cut_bodies())
def test_any_split_gives_the_same_events(case: tuple[Recording, list[bytes]]) -> None:
    played, pieces = case
    assert outcome(played, pieces) == WHOLE[played.id]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLAYED), st.floats(0, 1))
def test_any_break_gives_the_beginning_and_an_error(played: Recording, share: float) -> None:
    length = int(share * len(played.body))
    events, error = outcome(played, [played.body[:length]])
    whole, _ = WHOLE[played.id]
    if error is None:
        assert events == whole  # only what comes after the last event was cut off
    else:
        assert events == whole[: len(events)]
        assert not any(isinstance(event, MessageFinished) for event in events)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLAYED), st.data())
def test_spoiled_bytes_never_escape_as_another_error(played: Recording, data: st.DataObject) -> None:
    body = bytearray(played.body)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 30))] = data.draw(
            st.binary(max_size=10) | st.sampled_from([b"null", b"1", b'""', b"[]", b"{}"])
        )
    events, error = outcome(played, [bytes(body)])
    ends = [event for event in events if isinstance(event, MessageFinished)]
    assert len(ends) == (0 if error else 1)


@pytest.mark.parametrize("value", [b"null", b"0", b'"x"', b"[]", b"{}", b"true"])
@pytest.mark.parametrize("played", [PLAYED[0], *[played for played in PLAYED if played.stream][:3]], ids=repr)
def test_an_answer_of_another_shape(played: Recording, value: bytes) -> None:
    frame = b"data: %b\n\n" if played.stream else b"%b"
    assert outcome(played, [frame % value]) == ([], StreamBroken)
