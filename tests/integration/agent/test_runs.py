"""Runs from their words to their report: edited, run, checked, mended, refused, limited, and all of it in the log."""

from __future__ import annotations

from lumina_jupyter.agent import Check

from .conftest import MakeDesk
from .scripted import RUNS, add, plan, run_of


async def test_a_run_edits_runs_checks_and_answers(desk: MakeDesk) -> None:
    here = await desk("x = 20")
    here.mind.texts = ["y = 21 * 2\nprint(y)"]
    check = Check(kind="assert", text="y == 42")
    view = await here.done(plan(add(), run_of(check=check), answers=True), gear="3")
    assert view.state == "done", view
    assert view.report is not None
    assert view.report.answer == "It is done."
    assert view.report.outcome == "done"
    assert here.cells == ["x = 20", "y = 21 * 2\nprint(y)"]
    assert view.input_tokens == 40
    names = await here.names(view.id)
    print(names)
    print(view)
