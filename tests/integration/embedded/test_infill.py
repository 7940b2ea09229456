"""Code completed by the real embedded model: beside answers, stopped early, and with half typed words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from lumina_jupyter.events import Event, MessageFinished, MessageStarted, Notice, TextDelta, Usage
from lumina_jupyter.gateway.requests import InfillRequest

from .running import CODER, SMALL, Loaded, question, text_of

pytestmark = pytest.mark.embedded

_LONG = "".join(f"value_{number} = compute({number}, scale={number * 7})\n" for number in range(40))


def usage_of(events: list[Event]) -> Usage:
    return [event for event in events if isinstance(event, Usage)][-1]


async def test_a_half_typed_word_is_completed(loaded: Loaded) -> None:
    request = InfillRequest(prefix="import os\nfor name in os.listdir('.'):\n    pri", stop=("\n",), max_tokens=16)
    adapter, _ = loaded
    events = await _all(adapter.infill(request, CODER))
    assert text_of(events).startswith("nt(")


async def test_what_was_read_before_is_not_read_again(loaded: Loaded) -> None:
    adapter, _ = loaded
    for typed in ("", "to", "total = ", "total = value_1 +"):
        request = InfillRequest(prefix=_LONG[:800] + typed, max_tokens=1)
        usage = usage_of(await _all(adapter.infill(request, CODER)))
    assert usage.input_tokens - usage.cached_input_tokens < 20 < usage.cached_input_tokens


async def test_reading_a_prompt_is_stopped(loaded: Loaded) -> None:
    # Nobody has read the beginning of it before.
    request = InfillRequest(prefix=_LONG.replace("value", "score"), max_tokens=1)
    adapter, _ = loaded
    await _all(adapter.infill(InfillRequest(prefix="x", max_tokens=1), CODER))
    stopped = asyncio.create_task(_all(adapter.infill(request, CODER)))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stopped, 0.3)
    usage = usage_of(await _all(adapter.infill(request, CODER)))
    # It goes on where it was stopped, and that was before the end.
    assert usage.cached_input_tokens < usage.input_tokens - 100


async def test_an_answer_ends_a_completion_and_none_begins_beside_it(loaded: Loaded) -> None:
    request = InfillRequest(prefix=_LONG, max_tokens=400)
    adapter, _ = loaded
    completion = adapter.infill(request, CODER)
    async for event in completion:
        if isinstance(event, MessageStarted):
            break
    completing = asyncio.create_task(_all(completion))
    async with aclosing(adapter.chat(question("Count to ten.", max_tokens=40), SMALL)) as answer:
        async for event in answer:
            if isinstance(event, TextDelta):
                break
        assert (await completing)[-1] == MessageFinished("cancelled")
        refused = await _all(adapter.infill(request, CODER))
        assert [type(event) for event in refused] == [Notice, MessageFinished]
    after = await _all(adapter.infill(InfillRequest(prefix="a = ", max_tokens=4), CODER))
    assert isinstance(after[0], MessageStarted)
    assert after[-1] == MessageFinished("length")


async def _all(events: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in events]
