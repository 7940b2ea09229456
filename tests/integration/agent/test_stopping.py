"""A run is stopped, paused and gone on with at any point: while a model thinks, a tool hangs, an approval waits, a cell runs."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import psutil
import pytest

from lumina_jupyter.agent import Check, Step
from lumina_jupyter.agent.run import ENDED
from lumina_jupyter.agent.run_events import Questioned, Recovering, Replied, StepBegan, StepCalled, StepEnded
from lumina_jupyter.collaboration.execution.execution import RunRequest as CellRunRequest
from lumina_jupyter.collaboration.execution.run_events import CellStarted, RunFinished
from lumina_jupyter.errors import RunNotReady
from lumina_jupyter.tools import declared

from .conftest import Desk, MakeDesk, until
from .scripted import add, plan, run_of

SLEEP = "import time\nfor _ in range(600):\n    time.sleep(0.1)\nended = 1"
SEEDS = 8


def write_file(text: str) -> Step:
    return Step(id="f", title="Write", tool="write_file", arguments={"path": "made.txt", "content": text})


def shell(command: str) -> Step:
    return Step(id="s", title="Shell", tool="run_shell", arguments={"command": command})


def programs() -> list[str]:
    """The processes below this one that are no kernels."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            line = " ".join(child.cmdline())
        except psutil.Error:
            continue
        if line and "ipykernel" not in line:
            found.append(line)
    return found


async def events_of(here: Desk, run_id: str) -> int:
    return len(await here.agents.events(run_id))


async def test_stopped_at_random_points_nothing_is_done_afterwards(desk: MakeDesk) -> None:
    here = await desk("x = 1")
    whole = await here.done(
        plan(add("a", "one = 1"), run_of(), write_file("one"), shell("sleep 0.2"), add("b", "two = 2")), grants=True
    )
    assert whole.state == "done", whole.why
    length = await events_of(here, whole.id)
    before = programs()
    for seed in range(SEEDS):
        chance = random.Random(seed)
        point = chance.randrange(1, length)
        text = f"seed_{seed} = 1\n" * 50
        last = f"last_{seed} = 2"
        steps = (add("a", text), run_of(), write_file(text), shell("sleep 20"), add("b", last))
        (here.root / "made.txt").unlink(missing_ok=True)
        run = await here.begin(plan(*steps))

        async def there(run_id: str = run.id, point: int = point) -> bool:
            await here.decide(run_id)
            view = await here.agents.get(run_id)
            begun = await here.of(run_id, StepBegan)
            return view.sequence >= point or view.state in ENDED or begun[-1:] == ["s"] or view.step == "s"

        await until(there)
        await asyncio.sleep(chance.random() * 0.05)
        stopped = await here.agents.stop(run.id, "Ada")
        assert stopped.state == "stopped", (seed, stopped)
        assert "Ada stopped it" in stopped.why
        assert stopped.report is not None
        log, cells = await events_of(here, run.id), here.cells
        file = here.root / "made.txt"
        written = file.read_text() if file.exists() else ""
        # Whatever had been given to the kernel is through by now.
        kernel = await here.kernel(f"print('last_{seed}' in dir())")
        assert kernel is False
        await here.agents._means.toolbox.audit.flush()
        assert (await events_of(here, run.id), here.cells) == (log, cells), seed
        # Each text is as a whole or not at all.
        assert {each for each in cells if f"_{seed} " in each} <= {text, last}, seed
        assert (file.read_text() if file.exists() else "") == written
        assert written in ("", text)
        assert await until(lambda: _none_but(before)), seed
        began = [each.step for each in await here.of(run.id, StepBegan)]
        ended = [each.step for each in await here.of(run.id, StepEnded)]
        assert sorted(set(began)) == sorted(set(ended)), seed


async def _none_but(before: list[str]) -> bool:
    return programs() == before


@pytest.mark.parametrize("point", ["thinks", "hangs", "waits", "runs", "asks"])
async def test_a_run_is_stopped_and_paused_wherever_it_is(desk: MakeDesk, point: str) -> None:
    here = await desk("x = 1")
    entered = asyncio.Event()
    cancelled: list[str] = []

    async def hang() -> str:
        """Hang, whoever stops it."""
        entered.set()
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                cancelled.append("ignored")
                if len(cancelled) > 1:
                    raise

    here.engine.tools.registry.add(declared(hang, effects=["read"], source="package:hanging"))

    async def forever() -> None:
        entered.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            cancelled.append("thinking")

    hanging = plan(Step(id="h", title="Hang", tool="hang"), add("z", "late = 1"))
    plans = {"hangs": hanging, "thinks": plan(add("w"), add("z", "late = 1"))}
    if point == "thinks":
        here.mind.before = lambda what: forever() if what == "write" else None
    wanted = plans.get(point, plan(add("a", SLEEP), run_of(), add("z", "late = 1")))
    run = await here.begin(wanted, gear="1" if point == "asks" else "4")
    await _at(here, run.id, point, entered)
    if point != "asks":
        paused = await here.agents.pause(run.id)
        assert paused.state == "paused"
        assert (await here.agents.resume(run.id)).state in ("running", "waiting")
        await here.agents.pause(run.id)
    stopped = await here.agents.stop(run.id, "Ada")
    assert stopped.state == "stopped"
    assert stopped.report is not None
    assert stopped.report.outcome == "stopped"
    assert "late = 1" not in here.cells
    if point == "runs":
        # The cell that it ran itself is interrupted; the kernel goes on.
        assert await here.kernel("print('ended' in dir())") is False
        assert "KeyboardInterrupt" in str(here.room.ycells[1]["outputs"])
        # What it had done has its evidence all the same, good for as long as the cell reads as it did.
        report = (await here.agents.get(run.id)).report
        assert report is not None
        assert [(each.step, bool(each.source_hash), each.stale) for each in report.evidence] == [("a", True, False)]
    if point == "thinks":
        assert cancelled == ["thinking"]
    if point == "waits":
        assert await here.pending(run.id) == []
    with pytest.raises(RunNotReady):
        await here.agents.pause(run.id)
    assert (await here.agents.stop(run.id)).state == "stopped"


async def _at(here: Desk, run_id: str, point: str, entered: asyncio.Event) -> None:
    """Wait until a run is where it is to be stopped."""
    if point == "asks":
        await here.state(run_id, "waiting")  # for the plan
    elif point in ("waits", "runs"):
        await here.asked(run_id)
        if point == "runs":
            await here.decide(run_id)
            await until(lambda: _said(here, run_id))
    else:
        await entered.wait()


async def _said(here: Desk, run_id: str) -> bool:
    return "said" in await here.names(run_id)


async def test_a_stop_leaves_alone_what_others_run_and_a_pause_holds_what_is_next(desk: MakeDesk) -> None:
    here = await desk("import time\nfor _ in range(15):\n    time.sleep(0.1)\nmine = 'through'")
    first = here.notebook.on_disk()["cells"][0]["id"]
    began = asyncio.Event()
    told: list[Any] = []

    async def person() -> None:
        async for event in here.engine.runs.run(CellRunRequest(path=here.notebook.name, cells=(first,))):
            told.append(event)
            if isinstance(event, CellStarted):
                began.set()

    hers = asyncio.create_task(person())
    await began.wait()
    run = await here.begin(plan(add("a", "theirs = 1"), run_of()))
    await here.asked(run.id)
    await here.decide(run.id)
    await here.agents.stop(run.id)
    await hers
    assert isinstance(told[-1], RunFinished)
    assert told[-1].status == "ok"
    assert await here.kernel("print([mine, 'theirs' in dir()])") == ["through", False]
    # Paused while its model writes: what was written is kept, and goes in when it goes on.
    writes, go = asyncio.Event(), asyncio.Event()

    async def held() -> None:
        writes.set()
        await go.wait()

    here.mind.before = lambda what: held() if what == "write" else None
    here.mind.texts = ["paused = 1"]
    run = await here.begin(plan(add("p"), add("q", "after = 1")))
    await writes.wait()
    await here.agents.pause(run.id)
    go.set()
    await until(lambda: _wrote(here, run.id))
    assert "paused = 1" not in here.cells
    await here.agents.resume(run.id)
    assert (await here.ended(run.id)).state == "done"
    assert here.cells[-2:] == ["paused = 1", "after = 1"]
    assert not await here.of(run.id, Replied)


async def _wrote(here: Desk, run_id: str) -> bool:
    return "wrote" in await here.names(run_id)


HOLDS = """import os, time
tries = int(os.environ.get("LUMINA_TRIES", "0")) + 1
os.environ["LUMINA_TRIES"] = str(tries)
print("try", tries, flush=True)
while tries < {enough}:
    time.sleep(0.02)"""
ASKS = "[open('asked', 'w').close(), __import__('time').sleep(600)]"


async def _interrupt(here: Desk) -> None:
    """The kernel's own button."""
    kernel = await here.engine.runs.kernel(here.notebook.name)
    assert kernel is not None
    await kernel.interrupt()


async def test_an_interrupt_ends_the_cell_and_it_runs_again_only_when_a_person_says_so(desk: MakeDesk) -> None:
    here = await desk("x = 1")

    async def tries(number: int, cell: int) -> bool:
        return f"try {number}" in str(here.room.ycells[cell]["outputs"])

    # Where nobody is asked the run ends there: what it did stays, nothing is tried again, and all of it can be undone.
    run = await here.begin(plan(add("a", HOLDS.format(enough=99)), run_of(), add("z", "late = 1")))
    await here.asked(run.id)
    await here.decide(run.id)
    await until(lambda: tries(1, 1))
    await _interrupt(here)
    view = await here.ended(run.id)
    assert (view.state, view.report and view.report.outcome) == ("stopped", "stopped")
    assert "Somebody interrupted the kernel while the step 'Run r' ran" in view.why
    assert [each.status for each in await here.of(run.id, StepEnded)] == ["done", "stopped"]
    assert not await here.of(run.id, Recovering)
    assert len(await here.of(run.id, StepBegan)) == 2
    (*_, called) = await here.of(run.id, StepCalled)
    assert called.result.endswith("It is run again only when a person asks for it.")
    assert "other_way" not in [what for what, _ in here.mind.asked]
    assert len(here.cells) == 2
    assert await here.kernel("import os\nprint([os.environ['LUMINA_TRIES'], 'tries' in dir()])") == ["1", True]
    await here.agents.undo(run.id, by="Ada")
    assert here.cells == ["x = 1"]
    assert await here.kernel("print('tries' in dir())") is False
    # A check that is interrupted is no failed check either.
    run = await here.begin(plan(add("c", "c = 1"), run_of("c", check=Check(kind="assert", text=ASKS))))

    async def checking() -> bool:
        await here.decide(run.id)
        return (here.root / "asked").exists()

    await until(checking)
    await _interrupt(here)
    view = await here.ended(run.id)
    assert (view.state, "interrupted" in view.why) == ("stopped", True)
    assert not await here.of(run.id, Recovering)
    # In a careful gear a person is asked, and says `again`: the very same runs once more, and no model is asked.
    here.mind.texts = ["never = 1"]
    await here.kernel("import os\nos.environ.pop('LUMINA_TRIES')\nprint(1)")
    source = HOLDS.format(enough=3)
    run = await here.begin(plan(add("a", source), run_of(), add("z", "late = 1")), gear="2")
    await here.state(run.id, "waiting")
    await here.agents.decide_plan(run.id, "approve", "Ada")
    cell = len(here.cells)
    for number, reply in ((1, "Again, please."), (2, "skip it")):

        async def running(number: int = number) -> bool:
            await here.decide(run.id)
            return len(here.cells) > cell and await tries(number, cell)

        await until(running)
        await _interrupt(here)
        await until(lambda: _asks(here, run.id))
        (*_, asked) = await here.of(run.id, Questioned)
        assert asked.text.startswith("Somebody interrupted the kernel while the step 'Run r' ran.")
        await here.agents.reply(run.id, reply, "Ada")
    view = await here.ended(run.id)
    assert here.cells[cell:] == [source, "late = 1"]
    assert "write" not in [what for what, _ in here.mind.asked]
    # What was left out is not said to be done.
    assert [each.status for each in await here.of(run.id, StepEnded)] == ["done", "skipped", "done"]
    assert (view.state, view.report and view.report.outcome) == ("done", "partly")
    assert "Not done: Run r: A person left it out." in view.why


async def _asks(here: Desk, run_id: str) -> bool:
    live = here.agents.at_work(run_id)
    return live is not None and live.control.asks
