"""Runs are made of their events: whatever these are, they are kept as they were told and fold to the same again."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.agent import GEARS, RunRequest, Step
from lumina_jupyter.agent.autonomy import autonomy_of
from lumina_jupyter.agent.executor.budget import seconds_worked
from lumina_jupyter.agent.gears import GearName
from lumina_jupyter.agent.keeper import Keeper
from lumina_jupyter.agent.ledger import ledger_of
from lumina_jupyter.agent.run import ENDED
from lumina_jupyter.agent.run_codec import event_data, event_of, request_data, request_of
from lumina_jupyter.agent.run_events import LoggedEvent, RunEvent, Spent, StateChanged, StepBegan, Thought
from lumina_jupyter.agent.run_log import RunLog
from lumina_jupyter.agent.run_store import KeptRun, RunStore
from lumina_jupyter.agent.run_view import view_of
from lumina_jupyter.settings import Lumina
from lumina_jupyter.storage import Database
from lumina_jupyter.tools.autonomy import AUTONOMIES

WORDS = st.text(max_size=12)
STEPS = st.builds(
    Step,
    id=st.sampled_from(["a", "b", "c"]),
    title=WORDS,
    tool=WORDS,
    arguments=st.dictionaries(WORDS, st.one_of(WORDS, st.integers(0, 9), st.lists(WORDS, max_size=2)), max_size=2),
)
# Before types that hold them are looked into.
st.register_type_strategy(Step, STEPS)
st.register_type_strategy(float, st.floats(0, 1e6))
ANY = st.one_of([st.from_type(each) for each in get_args(RunEvent)])
TIMES = st.floats(0, 1e4)


@st.composite
def logs(draw: st.DrawFn) -> list[LoggedEvent]:
    events = draw(st.lists(ANY, max_size=12))
    return [LoggedEvent(number, draw(TIMES), event) for number, event in enumerate(events, 1)]


REQUEST = RunRequest(words="do it", notebook="a.ipynb", gear="3", user="ada", run_id="run_1")


@given(logs(), st.integers(0, 12))
def test_what_was_kept_folds_to_what_was_seen(log: list[LoggedEvent], cut: int) -> None:
    stored = [(each.sequence, each.at, json.dumps(event_data(each.event))) for each in log]
    read = [LoggedEvent(number, at, found) for number, at, text in stored if (found := event_of(json.loads(text)))]
    assert view_of(REQUEST, 0.0, read) == view_of(REQUEST, 0.0, log)
    assert ledger_of(read).done == ledger_of(log).done
    # In two parts it comes to the same; time never runs backwards, and nothing is taken off what was spent.
    whole, part = view_of(REQUEST, 0.0, log), view_of(REQUEST, 0.0, log[:cut])
    assert whole.seconds >= part.seconds >= 0
    assert seconds_worked(whole, whole.updated_at) == whole.seconds
    spent = [each.event for each in log if isinstance(each.event, Spent)]
    assert whole.input_tokens == sum(each.input_tokens for each in spent)
    assert (whole.usd is None) == any(each.usd is None for each in spent)
    assert whole.sequence == len(log)


@given(st.text(max_size=20), st.sampled_from(get_args(GearName)))
def test_requests_are_kept_as_they_were(words: str, gear: GearName) -> None:
    request = RunRequest(words=words, notebook="a.ipynb", gear=gear, rights=("read",))
    assert request_of(json.loads(json.dumps(request_data(request)))) == request


def test_an_event_of_a_newer_version_is_left_out() -> None:
    assert event_of({"type": "telepathy", "text": "x"}) is None


def test_no_gear_allows_more_than_the_settings_and_auto_no_more_than_edits() -> None:
    for most in AUTONOMIES:
        settings = Lumina(agent_autonomy=most)
        for gear in GEARS.values():
            for name in get_args(GearName):
                found = autonomy_of(gear, name, settings)
                limits = [most, gear.autonomy, *([] if name.isdigit() else ["edits"])]
                assert AUTONOMIES.index(found) == min(AUTONOMIES.index(each) for each in limits)


def test_a_log_is_told_when_it_is_kept_thoughts_come_together_and_an_end_is_an_end(tmp_path: Path) -> None:
    async def work() -> None:
        database = Database("", tmp_path)
        keeper = Keeper()
        store = RunStore(database, keeper)
        await store.add(KeptRun(request=REQUEST, audience="", state="reading", keeper=keeper.name, created_at=1.0))
        log = RunLog(REQUEST, 1.0, store)
        log.add(StateChanged("running"))
        for word in ["a", "b", "c", "d", "e", "f"]:
            log.add(Thought(word))
        log.add(StepBegan("s", "S", 1))
        log.add(Thought("secret sk-ant-api03-" + "a" * 80, "s"))
        log.add(StateChanged("done"))
        log.end()
        log.add(StateChanged("running"))
        told = [each async for each in log.watch()]
        await log.flush()
        kept = await store.events("run_1")
        assert [each.sequence for each in told] == [each.sequence for each in kept] == list(range(1, len(kept) + 1))
        thoughts = [each.event.text for each in kept if isinstance(each.event, Thought)]
        assert "".join(thoughts[:-1]) == "abcdef"
        assert "sk-ant" not in str(kept)
        assert log.view.state in ENDED
        assert [each async for each in log.watch(after=told[-2].sequence)] == told[-1:]
        # What is kept is never changed, and a process that is gone keeps nothing.
        for change in ("UPDATE agent_run_events SET data = '{}'", "DELETE FROM agent_run_events"):
            assert "append-only" in await _refused(database, change)
        assert keeper.lives(keeper.name)
        host, _, _ = keeper.name.partition("|")
        assert not keeper.lives(f"{host}|999999999|1.00|x")
        assert keeper.lives("another machine|1|1.00|x")
        assert await store.unended() == []
        await store.rename("a.ipynb", "b.ipynb")
        assert [each.request.notebook for each in await store.latest("b.ipynb", "", 5)] == ["b.ipynb"]
        await database.close()

    asyncio.run(work())


async def _refused(database: Database, statement: str) -> str:
    from sqlalchemy import text

    from lumina_jupyter.errors import StorageFailed

    def run(connection: Any) -> None:
        connection.execute(text(statement))

    try:
        await database.run(run)
    except StorageFailed as error:
        return error.message
    return ""
