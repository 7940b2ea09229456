"""Experiments side by side: which is best, where that can be said, and in what they differ."""

from __future__ import annotations

import dataclasses

import pytest

from lumina_jupyter.automl.register.comparison import Difference, compare
from lumina_jupyter.automl.register.entry import Entry
from lumina_jupyter.errors import SettingUnusable

SHORT = Entry(
    id="1",
    name="short",
    owner="",
    origin="here",
    began_at=1_795_353_375.5,
    task="binary",
    target="churn",
    metric="roc_auc",
    greater_is_better=True,
    score=0.8,
    skill=True,
    verdict="The model is better than the naive one, beyond noise.",
    models={"linear": 1.0},
    trials=3,
    rows=400,
    columns=4,
    data_hash="3ccdee0c7679f399",
    seconds=9.1,
    parameters={"name": "short", "time_budget": 10},
    versions={"pandas": "3.1.1"},
)


def like(name: str, entry: Entry = SHORT, **changes: object) -> Entry:
    parameters = {**entry.parameters, "name": name}
    return dataclasses.replace(entry, **{"name": name, "parameters": parameters, **changes})  # type: ignore[arg-type]  # each test names fields


LONG = like("long", score=0.912345, seconds=60.0, trials=20, models={"lightgbm": 1.0}, verdict="Other.")


def test_the_best_is_told_with_the_one_behind_it() -> None:
    found = compare([SHORT, like("middle", score=0.85), LONG, like("none", score=None)])
    assert [each.name for each in found.experiments] == ["short", "middle", "long", "none"]
    assert found.best == "long"
    assert found.text == "long is best: roc_auc 0.91234, before middle with 0.85."
    # What they have found is no difference, and neither is their name.
    assert found.differences == []


def test_of_a_loss_the_smaller_is_better() -> None:
    losses = [
        dataclasses.replace(each, metric="log_loss", greater_is_better=False)
        for each in (LONG, SHORT, like("none", score=None))
    ]
    assert compare(losses).text == "short is best: log_loss 0.8, before long with 0.91234."
    assert compare(losses).best == "short"


def test_a_score_of_nought_is_a_score() -> None:
    worse, nought = like("worse", score=-0.5, metric="r2"), like("nought", score=0.0, metric="r2")
    better = like("better", score=0.25, metric="r2")
    assert compare([worse, nought]).best == "nought"
    assert compare([nought, better]).text == "better is best: r2 0.25, before nought with 0."


def test_equals_are_told_as_equals() -> None:
    assert compare([SHORT, like("another")]).text == "short and another are equally good: roc_auc 0.8."


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (
            like("other", LONG, metric="log_loss"),
            "Their scores can't be compared: they are of different metrics (roc_auc, log_loss).",
        ),
        (
            like("other", LONG, data_hash="x"),
            "Their scores can't be compared: they searched in different tables, or the table has changed.",
        ),
        (like("other", score=None), "There are no two scores to compare."),
    ],
)
def test_where_none_is_best_it_is_said_why(other: Entry, why: str) -> None:
    found = compare([SHORT, other])
    assert (found.best, found.text) == ("", why)


def test_they_differ_in_what_was_given_and_with_what_it_was_searched() -> None:
    other = dataclasses.replace(
        SHORT,
        task="multiclass",
        target="plan",
        metric="accuracy",
        rows=5,
        columns=6,
        data_hash="x",
        parameters={"name": "other", "time_budget": 60, "folds": 3},
        versions={"pandas": "3.1.1", "jax": "0.10"},
    )
    assert compare([SHORT, SHORT, other]).differences == [
        Difference(what="task", values=["binary", "binary", "multiclass"]),
        Difference(what="target", values=["churn", "churn", "plan"]),
        Difference(what="metric", values=["roc_auc", "roc_auc", "accuracy"]),
        Difference(what="rows", values=[400, 400, 5]),
        Difference(what="columns", values=[4, 4, 6]),
        Difference(what="data_hash", values=["3ccdee0c7679f399", "3ccdee0c7679f399", "x"]),
        Difference(what="parameters.time_budget", values=[10, 10, 60]),
        Difference(what="parameters.folds", values=[None, None, 3]),
        Difference(what="versions.jax", values=[None, None, "0.10"]),
    ]


def test_one_alone_is_not_compared() -> None:
    with pytest.raises(SettingUnusable, match="can't be compared") as caught:
        compare([SHORT])
    assert "two experiments or more" in caught.value.hint
