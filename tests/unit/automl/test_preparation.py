"""What a search is told of a table before anything is trained: what was decided for it, and what would mislead it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.fitting.preparation import prepare
from lumina_jupyter.automl.progress import Decided, SearchEvent, Warned

ROWS = 300


def prepared(frame: pd.DataFrame, **settings: Any) -> tuple[Problem, list[Decided], list[str]]:
    said: list[SearchEvent] = []
    given = dict.fromkeys(("kinds", "groups", "time", "folds", "weights"))
    problem = prepare(frame, "left", kind=None, quantiles=(), seed=0, say=said.append, **{**given, **settings})
    decided = [event for event in said if isinstance(event, Decided)]
    return problem, decided, [event.text for event in said if isinstance(event, Warned)]


def test_the_order_of_time_and_columns_that_tell_the_target_are_told_before_anything_is_trained() -> None:
    random = np.random.default_rng(0)
    left = random.choice(["no", "yes"], ROWS)
    frame = pd.DataFrame(
        {
            "day": pd.date_range("2024-01-01", periods=ROWS),
            "size": random.normal(size=ROWS),
            "same": "x",
            "farewell": pd.Series(random.choice(["letter", "call"], ROWS)).where(left == "yes"),
            "left": left,
        }
    )
    problem, decided, warned = prepared(frame)
    told = {event.setting: event.text for event in decided}
    assert (problem.validation.kind, problem.validation.by) == ("forward", "day")
    assert told["folds"] == problem.validation.told
    assert "'day'" in told["folds"]
    assert any("'same'" in event.text for event in decided if event.setting == "kinds")
    assert told["task"]
    (leak,) = warned
    assert "'farewell'" in leak

    # What users say goes first, and an honest table has no warning.
    problem, decided, warned = prepared(frame.drop(columns="farewell"), time=False, folds=3)
    assert (problem.validation.kind, len(problem.validation.folds), warned) == ("stratified", 3, [])
    assert "3 folds by chance" in {event.setting: event.text for event in decided}["folds"]


def test_weights_stay_with_their_rows_where_rows_have_no_target() -> None:
    frame = pd.DataFrame({"size": np.arange(ROWS) / 7, "left": np.where(np.arange(ROWS) % 3, "yes", "no")})
    frame.loc[5:14, "left"] = None
    problem, decided, _ = prepared(frame, weights=np.arange(ROWS) + 1.0, time=False)
    assert "10 of 300 rows are left out" in " ".join(event.text for event in decided)
    assert problem.weights is not None
    assert np.allclose(problem.weights, problem.features["size"] * 7 + 1)
    assert np.array_equal(problem.target, (np.arange(ROWS) % 3 > 0)[problem.weights.astype(int) - 1])
