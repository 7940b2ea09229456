"""Code that is rewritten does what it did: seen in what cells show and in what the kernel holds, not in what a model says."""

from __future__ import annotations

from lumina_jupyter.agent import Check, Step
from lumina_jupyter.agent.run_events import Recovering, StepChecked, StepEnded

from .conftest import Desk, MakeDesk
from .scripted import plan

TOTAL = "rows = [1, 2, 3]\ntotal = 0\nfor row in rows:\n    total += row\nprint('total', total)"
MEAN = "mean = total / len(rows)\nprint(mean)"
BETTER = "rows = [1, 2, 3]\ntotal = sum(rows)\nprint('total', total)"


def ids(here: Desk) -> list[str]:
    return [str(cell["id"]) for cell in here.room.ycells]


def rewrite(here: Desk, cell: int, *others: int) -> Step:
    known = ids(here)
    return Step(
        id="edit",
        title="Rewrite",
        tool="edit_cell",
        arguments={"cell_id": known[cell]},
        writes="the code",
        check=Check(kind="same", text=" ".join(known[each] for each in others)),
    )


async def run_all(here: Desk, *cells: int) -> None:
    known = ids(here)
    steps = [
        Step(id=f"r{each}", title="Run", tool="run_cell", arguments={"cell_id": known[each]}, check=Check(kind="runs"))
        for each in cells
    ]
    view = await here.done(plan(*steps))
    assert view.state == "done", view.why


async def test_what_is_rewritten_shows_and_leaves_what_it_did_or_is_written_again(desk: MakeDesk) -> None:
    here = await desk(TOTAL, MEAN, "count = 5", "count += 1\nprint(count)", "open('made.txt', 'a').write('once')")
    await run_all(here, 0, 1, 2)

    async def rewritten(*texts: str, cell: int = 0, others: tuple[int, ...] = (1,)) -> tuple[str, list[str], list[str]]:
        """How the run ended, what its checks said, and with which faults the model was asked again."""
        here.mind.texts, here.mind.asked = list(texts), []
        view = await here.done(plan(rewrite(here, cell, *others)))
        said = [each.detail for each in await here.of(view.id, StepChecked) if not each.detail.startswith("Read back")]
        return view.state, said, [fault for what, fault in here.mind.asked if what == "write" and fault]

    # It is the same: the outputs of both cells and the values.
    state, said, faults = await rewritten(BETTER)
    assert (state, faults) == ("done", [])
    assert said == ["As before: the outputs of 2 cells are the same, and `rows`, `total` have the same value."]
    # It runs and shows something else: that is a fault, and the next text is measured by the first output again.
    state, said, faults = await rewritten(BETTER.replace("sum", "max"), TOTAL)
    assert (state, len(faults)) == ("done", 1)
    assert "The cell does not show the same as before.\nBefore:\ntotal 6\nNow:\ntotal 3" in faults[0]
    assert here.cells[0] == TOTAL
    # A notebook whose values are not to be seen tells none to a model.
    here.engine.settings.variable_policy = "schema-only"
    state, said, faults = await rewritten(BETTER.replace("sum", "max"), BETTER)
    assert (state, "does not show the same" in faults[0], "total 6" in faults[0]) == ("done", True, False)
    here.engine.settings.variable_policy = "values"
    # It shows the same and leaves something else; or what another cell needs is gone. Nothing of it stays.
    state, said, faults = await rewritten(BETTER.replace("[1, 2, 3]", "(1, 2, 3)"), "print('total', 6)")
    assert state == "failed"
    assert "`rows` was [1, 2, 3], is (1, 2, 3)" in faults[0]
    assert any("It does not define `rows`, `total` any more, which other cells use." in each for each in said)
    assert here.cells[0] == BETTER
    assert await here.kernel("print([rows, total])") == [[1, 2, 3], 6]
    # What goes on from itself, or has not run, is run once as it is, and its variables are brought back.
    state, said, faults = await rewritten("count = count + 2\nprint(count)", "count = count + 1\nprint(count)", cell=3)
    assert state == "done"
    assert "Before:\n6\nNow:\n7" in faults[0]
    assert await here.kernel("print(count)") == 6
    # What would do more than set variables is not run for that, and it is said that nothing was compared.
    state, said, faults = await rewritten(
        "with open('made.txt', 'a') as made:\n    made.write('once')", cell=4, others=()
    )
    assert (state, faults) == ("done", [])
    assert "is not compared: it was not run before" in said[-1]
    assert (here.root / "made.txt").read_text() == "once"


async def test_a_refusal_ends_it_before_anything_is_rewritten(desk: MakeDesk) -> None:
    here = await desk("count = 5\nprint(count)")
    here.mind.texts = ["count = 6 - 1\nprint(count)"]
    run = await here.begin(plan(rewrite(here, 0)))
    await here.asked(run.id)
    await here.decide(run.id, "deny")
    view = await here.ended(run.id, grants=False)
    assert (view.state, here.cells) == ("stopped", ["count = 5\nprint(count)"])
    assert [each.status for each in await here.of(run.id, StepEnded)] == ["refused"]
    assert not await here.of(run.id, Recovering)
