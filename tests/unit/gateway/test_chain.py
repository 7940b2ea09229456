"""Every stream ends with exactly one end event, retries show no trace, and a cancel reaches the provider."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.errors import LuminaError, Overloaded, ProviderError, QuotaExhausted, RateLimited, StreamBroken
from lumina_jupyter.events import (
    Cost,
    Event,
    Failed,
    MessageFinished,
    MessageStarted,
    Notice,
    TextDelta,
    Usage,
    is_end,
)
from lumina_jupyter.gateway import Catalog, ChatRequest, Message
from lumina_jupyter.gateway.cancellation import Cancellation
from lumina_jupyter.gateway.chain import Handler, build_chain
from lumina_jupyter.gateway.middleware.accounting import Accounting
from lumina_jupyter.gateway.middleware.ending import Ending
from lumina_jupyter.gateway.middleware.retry import Retry
from lumina_jupyter.gateway.requests import ModelCall
from lumina_jupyter.settings import Lumina
from lumina_jupyter.storage import Database, UsageLog

REQUEST = ChatRequest(messages=(Message.of("user", "hello"),), model="lab/model")
STARTED = MessageStarted(REQUEST.request_id, "lab", "lab/model")

Script = Sequence[Event | BaseException]


def provider(*attempts: Script) -> Handler:
    """A last handler that plays one script per attempt: events are yielded, exceptions raised."""
    remaining = list(attempts)

    async def handle(_request: ModelCall) -> AsyncGenerator[Event, None]:
        for step in remaining.pop(0):
            await asyncio.sleep(0)
            if isinstance(step, BaseException):
                raise step
            yield step

    return handle


def chain(last: Handler, running: dict[str, Cancellation] | None = None, **settings: float) -> Handler:
    lumina = Lumina(retry_base_delay=0.0, **settings)
    return build_chain([Ending({} if running is None else running), Retry(lumina)], last)


async def collect(handler: Handler) -> list[Event]:
    async with aclosing(handler(REQUEST)) as events:
        return [event async for event in events]


errors = st.sampled_from(
    [StreamBroken("broke"), Overloaded("full"), QuotaExhausted("no credit"), ValueError("a bug"), LuminaError("other")]
)
steps = st.one_of(
    st.text(max_size=3).map(TextDelta),
    st.just(Usage(3, 4)),
    st.just(MessageFinished("stop")),
    errors,
)


@given(st.lists(steps, max_size=6), st.booleans())
def test_any_script_ends_with_exactly_one_end_event(script: list[Event | BaseException], begin: bool) -> None:
    attempt: Script = [STARTED, *script] if begin else script
    events = asyncio.run(collect(chain(provider(*[attempt] * 4))))
    assert [is_end(event) for event in events].count(True) == 1
    assert is_end(events[-1])


@given(st.integers(0, 5))
def test_a_consumer_that_leaves_anywhere_closes_the_provider(taken: int) -> None:
    closed = []

    async def endless(_request: ModelCall) -> AsyncGenerator[Event, None]:
        try:
            yield STARTED
            while True:
                await asyncio.sleep(0)
                yield TextDelta("x")
        finally:
            closed.append(True)

    async def leave() -> None:
        async with aclosing(chain(endless)(REQUEST)) as events:
            for _ in range(taken + 1):
                await anext(events)

    asyncio.run(leave())
    assert closed == [True]


async def test_a_failed_attempt_leaves_no_trace_but_a_notice() -> None:
    handler = chain(provider([STARTED, Overloaded("full")], [STARTED, TextDelta("hi"), MessageFinished("stop")]))
    events = await collect(handler)
    assert [type(event) for event in events] == [Notice, MessageStarted, TextDelta, MessageFinished]


async def test_nothing_is_retried_once_text_was_shown() -> None:
    events = await collect(chain(provider([STARTED, TextDelta("half"), StreamBroken("cut")], [STARTED])))
    assert [type(event) for event in events] == [MessageStarted, TextDelta, Failed]
    assert isinstance(events[-1], Failed)
    assert events[-1].code == "stream_broken"


@pytest.mark.parametrize(
    "error", [QuotaExhausted("no credit"), RateLimited("wait long", retry_after=3600.0)], ids=["quota", "long wait"]
)
async def test_what_waiting_cannot_mend_fails_at_once(error: ProviderError) -> None:
    events = await collect(chain(provider([error])))
    assert events == [Failed.of(error)]


async def test_retries_end_with_the_last_error() -> None:
    attempts = [[RateLimited(f"attempt {number}")] for number in range(3)]
    events = await collect(chain(provider(*attempts), max_retries=2))
    assert [type(event) for event in events] == [Notice, Notice, Failed]
    assert isinstance(events[-1], Failed)
    assert events[-1].message == "attempt 2"


async def test_retry_after_is_the_least_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    real_sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await real_sleep(0)

    last = provider([RateLimited("wait", retry_after=2.5)], [STARTED, MessageFinished("stop")])
    monkeypatch.setattr("lumina_jupyter.gateway.middleware.retry.asyncio.sleep", note)
    await collect(chain(last))
    assert max(slept) == 2.5


async def test_cancel_by_id_ends_a_waiting_stream() -> None:
    running: dict[str, Cancellation] = {}
    closed = asyncio.Event()
    waiting = asyncio.Event()

    async def silent(_request: ModelCall) -> AsyncGenerator[Event, None]:
        try:
            yield STARTED
            yield TextDelta("first")
            waiting.set()
            await asyncio.Event().wait()
        finally:
            closed.set()

    reading = asyncio.ensure_future(collect(chain(silent, running)))
    await waiting.wait()
    running[REQUEST.request_id].request()
    events = await reading
    assert events == [STARTED, TextDelta("first"), MessageFinished("cancelled")]
    assert closed.is_set()
    assert not running


async def test_cancel_by_id_between_events_spares_the_consumers_own_work() -> None:
    running: dict[str, Cancellation] = {}
    last = provider([STARTED, TextDelta("a"), TextDelta("b"), MessageFinished("stop")])
    seen: list[Event] = []
    async with aclosing(chain(last, running)(REQUEST)) as events:
        async for event in events:
            seen.append(event)
            if event == TextDelta("a"):
                running[REQUEST.request_id].request()
                await asyncio.sleep(0)  # would raise here if the cancel had hit the consumer
    assert seen == [STARTED, TextDelta("a"), MessageFinished("cancelled")]


async def test_cancelling_the_consumers_task_is_not_swallowed() -> None:
    waiting = asyncio.Event()

    async def silent(_request: ModelCall) -> AsyncGenerator[Event, None]:
        yield STARTED
        yield TextDelta("a")
        waiting.set()
        await asyncio.Event().wait()

    reading = asyncio.ensure_future(collect(chain(silent)))
    await waiting.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


@pytest.mark.parametrize(
    ("script", "status", "usd"),
    [
        ([STARTED, TextDelta("a"), Usage(1000, 10), MessageFinished("stop")], "stop", 1000 * 1e-6 + 10 * 2e-6),
        ([STARTED, TextDelta("a"), StreamBroken("cut")], "stream_broken", None),
        ([STARTED, TextDelta("a"), MessageFinished("length")], "length", None),
    ],
    ids=["priced", "broken", "no usage"],
)
async def test_every_call_is_accounted_for(tmp_path: Path, script: Script, status: str, usd: float | None) -> None:
    database = Database("", tmp_path)
    usage_log = UsageLog(database)
    settings = Lumina(models={"lab/model": {"input_price": 1e-6, "output_price": 2e-6}})
    handler = build_chain([Ending({}), Accounting(Catalog(settings), usage_log)], provider(script))
    events = await collect(handler)
    costs = [event for event in events if isinstance(event, Cost)]
    if status == "stream_broken":
        assert costs == []
    else:
        assert [cost.usd for cost in costs] == [pytest.approx(usd)]
    (row,) = await usage_log.summary()
    assert (row.model, row.calls, row.failed) == ("lab/model", 1, int(status == "stream_broken"))
    assert row.unpriced == (usd is None)
    await database.close()
