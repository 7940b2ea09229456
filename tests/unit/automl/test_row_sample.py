"""Of a table that is too large for the memory some rows are taken, in the way in which models are to be judged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.fitting.preparation import prepare
from lumina_jupyter.automl.fitting.row_sample import COPIES, bytes_of_row
from lumina_jupyter.automl.progress import Decided, SearchEvent
from lumina_jupyter.automl.resources import share_memory
from lumina_jupyter.errors import DataUnusable, SettingUnusable

ROWS, WANTED = 2_000, 500


def table(**columns: Any) -> pd.DataFrame:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(ROWS, 3)), columns=list("abc"))
    return frame.assign(**columns, y=np.where(random.random(ROWS) < 0.1, "rare", "usual"))


def prepared(frame: pd.DataFrame, room: float, **settings: Any) -> tuple[Problem, list[str]]:
    said: list[SearchEvent] = []
    given = dict.fromkeys(("kinds", "groups", "time", "folds", "weights"))
    problem = prepare(
        frame, "y", kind=None, quantiles=(), seed=0, room=int(room), say=said.append, **{**given, **settings}
    )
    return problem, [event.text for event in said if isinstance(event, Decided) and event.setting == "memory_budget"]


def room_for(rows: int, frame: pd.DataFrame) -> float:
    return COPIES * bytes_of_row(frame.drop(columns="y")) * (rows + 0.5)


def test_by_chance_every_class_keeps_its_share_and_weights_stay_with_their_rows() -> None:
    frame = table()
    problem, told = prepared(frame, room_for(WANTED, frame), weights=frame["a"].abs())
    assert len(problem.features) == pytest.approx(WANTED, abs=1)
    assert f"{len(problem.features)} of 2,000 rows are taken, drawn by chance, of every class its share" in told[0]
    assert np.mean(problem.target == 0) == pytest.approx((frame["y"] == "rare").mean(), abs=0.005)
    assert problem.weights is not None
    assert np.array_equal(problem.weights, problem.features["a"].abs())
    assert problem.schema.rows == len(problem.features)
    everything, told = prepared(frame, room_for(ROWS, frame))
    assert (len(everything.features), told) == (ROWS, [])


def test_of_rows_in_order_of_time_the_latest() -> None:
    days = pd.date_range("2020-01-01", periods=ROWS, freq="h")
    shuffled = table(day=days).sample(frac=1, random_state=1)
    problem, told = prepared(shuffled, room_for(WANTED, shuffled))
    assert (problem.validation.kind, problem.validation.by) == ("forward", "day")
    assert set(problem.features["day"]) == set(days[-WANTED:])
    assert "the latest by 'day'" in told[0]
    numbered = table(d=np.arange(ROWS) / 10)
    problem, _ = prepared(numbered, room_for(WANTED, numbered), time=True)
    assert problem.features["d"].tolist() == (np.arange(ROWS)[-WANTED:] / 10).tolist()
    given = pd.Series(-np.arange(ROWS), name="age")
    problem, told = prepared(numbered, room_for(WANTED, numbered), time=given)
    assert problem.features["d"].max() < WANTED / 10, "The first rows are the latest."
    assert "the latest" in told[0]


@pytest.mark.parametrize("given", ["found", "named", "values"])
def test_groups_are_taken_as_a_whole(given: str) -> None:
    names = np.random.default_rng(1).permutation(np.arange(ROWS) // 8)
    frame = table(**({} if given == "values" else {"customer_id": names}))
    groups = {"found": None, "named": "customer_id", "values": names}[given]
    # The column of groups tells which rows were taken.
    problem, told = prepared(
        frame.assign(row=np.arange(ROWS) * 0.5), room_for(WANTED, frame.assign(row=0.5)), groups=groups
    )
    taken = (problem.features["row"] * 2).astype(int)
    assert problem.validation.kind == "grouped"
    assert WANTED - 16 <= len(taken) <= WANTED
    assert set(np.bincount(names[taken])) == {0, 8}
    assert "of 250 groups by chance, each as a whole" in told[0]


def test_what_can_not_be_done_is_an_error_with_a_hint() -> None:
    frame = table()
    with pytest.raises(DataUnusable, match="enough for 50 rows only") as few:
        prepared(frame, room_for(50, frame))
    with pytest.raises(SettingUnusable, match="names rows by their positions") as positions:
        prepared(frame, room_for(WANTED, frame), folds=[(np.arange(100), np.arange(100, 200))])
    with pytest.raises(SettingUnusable, match="takes 250 MB whatever the table") as small:
        share_memory(4_000, 2, 1)
    for caught in (few, positions, small):
        assert "bytes" in caught.value.hint


def test_little_memory_is_for_fewer_workers() -> None:
    assert share_memory(1_200_000_000, 2, 1) == (2, 1, 500_000_000)
    assert share_memory(400_000_000, 4, 1) == (1, 4, 200_000_000)
