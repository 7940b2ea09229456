"""A run is taken back and brought again: cells, files and variables; what people did since stays."""

from __future__ import annotations

from typing import Any

import pytest

from lumina_jupyter.agent import RunRequest, Step
from lumina_jupyter.agent.run_events import CheckpointMade, StepEnded, StepRedone, StepUndone
from lumina_jupyter.errors import NotFound

from .conftest import MakeDesk, until
from .scripted import add, plan, run_of
from .test_stopping import SLEEP

BEFORE = (
    "import threading\ntable = {'a': [1, 2]}\nsame = table\ncount = 1\ngone = 'here'\n"
    "lock = threading.Lock()\nlarge = bytearray(9_000_000)\ndef f():\n    return 1\ntyped = 5"
)
CHANGES = (
    "table['a'].append(3)\ncount += 41\ndel gone\nfresh = 7\ntyped = 6\nkept = 1\nlarge[0] = 1\n"
    "def f():\n    return 2\nprint(count)"
)
SEEN = "print([table, table is same, count, 'gone' in dir(), 'fresh' in dir(), f(), typed, 'kept' in dir()])"


def file(id: str, tool: str, **arguments: str) -> Step:
    return Step(id=id, title=tool, tool=tool, arguments=arguments)


async def test_a_run_is_undone_over_cells_files_and_variables_and_people_keep_theirs(desk: MakeDesk) -> None:
    here = await desk(BEFORE, "to go = 'away'", checkpoint_mb=4.0)
    first = here.notebook.on_disk()["cells"]
    (here.root / "old.txt").write_text("old")
    (here.root / "edited.txt").write_text("before")
    ran = await here.done(plan(Step(id="0", title="First", tool="run_cell", arguments={"cell_id": first[0]["id"]})))
    assert ran.state == "done"
    was = [{"a": [1, 2]}, True, 1, True, False, 1, 5, False]
    assert await here.kernel(SEEN) == was
    run = await here.done(
        plan(
            add("a", CHANGES),
            run_of(),
            file("w", "write_file", path="new.txt", content="new"),
            file("e", "write_file", path="edited.txt", content="after"),
            file("d", "delete_file", path="old.txt"),
            Step(id="c", title="Delete", tool="delete_cell", arguments={"cell_id": first[1]["id"]}),
        )
    )
    assert run.state == "done", run.why
    assert run.report is not None
    changed = [{"a": [1, 2, 3]}, True, 42, False, True, 2, 6, True]
    assert await here.kernel(SEEN) == changed
    made = {each.step: each for each in await here.of(run.id, CheckpointMade)}
    # What cannot be brought back is said before it is changed, and in the report.
    lost = " ".join(made["r"].not_covered)
    assert "lock" in lost
    assert "large: too large to be kept" in lost
    assert set(made["r"].not_covered) <= set(run.report.not_covered)
    assert any("as a whole" in each for each in made["c"].covers)
    moments = await here.engine.history.moments(here.notebook.name)
    assert [each.run for each in moments if each.reason == "before_run"].count(run.id) >= 2
    # Then a person types on, and gives names other values.
    here.room.ycells[0]["source"].insert(0, "# hers\n")
    here.room.ycells[1]["source"].insert(0, "# hers, too\n")
    assert await here.kernel("typed = 'hers'\nkept = 'hers'\nprint(1)") == 1
    (here.root / "new.txt").write_text("hers now")
    undone = await here.agents.undo(run.id, by="Ada")
    assert undone.state == "undone"
    assert here.cells[0] == "# hers\n" + BEFORE
    assert "to go = 'away'" in here.cells
    assert "# hers, too" in "".join(here.cells)
    assert CHANGES not in "".join(here.cells)
    assert (here.root / "old.txt").read_text() == "old"
    assert (here.root / "edited.txt").read_text() == "before"
    assert (here.root / "new.txt").read_text() == "hers now"
    assert await here.kernel(SEEN) == [{"a": [1, 2]}, True, 1, True, False, 1, "hers", True]
    assert await here.kernel("print([typed, kept])") == ["hers", "hers"]
    for told in ("new.txt", "typed", "kept"):
        assert told in undone.why, told
    assert len(await here.of(run.id, StepUndone)) == 6
    with pytest.raises(NotFound):
        await here.agents.undo(run.id, by="Ada")
    # And brought again, and one step of it taken back.
    redone = await here.agents.redo(run.id, by="Ada")
    assert redone.state == "done"
    assert not (here.root / "old.txt").exists()
    assert (here.root / "edited.txt").read_text() == "after"
    assert "to go = 'away'" not in here.cells
    assert (await here.kernel(SEEN))[:6] == changed[:6]
    assert len(await here.of(run.id, StepRedone)) == 6
    again = await here.agents.undo(run.id, step="e", by="Ada")
    assert again.state == "done"
    assert (here.root / "edited.txt").read_text() == "before"
    assert not (here.root / "old.txt").exists()
    # In reverse, the last run of the notebook that is not undone is taken back.
    back = await here.agents.start(RunRequest(words="", notebook=here.notebook.name, gear="reverse", user="ada"))
    assert (back.id, back.state) == (run.id, "undone")
    assert (here.root / "old.txt").read_text() == "old"


async def test_a_stopped_step_is_undone_with_its_variables_and_a_kernel_that_is_another_is_told(desk: MakeDesk) -> None:
    here = await desk("x = 1")
    first = here.notebook.on_disk()["cells"][0]["id"]
    await here.done(plan(Step(id="0", title="First", tool="run_cell", arguments={"cell_id": first})))
    run = await here.begin(plan(add("a", f"x = 2\n{SLEEP}"), run_of()))
    await here.asked(run.id)
    await here.decide(run.id)

    async def begun() -> bool:
        return "said" in await here.names(run.id)

    await until(begun)

    async def running() -> bool:
        return any(text.startswith("x = 2") for text in here.cells) and "said" in await here.names(run.id)

    await until(running)
    stopped = await here.agents.stop(run.id, "Ada")
    assert stopped.state == "stopped"
    assert (await here.of(run.id, StepEnded))[-1].status == "stopped"
    undone = await here.agents.undo(run.id, by="Ada")
    assert undone.state == "undone", undone
    assert here.cells == ["x = 1"]
    assert await here.kernel("print(x)") == 1
    # A step whose kernel was restarted since.
    run = await here.done(plan(add("b", "x = 3"), run_of("b")))
    manager: Any = here.notebook.face.app.kernel_manager
    (kernel_id,) = manager.list_kernel_ids()
    await manager.restart_kernel(kernel_id)
    undone = await here.agents.undo(run.id, by="Ada")
    assert here.cells == ["x = 1"]
    assert "restarted" in undone.why
