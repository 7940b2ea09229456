"""Series as tables: what is known at a moment is all that a row says, and predictions come back in their unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from lumina_jupyter.automl.candidate import Candidate
from lumina_jupyter.automl.forecasting.backtest import backtest
from lumina_jupyter.automl.forecasting.errors import step_errors
from lumina_jupyter.automl.forecasting.history import history_of, series_from_values, series_to_values
from lumina_jupyter.automl.forecasting.preparation import Forecast, prepare_forecast
from lumina_jupyter.automl.forecasting.steps import seasons_of, step_of
from lumina_jupyter.automl.pipeline.pipeline import build_pipeline, shape_of
from lumina_jupyter.automl.plain.lag_forecaster import LagForecaster
from lumina_jupyter.automl.plain.lag_table import LagTable, moment_at, moments_in, places_of
from lumina_jupyter.errors import DataUnusable, SettingUnusable


def sales(months: int = 96, seed: int = 0, size: float = 100.0) -> pd.DataFrame:
    """A series with growth, a season of a year, and noise."""
    time = np.arange(months)
    noise = np.random.default_rng(seed).normal(0, 0.03, months)
    values = size * (1 + 0.008 * time) * (1 + 0.3 * np.sin(2 * np.pi * time / 12) + noise)
    return pd.DataFrame({"month": pd.date_range("2015-01-31", periods=months, freq="ME"), "sold": values})


def panel(months: int = 60) -> pd.DataFrame:
    """Three shops of very different sizes, the rows in no order, dates as text, and whether there is an offer."""
    shops = [sales(months, seed, 10.0**seed).assign(shop=f"shop {seed}") for seed in (1, 2, 3)]
    whole = pd.concat(shops, ignore_index=True)
    offer = np.random.default_rng(9).integers(0, 2, len(whole))
    whole = whole.assign(
        offer=offer, sold=whole["sold"] * (1 + 0.5 * offer), month=whole["month"].dt.strftime("%Y-%m-%d")
    )
    return whole.sample(frac=1.0, random_state=1)


def fitted(made: Forecast, family: str = "linear", **params: Any) -> LagForecaster:
    problem = made.problem
    shape = shape_of(problem.schema, problem.task, len(problem.features))
    candidate = Candidate(family=family, params=params)
    model = build_pipeline(candidate, problem.task, problem.schema, shape).fit(problem.features, problem.target)
    return LagForecaster.of_fitted(made.table, model)


@given(st.integers(20, 60), st.integers(1, 9), st.sampled_from([(1,), (4,), (7, 3)]), st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_rows_say_nothing_of_what_comes_after_them(
    length: int, horizon: int, seasons: tuple[int, ...], seed: int
) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(size=length).cumsum()
    values[random.random(length) < 0.1] = np.nan
    values[0], values[-1] = 1.0, 2.0
    frame = pd.DataFrame({"t": np.arange(length) * 2.5, "y": values})
    table = LagTable("t", "y", step="2.5", horizon=horizon, seasons=seasons, lags=4)
    rows, target, moments, ends = table.fit(frame).examples()
    scale, base = table.scales_[()], rows["level"].to_numpy()
    assert np.allclose((target + base) * scale, values[ends])
    assert ((ends - moments) == rows["step"]).all()

    cut = int(random.integers(length // 3, length))
    changed = frame.assign(y=np.where(np.arange(length) > cut, random.normal(size=length) * 50, values))
    others, _, origins, _ = table.fit(changed).examples()
    before = rows[moments <= cut].drop(columns="step") * scale
    same = others[origins <= cut].drop(columns="step") * table.scales_[()]
    keys = pd.MultiIndex.from_arrays([moments[moments <= cut], rows["step"][moments <= cut]])
    found = pd.MultiIndex.from_arrays([origins[origins <= cut], others["step"][origins <= cut]])
    joint = keys.intersection(found)
    assert np.allclose(before.set_index(keys).loc[joint], same.set_index(found).loc[joint], equal_nan=True)


@pytest.mark.parametrize(
    ("moments", "step"),
    [
        (pd.date_range("2020-01-31", periods=30, freq="ME"), "1 month"),
        (pd.date_range("2020-01-01", periods=30, freq="QS"), "3 month"),
        (pd.date_range("2000-12-31", periods=20, freq="YE"), "1 year"),
        (pd.date_range("2024-01-04", periods=60, freq="B"), "1 business day"),
        (pd.date_range("2024-01-03", periods=60, freq="W-WED"), "7 day"),
        (pd.date_range("2024-01-03 10:07", periods=60, freq="15min"), "15 minute"),
        (pd.Index(np.arange(5, 50, 5)), "5"),
    ],
)
def test_steps_are_found_and_lead_from_moment_to_moment(moments: Any, step: str) -> None:
    read = moments_in(pd.Series(moments))
    assert step_of([read[:3], read]) == step
    places = places_of(read, step, read[0])
    assert places.tolist() == list(range(len(read)))
    assert [moment_at(int(place), step, read[0]) for place in places] == list(moments)
    missing = np.delete(read, [4, 5])
    assert step_of([missing]) == step
    assert places_of(missing, step, read[0]).tolist() == [place for place in range(len(read)) if place not in (4, 5)]


def test_seasons_are_found_where_they_help() -> None:
    line = sales(144)["sold"].to_numpy()
    assert seasons_of([line], "1 month", 12) == (12,)
    walk = np.random.default_rng(0).normal(size=200).cumsum()
    assert seasons_of([walk], "1 month", 6) == (1,)
    hours = np.arange(24 * 40)
    week = np.sin(hours / 24 * 2 * np.pi) + 3 * (hours // 24 % 7 > 4)
    assert seasons_of([week], "1 hour", 24) == (168, 24)


def test_checks_look_forward_and_models_know_only_the_past() -> None:
    made = prepare_forecast(panel(), "sold", time="month", series="shop", horizon=6)
    _, _, moments, ends = made.table.examples()
    folds = made.problem.validation.folds
    assert len(folds) == 3
    for fold in folds:
        assert ends[fold.train].max() <= moments[fold.test].min()
    assert [len(fold.train) for fold in folds] == sorted(len(fold.train) for fold in folds)
    with pytest.raises(DataUnusable, match="too short"):
        backtest(np.arange(5), np.arange(5) + 4, 4, "month")


def test_a_panel_is_learned_together_and_forecast_in_its_own_sizes() -> None:
    whole = panel()
    cut = pd.to_datetime(whole["month"]) <= "2019-06-30"
    past, future = whole[cut], whole[~cut]
    made = prepare_forecast(past, "sold", time="month", series=["shop"], horizon=6)
    assert made.table.seasons == (12,)
    assert any("3 series, a step of 1 month" in text for text in made.told)
    assert any("offer" in text for text in made.told)
    asked = future.drop(columns="sold")
    naive = fitted(made, "seasonal_naive").predict(asked)
    learned = fitted(made, numbers="smooth").predict(asked)
    truth = future["sold"].to_numpy()
    for shop in sorted(set(future["shop"])):
        mine = (future["shop"] == shop).to_numpy()
        errors = [np.abs(each[mine] / truth[mine] - 1).mean() for each in (learned, naive)]
        assert errors[0] < 0.12
        assert errors[0] < 0.6 * errors[1]
    # Rows in another order are the same forecasts.
    assert np.allclose(fitted(made, numbers="smooth").predict(asked[::-1]), learned[::-1])

    again = made.table.next_moments()
    assert len(again) == 18
    assert sorted(set(again["month"].dt.strftime("%Y-%m-%d"))) == sorted(set(future["month"]))[:6]
    with pytest.raises(ValueError, match="was not among those"):
        made.table.ahead(asked.assign(shop="shop 9"))
    with pytest.raises(ValueError, match="steps ahead; 6 were learned"):
        made.table.ahead(asked.assign(month="2021-01-31"))


def test_naive_forecasts_repeat_the_last_value_or_the_season() -> None:
    frame = sales(48).drop(index=[10, 11])
    made = prepare_forecast(frame, "sold", time="month", horizon=12)
    asked = made.table.next_moments(12)
    assert np.allclose(fitted(made, "seasonal_naive", repeats="season").predict(asked), frame["sold"][-12:])
    assert np.allclose(fitted(made, "seasonal_naive", repeats="last").predict(asked), frame["sold"].iloc[-1])


def test_what_can_not_be_forecast_is_said() -> None:
    frame = sales(30)
    with pytest.raises(DataUnusable, match="2 rows have a moment that their series has already"):
        prepare_forecast(pd.concat([frame, frame[:2]]), "sold", time="month", horizon=2)
    with pytest.raises(SettingUnusable, match="no column 'when'"):
        prepare_forecast(frame, "sold", time="when")
    with pytest.raises(SettingUnusable, match="no number of steps"):
        prepare_forecast(frame, "sold", time="month", horizon=-1)
    with pytest.raises(DataUnusable, match="no numbers"):
        prepare_forecast(frame.assign(sold="many"), "sold", time="month")
    with pytest.raises(DataUnusable, match="no moments"):
        prepare_forecast(frame.assign(month="some day"), "sold", time="month")
    with pytest.raises(DataUnusable, match="more than one moment"):
        prepare_forecast(frame.assign(shop=range(30)), "sold", time="month", series="shop", horizon=1)


@given(st.integers(1, 12), st.integers(1, 30), st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_intervals_are_wider_the_farther_and_quantiles_never_cross(horizon: int, each: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    steps = np.repeat(np.arange(1, horizon + 1), each)
    found = step_errors(steps, random.normal(size=len(steps)) * steps, horizon)
    bounds = found.at(np.arange(1, horizon + 1), [0.01, 0.1, 0.25, 0.75, 0.9, 0.99])
    assert (np.diff(bounds, axis=1) >= 0).all()
    assert (np.diff(bounds[:, 3:] - bounds[:, 2::-1], axis=0) >= -1e-5).all()


def test_as_many_values_lie_within_an_interval_as_it_says() -> None:
    random = np.random.default_rng(0)
    steps = np.tile(np.arange(1, 5), 2000)
    found = step_errors(steps, random.normal(size=len(steps)) * steps, 4)
    bounds = found.at(steps, [0.1, 0.9])
    fresh = random.normal(size=len(steps)) * steps
    for step in range(1, 5):
        inside = ((bounds[:, 0] <= fresh) & (fresh <= bounds[:, 1]))[steps == step]
        assert 0.76 < inside.mean() < 0.84
    # With few to learn from, the outermost that was seen is the bound.
    few = step_errors(np.ones(5, dtype=int), np.arange(5.0), 1)
    assert few.at([1], [0.05, 0.5, 0.95]).tolist() == [[0.0, 2.0, 4.0]]
    with pytest.raises(ValueError, match=r"from 0\.01 to 0\.99"):
        few.at([1], [0.999])


@pytest.mark.parametrize("counted", [False, True])
def test_series_are_kept_as_a_frame_and_as_values(counted: bool) -> None:
    frame = panel() if not counted else sales(40).assign(month=np.arange(40) * 5).drop(index=[7, 8])
    made = prepare_forecast(frame, "sold", time="month", series=None if counted else "shop", horizon=6)
    again = clone(made.table).fit(history_of(made.table))
    for mine, theirs in zip(made.table.examples(), again.examples(), strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(mine), pd.DataFrame(theirs))
    kept = series_from_values(series_to_values(made.table))
    asked = made.table.next_moments().assign(**dict.fromkeys(made.table.known, 1))
    pd.testing.assert_frame_equal(kept.next_moments(), made.table.next_moments())
    for mine, theirs in zip(made.table.ahead(asked), kept.ahead(asked), strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(mine), pd.DataFrame(theirs))


def test_columns_that_are_called_like_features_take_nothing_from_them() -> None:
    frame = sales(60).assign(step=1, level=[str(each) for each in range(60)])
    made = prepare_forecast(frame, "sold", time="month", horizon=3)
    rows, _, moments, ends = made.table.examples()
    assert (rows["step (made)"] == ends - moments).all()
    assert (rows["step"] == 1).all()
    assert fitted(made, "seasonal_naive").predict(frame[-3:]) == pytest.approx(frame["sold"][-15:-12].to_numpy())


def test_series_that_end_before_the_others_are_told_of() -> None:
    whole = panel(40)
    last = whole["month"] == whole["month"].max()
    cut = prepare_forecast(whole[~(last & (whole["shop"] == "shop 2"))], "sold", time="month", series="shop")
    assert any("1 series ends before the others (shop 2)" in text for text in cut.told)
    assert set(cut.table.next_moments()["shop"]) == {"shop 1", "shop 3"}
    unknown = whole.assign(sold=whole["sold"].where(~last))
    going_on = prepare_forecast(unknown, "sold", time="month", series="shop")
    assert not any("before the others" in text for text in going_on.told)
