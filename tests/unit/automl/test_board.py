"""The board of a search: the same order and figures for everybody who shows it, whatever comes in whatever state."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as some

from lumina_jupyter.automl.candidate import Candidate, FoldResult, Trial
from lumina_jupyter.automl.progress import (
    BestImproved,
    Decided,
    EnsembleMade,
    StageBegan,
    TrialBegan,
    TrialChanged,
    Warned,
)
from lumina_jupyter.automl.showing.board import Board
from lumina_jupyter.automl.showing.html import MOST_ROWS, board_html, shown_number, shown_seconds


def board(*, greater: bool = True) -> Board:
    return Board(name="churn", metric="roc_auc" if greater else "rmse", greater_is_better=greater, budget=60.0)


def trial(
    number: int, *scores: float, state: str = "done", family: str = "linear", origin: str = "search"
) -> TrialChanged:
    folds = tuple(FoldResult(fold=fold, score=score, seconds=0.5) for fold, score in enumerate(scores))
    candidate = Candidate(family=family, origin=origin)  # type: ignore[arg-type]  # one of the names that there are
    made = Trial(number=number, candidate=candidate, state=state, folds=folds)  # type: ignore[arg-type]  # likewise
    return TrialChanged(trial=made, seconds=float(number))


def test_losses_are_positive_and_the_smallest_is_the_best() -> None:
    shown = board(greater=False)
    for event in (
        trial(0, -9.0, -11.0),
        trial(1, -4.0, -6.0),
        trial(2, -1.0, state="pruned"),
        trial(3, state="running"),
    ):
        shown.take(event)
    assert [(row.number, row.score) for row in shown.ranking()] == [(1, 5.0), (0, 10.0), (3, None), (2, 1.0)]
    assert shown.best is not None
    assert shown.best.number == 1
    assert shown.rows[0].spread == shown.rows[1].spread > 1.4
    assert shown.rows[1].seconds == 1.0


def test_a_part_of_the_rows_never_beats_all_of_them() -> None:
    shown = board()
    shown.take(trial(0, 0.8))
    part = trial(1, 0.9).trial
    shown.take(TrialChanged(trial=replace(part, rows=0.25), seconds=2.0))
    assert [row.number for row in shown.ranking()] == [0, 1]
    assert shown.best is not None
    assert shown.best.number == 0


def test_a_blend_marks_its_members_and_an_end_ends() -> None:
    shown = board()
    shown.take(TrialBegan(number=0, candidate=Candidate(family="linear"), seconds=0.1))
    assert shown.rows[0].state == "running"
    shown.take(trial(0, 0.8))
    shown.take(trial(1, 0.7))
    shown.take(BestImproved(number=0, score=0.8, seconds=1.0))
    shown.take(EnsembleMade(weights={0: 0.75, 1: 0.25}, score=0.81, seconds=2.0))
    shown.take(EnsembleMade(weights={0: 1.0}, score=0.82, seconds=3.0))
    assert [row.weight for row in shown.ranking()] == [1.0, 0.0]
    before = shown.ended
    shown.take(StageBegan(stage="stopped", text="Stopped; the best so far is kept.", seconds=4.0))
    assert (before, shown.ended, shown.seconds) == (False, True, 4.0)


states = some.sampled_from(["running", "done", "pruned", "failed"])
scores = some.lists(some.floats(-1e9, 1e9), max_size=4)


@given(some.lists(some.tuples(some.integers(0, 6), scores, states), max_size=25), some.booleans())
def test_whatever_comes_is_in_order_and_can_be_sent(told: list[tuple[int, list[float], str]], greater: bool) -> None:
    shown = board(greater=greater)
    for number, found, state in told:
        shown.take(trial(number, *found, state=state))
    done = [row.score for row in shown.ranking() if row.state == "done" and row.score is not None]
    assert done == sorted(done, reverse=greater)
    assert json.loads(json.dumps(shown.snapshot()))["rows"] == shown.snapshot()["rows"]
    assert board_html(shown).count("<tr>") == min(MOST_ROWS, len(shown.rows)) + bool(shown.rows)


def test_html_shows_names_and_warnings_as_text() -> None:
    shown = board()
    shown.name = "<script>a</script>"
    shown.take(Warned(text="<b>leak</b>"))
    shown.take(Decided(text="x", setting="folds"))
    for number, score in enumerate((0.5, 0.8, 0.82)):
        shown.take(trial(number, score, family="<i>"))
        shown.take(BestImproved(number=number, score=score, seconds=float(number)))
    html = board_html(shown)
    assert "<script" not in html
    assert "<b>leak" not in html
    assert "<i>" not in html
    assert "polyline" in html
    assert re.search(r"0\.8200", html)


def test_numbers_and_times_are_short_and_say_something() -> None:
    shown = {
        0.0: "0.0000",
        0.5: "0.5000",
        -12.3456: "-12.35",
        26574.2: "26,574",
        0.00012345: "0.000123",
        2e12: "2.000e+12",
    }
    assert {value: shown_number(value) for value in shown} == shown
    assert [
        shown_number(value, like) for value, like in ((None, 1.0), (0.004, 0.9), (0.004, 30.0), (3e-6, 1.2e-4))
    ] == [*("", "0.0040", "0.00", "0.000003")]
    times = {0.0: "0 s", 59.7: "1 min", 119.7: "2 min", 125.0: "2 min 5 s", 3000.0: "50 min", 5400.0: "1 h 30 min"}
    assert {seconds: shown_seconds(seconds) for seconds in times} == times
