"""Folds fit the data: classes, groups and the order of time, which is found where nobody says it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sklearn.model_selection import KFold

from lumina_jupyter.automl.splitting import choice, choose_validation, folds
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.automl.tables.target import read_target
from lumina_jupyter.automl.validation import Validation
from lumina_jupyter.errors import DataUnusable, SettingUnusable

ROWS = 600
RANDOM = np.random.default_rng(1)


def chosen(frame: pd.DataFrame, y: Any, **settings: Any) -> Validation:
    target = read_target(y, rows=len(frame))
    made = choose_validation(frame, target.values, infer_schema(frame), target.task, **settings)
    for fold in made.folds:
        assert len(fold.train)
        assert len(fold.test)
        assert not set(fold.train.tolist()) & set(fold.test.tolist())
    return made


def noise(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"noise": RANDOM.normal(size=ROWS), "more": RANDOM.normal(size=ROWS), **columns})


@given(some.lists(some.integers(0, 4), min_size=5, max_size=60), some.integers(2, 5), some.integers(0, 9))
def test_every_model_sees_every_class_and_shares_are_alike(codes: list[int], number: int, seed: int) -> None:
    classes = np.unique(codes, return_inverse=True)[1].astype(np.intp)
    counts = np.bincount(classes)
    made = folds.stratified(classes, number, seed)
    for fold in made:
        assert set(classes[fold.train]) == set(classes)
        held = np.bincount(classes[fold.test], minlength=len(counts))
        assert (held <= np.ceil(counts / number)).all()
    tested = [row for fold in made for row in fold.test.tolist()]
    assert sorted(tested) == [row for row, code in enumerate(classes) if counts[code] > 1]


@given(some.lists(some.integers(0, 9), min_size=4, max_size=60), some.integers(2, 5))
def test_groups_are_never_parted_and_moments_never_mixed(values: list[int], number: int) -> None:
    codes = np.unique(values, return_inverse=True)[1].astype(np.intp)
    for fold in folds.grouped(codes, number, 0):
        assert not set(codes[fold.train]) & set(codes[fold.test])
    moments = np.asarray(values, dtype=float)
    for fold in folds.forward(moments, number):
        assert moments[fold.train].max() < moments[fold.test].min()


def test_numbers_are_spread_alike_over_folds() -> None:
    made = chosen(noise(), RANDOM.lognormal(size=ROWS))
    assert made.kind == "k-fold"
    values = np.random.default_rng(0).lognormal(size=ROWS)
    means = [values[fold.test].mean() for fold in folds.levelled(values, 5, 0)]
    assert np.ptp(means) < 0.1


@pytest.mark.parametrize(
    ("columns", "by", "told"),
    [
        ({"day": pd.date_range("2024-01-01", periods=ROWS)}, "day", "and the rows are in its order"),
        ({"when": RANDOM.permutation(pd.date_range("2024-01-01", periods=ROWS))}, "when", "though the rows are not"),
        ({"sold": [f"{day:%d.%m.%Y}" for day in pd.date_range("2024-01-01", periods=ROWS)]}, "sold", "in its order"),
        ({"year": np.repeat([2022, 2023, 2024], ROWS // 3)}, "year", "counts time"),
        ({"hr": np.arange(ROWS) % 24}, "", "'hr' goes round like a clock"),
        (
            {f"sensor{number}": np.cumsum(RANDOM.normal(size=ROWS)) for number in range(5)},
            "",
            "much like the row before",
        ),
    ],
)
def test_the_order_of_time_is_found_and_told(columns: dict[str, Any], by: str, told: str) -> None:
    frame = noise(**columns)
    made = chosen(frame, RANDOM.normal(size=ROWS))
    assert (made.kind, made.by) == ("forward", by)
    assert told in made.told
    when = pd.to_datetime(frame[by], dayfirst=True) if by else pd.Series(np.arange(ROWS))
    for fold in made.folds:
        assert when.iloc[fold.train].max() < when.iloc[fold.test].min()
    assert chosen(frame, RANDOM.normal(size=ROWS), time=False).kind == "k-fold"


def test_a_clock_that_runs_backwards_has_the_latest_row_first() -> None:
    made = chosen(noise(hr=np.arange(ROWS)[::-1] % 24), RANDOM.normal(size=ROWS))
    assert made.kind == "forward"
    assert made.folds[0].train.min() > made.folds[0].test.max()


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        ({"birthday": pd.date_range("1960-01-01", periods=ROWS)}, RANDOM.normal(size=ROWS)),
        ({"day": RANDOM.integers(1, 31, ROWS)}, RANDOM.normal(size=ROWS)),
        ({"age": np.sort(RANDOM.normal(size=ROWS))}, RANDOM.normal(size=ROWS)),
        # Sorted by the target, as tables often are: neighbours are alike for no other reason.
        ({f"n{each}": np.arange(ROWS) + RANDOM.normal(size=ROWS) for each in range(6)}, np.arange(ROWS) / 7),
        ({f"n{each}": np.repeat(RANDOM.normal(size=10), 60) for each in range(6)}, np.repeat(list("abcdefghij"), 60)),
    ],
)
def test_rows_that_are_in_no_order_of_time_are_drawn_by_chance(columns: dict[str, Any], target: Any) -> None:
    assert chosen(noise(**columns), target).kind in ("k-fold", "stratified")


def test_rows_of_one_customer_stay_together_without_being_told() -> None:
    frame = noise(customer_id=RANDOM.integers(0, 120, ROWS))
    made = chosen(frame, RANDOM.normal(size=ROWS))
    assert (made.kind, made.by) == ("grouped", "customer_id")
    assert "never part a group" in made.told
    assert chosen(frame, RANDOM.normal(size=ROWS), groups=False).kind == "k-fold"
    assert chosen(noise(), RANDOM.normal(size=ROWS), groups=np.arange(ROWS) % 7).kind == "grouped"


def test_what_users_say_goes_first() -> None:
    frame = noise(shop=np.arange(ROWS) % 9, day=pd.date_range("2024-01-01", periods=ROWS))
    y = RANDOM.normal(size=ROWS)
    assert chosen(frame, y, groups="shop").by == "shop"
    assert chosen(frame, y, time="day", folds=3).told.startswith("The order in time was given. 3 folds forward")
    assert chosen(noise(), y, time=True).kind == "forward"
    assert len(chosen(noise(), y, folds=KFold(4)).folds) == 4
    assert len(chosen(noise(), y, folds=[(np.arange(500), np.arange(500, 600))]).folds) == 1


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({"groups": "shop"}, SettingUnusable, "groups='shop'"),
        ({"time": "day"}, SettingUnusable, "time='day'"),
        ({"groups": [1, 2]}, SettingUnusable, "has 2 values"),
        ({"groups": np.zeros(ROWS)}, DataUnusable, "one group only"),
        ({"time": np.zeros(ROWS)}, DataUnusable, "of the same time"),
        ({"folds": 1}, SettingUnusable, "folds=1"),
        ({"folds": ROWS + 1}, SettingUnusable, "doesn't fit"),
        ({"folds": "many"}, SettingUnusable, "no number of folds"),
        ({"folds": []}, SettingUnusable, "no fold"),
        ({"folds": [([0], [ROWS])]}, SettingUnusable, "not there"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        chosen(noise(), RANDOM.normal(size=ROWS), **settings)


def test_tables_are_judged_by_their_size() -> None:
    with pytest.raises(DataUnusable, match="Every class has one row only"):
        chosen(pd.DataFrame({"a": [1.0, 2, 3, 4, 5]}), list("abcde"))
    with pytest.raises(DataUnusable, match=r"4 rows \(n_samples=4\)"):
        chosen(pd.DataFrame({"a": [1.0, 2, 3, 4]}), [1.0, 2, 3, 4])
    assert len(chosen(noise(), RANDOM.normal(size=ROWS)).folds) == 8
    large = pd.DataFrame({"a": RANDOM.normal(size=250_000)})
    made = chosen(large, RANDOM.normal(size=250_000))
    assert (made.kind, len(made.folds), len(made.folds[0].test)) == ("holdout", 1, 50_000)


def test_no_model_of_a_large_table_has_seen_what_comes_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "HUGE", 400)
    monkeypatch.setattr(folds, "MOST_HELD_OUT", 20)
    made = chosen(noise(), RANDOM.normal(size=ROWS), time=True)
    (fold,) = made.folds
    assert len(fold.test) == 20
    assert fold.train.max() < fold.test.min()
    assert "1 fold forward in time: it is tested" in made.told
    assert [len(fold.test) for fold in chosen(noise(), RANDOM.normal(size=ROWS), time=True, folds=6).folds] == [50] * 6
