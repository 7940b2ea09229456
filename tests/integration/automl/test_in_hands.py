"""`AutoML` in the hands of people who know scikit-learn: columns by their names, and estimators inside others."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import cross_validate

from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.errors import DataUnusable, ExperimentMissing, LuminaError, SettingUnusable

from .tables import prices

DOCUMENT = (Path(__file__).parents[3] / "docs" / "automl-reference.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Names that are numbers, as of a file without a head, and a column of weights."""
    frame = prices(200)
    frame.columns = pd.Index([0, 1, 2])
    return frame.assign(weight=np.where(frame[1] > 3, 1.0, 0.2))


@pytest.fixture(scope="module")
def fitted(data_folder: object, table: pd.DataFrame) -> AutoML:
    model = AutoML(time_budget=3000, max_trials=3, families=["linear"], folds=2, n_jobs=1, verbose=0)
    return model.fit(table, 2, sample_weight="weight")


def test_columns_go_by_their_names_wherever_rows_are_given(fitted: AutoML, table: pd.DataFrame) -> None:
    assert [column.name for column in fitted.schema_.columns] == ["0", "1"]
    assert (fitted.task_.target, fitted.task_.kind) == ("2", "regression")
    features, target = table[[0, 1]], table[2]
    told = fitted.score(features, target)
    assert told == fitted.score(table) == fitted.score(table, 2) == fitted.score(features, target.to_frame())
    assert told == fitted.score(features.to_numpy(), target), "Without names columns go by their places."
    weighted = fitted.score(table, sample_weight="weight")
    assert weighted == fitted.score(features, target, table["weight"]) != told
    assert len(fitted.explain(table).rows) == 200
    again = AutoML.open(fitted.experiment_.name).refit(table, sample_weight="weight")
    assert again.score(table) > 2 * told, "An error below twice that of the folds."
    assert (again.predict(features.iloc[:, ::-1]) == again.predict(table)).all()


def test_what_can_not_be_done_is_told_before_anything_is_done(fitted: AutoML, table: pd.DataFrame) -> None:
    refused: dict[str, tuple[type[LuminaError], Callable[[], object]]] = {
        "no such column": (SettingUnusable, lambda: AutoML(verbose=0).fit(table, 2, sample_weight="wait")),
        "no column '7'": (DataUnusable, lambda: AutoML(verbose=0).fit(table, 7)),
        "no number of seconds": (SettingUnusable, lambda: AutoML(time_budget="a minute").fit(table, 2)),  # type: ignore[arg-type]
        "time_budget=None": (SettingUnusable, lambda: AutoML(time_budget=None).fit(table, 2)),  # type: ignore[arg-type]
        "is a loss by its name": (SettingUnusable, lambda: AutoML(metric=mean_error, verbose=0).fit(table, 2)),
        "not as many|expected": (DataUnusable, lambda: fitted.score(table, sample_weight=[1.0])),
        "Weights belong to the rows": (SettingUnusable, lambda: fitted.refit(sample_weight=table["weight"])),
        "has no column '2'": (DataUnusable, lambda: fitted.score(table[[0, 1]])),
        "no experiment named 5": (ExperimentMissing, lambda: AutoML.open(5)),  # type: ignore[arg-type]
    }
    for message, (kind, act) in refused.items():
        with pytest.raises(kind, match=message) as caught:
            act()
        assert caught.value.hint, message


def test_clones_of_a_named_one_have_experiments_of_their_own(table: pd.DataFrame) -> None:
    model = AutoML(
        "regression", name="two", time_budget=3000, max_trials=2, families=["linear"], folds=2, n_jobs=1, verbose=0
    )
    found = cross_validate(model, table[[0, 1]], table[2], cv=2, return_estimator=True, error_score="raise")
    first, second = found["estimator"]
    assert [first.experiment_.name, second.experiment_.name] == ["two", "two-2"]
    assert any("'two-2'" in text for text in second.told_)
    assert not any("'two" in text for text in first.told_)
    assert Experiment.open("two-2").is_named()
    again = AutoML.open("two")
    assert np.allclose(again.predict(table), first.predict(table)), "It is as it was."
    with pytest.raises(SettingUnusable, match="There is an experiment named 'two' already"):
        model.fit(table, 2)


def mean_error(truth: Any, prediction: Any) -> float:
    return float(np.mean(truth - prediction))


def test_the_example_of_a_pipeline_in_a_cross_validation_runs() -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    for before, after in {
        "time_budget=20": 'time_budget=3000, max_trials=3, families=["linear"], n_jobs=1, folds=2',
        "cv=3": "cv=2",
    }.items():
        assert before in example
        example = example.replace(before, after)
    names: dict[str, Any] = {}
    exec(compile(example, "automl-reference.md", "exec"), names)
    assert names["scores"].min() > 0.95
