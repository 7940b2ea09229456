"""`AutoML(task="forecasting")` with real workers: several series, learned together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from lumina_jupyter.automl import AutoML
from lumina_jupyter.errors import DataUnusable, ExperimentMissing, ModelNotExportable, SettingUnusable

from .code_alone import CODE, predicted_alone

DAYS = 130


def visits() -> pd.DataFrame:
    """Two shops over some months; the weekend is busy, and so is a day with an offer."""
    random = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=DAYS)
    shops = []
    for size, name in ((10, "small"), (500, "large")):
        offer = random.integers(0, 2, DAYS)
        busy = 1 + 0.8 * (days.day_of_week >= 5) + 0.5 * offer + random.normal(0, 0.02, DAYS)
        shops.append(pd.DataFrame({"day": days, "shop": name, "offer": offer, "visits": size * busy}))
    return pd.concat(shops, ignore_index=True)


TABLE = visits()
LATE = TABLE["day"] >= "2024-05-03"
PAST, FUTURE = TABLE[~LATE], TABLE[LATE]
ASKED, TRUTH = FUTURE.drop(columns="visits"), FUTURE["visits"].to_numpy()


@pytest.fixture(scope="module")
def fitted(data_folder: object) -> AutoML:
    model = AutoML(
        task="forecasting",
        horizon=7,
        time_budget=3000,
        max_trials=4,
        folds=3,
        families=["linear", "seasonal_naive"],
        n_jobs=2,
        verbose=0,
        name="visits",
    )
    return model.fit(pl.from_pandas(PAST), "visits", time="day", series="shop")


def test_series_are_forecast_resumed_and_learned_anew(fitted: AutoML) -> None:
    assert {"naive", "seasonal_naive", "linear"} <= set(fitted.leaderboard_["family"])
    assert any("7 steps" in str(text) for text in fitted.told_)
    assert fitted.validation_.kind == "forward"
    predicted = fitted.predict(ASKED)
    assert np.abs(predicted / TRUTH - 1).mean() < 0.08
    assert fitted.score(FUTURE, TRUTH) == pytest.approx(-np.sqrt(np.mean((predicted - TRUTH) ** 2)))
    ahead = fitted.forecast(ASKED)
    assert ahead["visits"].tolist() == pytest.approx(predicted)
    assert np.array_equal(AutoML.resume("visits", verbose=0).predict(ASKED), predicted)

    with pytest.raises(DataUnusable, match="'offer'"):
        fitted.forecast(steps=3)
    with pytest.raises(DataUnusable, match="7 were learned"):
        fitted.predict(ASKED.assign(day=pd.Timestamp("2024-06-30")))
    with pytest.raises(DataUnusable, match="no rows"):
        fitted.predict(ASKED[:0])


def test_quantiles_say_how_sure_forecasts_are(fitted: AutoML) -> None:
    wanted = [0.05, 0.1, 0.5, 0.9, 0.95]
    found = fitted.forecast(ASKED, quantiles=wanted)
    bounds = found[[f"visits {each:g}" for each in wanted]].to_numpy()
    assert (np.diff(bounds, axis=1) >= 0).all()
    assert (np.diff((bounds[:, 3] - bounds[:, 1]).reshape(2, 7), axis=1) >= -1e-9).all()
    assert found["visits"].tolist() == fitted.predict(ASKED).tolist()
    beyond: list[Any] = [[0.001], ["many"]]
    for strange in beyond:
        with pytest.raises(SettingUnusable, match="can't be forecast"):
            fitted.forecast(ASKED, quantiles=strange)


def test_forecasts_are_explained_in_the_unit_of_the_values(fitted: AutoML) -> None:
    explained = fitted.explain()
    rows = explained.rows
    assert rows.ahead is not None
    # What is compared with the forecasts are the values of their moments.
    known = PAST.set_index(["shop", "day"])["visits"]
    asked = rows.ahead.asked
    moments = pd.MultiIndex.from_frame(asked[["shop", "day"]])
    np.testing.assert_allclose(known.reindex(moments).to_numpy(), rows.truth)
    some = rows.take(np.arange(0, len(rows), 5))
    np.testing.assert_allclose(some.predict(some.frame), some.prediction)

    scores = explained.scores().table.set_index("metric")
    assert scores["value"]["mape"] < 0.06
    assert (scores["low"] <= scores["value"]).all()
    steps = explained.steps().table
    assert steps["step"].tolist() == list(range(1, 8))
    assert (steps["score"] < steps["naive"])[:5].all()
    residuals = explained.residuals()
    assert abs(residuals.bias) < residuals.spread
    needed = explained.importance().table["column"].tolist()
    assert needed[0] == "offer"
    assert {"calendar", "last values", "season of 7", "steps ahead"} <= set(needed)
    assert explained.calibration().error < 0.15
    assert list(explained.worst_errors(2).table.columns[-3:]) == ["shop", "day", "steps ahead"]
    # That one shop is fifty times as large is no reason to call the model worse for it.
    shops = explained.subgroups(["shop"]).table
    assert (shops["gap"].abs() < 0.5 * shops["score"].max()).all()
    added = explained.shapley(explained.worst_errors(1).table.index, pairs=2)
    assert added.base[0] + added.contributions.iloc[0].sum() == pytest.approx(added.prediction[0])
    with pytest.raises(SettingUnusable, match="for classes"):
        explained.confusion()


def test_a_forecast_is_seen_with_its_past_and_its_intervals(fitted: AutoML) -> None:
    explained = fitted.explain()
    without = explained.forecast("large")
    assert "offer" in without.text
    shown = explained.forecast("large", known=ASKED, level=0.9)
    assert not shown.text
    parts = shown.table.groupby("part").size()
    assert (parts["checked"], parts["ahead"]) == (7, 7)
    ahead = shown.table[shown.table["part"] == "ahead"]
    assert ahead["forecast"].tolist() == pytest.approx(fitted.predict(ASKED[ASKED["shop"] == "large"]))
    assert (ahead["low"] < ahead["high"]).all()
    assert {trace.name for trace in shown.figure("dark").data} >= {"value", "checked", "forecast", "90 %"}
    assert explained.steps().figure().data
    with pytest.raises(SettingUnusable, match="no series 'huge'"):
        explained.forecast("huge")
    with pytest.raises(SettingUnusable, match="no share"):
        explained.forecast("large", level=1.5)


def test_a_saved_forecaster_forecasts_and_explains_what_came(fitted: AutoML, tmp_path: Path) -> None:
    loaded = AutoML.load(fitted.save(tmp_path / "model.skops"))
    pd.testing.assert_frame_equal(
        loaded.forecast(ASKED, quantiles=[0.2, 0.8]), fitted.forecast(ASKED, quantiles=[0.2, 0.8])
    )
    found = loaded.explain(FUTURE).scores().table
    assert found["value"][0] == pytest.approx(-fitted.score(FUTURE, TRUTH))
    with pytest.raises(ModelNotExportable, match="values before it"):
        fitted.save(tmp_path / "model.onnx")
    needs_the_search: list[Any] = [loaded.explain, loaded.to_code, loaded.model_card, loaded.refit]
    for each in (*needs_the_search, loaded.explain_choice, lambda: loaded.alternatives_):
        with pytest.raises(ExperimentMissing, match="not in its file"):
            each()


def test_the_card_of_a_forecast_says_how_far_it_sees(fitted: AutoML) -> None:
    written = fitted.model_card().markdown
    assert "the next 7 values of 2 series" in written
    for heading in ("How far ahead", "How good it is", "What it needs", "Where it ends"):
        assert f"## {heading}" in written
    assert "shop = large" not in written


def test_the_code_of_forecasts_predicts_the_same_without_lumina(fitted: AutoML, tmp_path: Path) -> None:
    """As it was found, learned anew from longer series, and as one of its alternatives: in one process of their own."""
    again = AutoML.resume("visits", verbose=0).refit(TABLE, "visits")
    later = ASKED.assign(day=ASKED["day"] + pd.Timedelta(days=7))
    rows, expected = {}, {}
    for name, model, moments in (
        ("found", fitted, ASKED),
        ("refitted", again, later),
        ("fast", fitted.alternative("fast"), ASKED),
    ):
        (tmp_path / name).mkdir()
        model.to_code(tmp_path / name / CODE)
        rows[name] = moments
        bounds = model.forecast(moments, quantiles=[0.1, 0.9])
        expected[name] = bounds[["visits", "visits 0.1", "visits 0.9"]].to_numpy()
    PAST.to_csv(tmp_path / "past.csv", index=False)
    (tmp_path / "named").mkdir()
    fitted.to_code(tmp_path / "named" / CODE, data="../past.csv")
    rows["named"], expected["named"] = ASKED, expected["found"]
    predicted = predicted_alone(
        tmp_path, rows, "np.column_stack([model.predict(rows), model.predict_quantiles(rows, (0.1, 0.9))])"
    )
    for name, values in expected.items():
        np.testing.assert_allclose(predicted[name], values, rtol=1e-9, err_msg=name)


def test_what_forecasting_needs_is_said(data_folder: object) -> None:
    with pytest.raises(SettingUnusable, match="column of moments"):
        AutoML(task="forecasting", verbose=0).fit(visits(), "visits")
    with pytest.raises(SettingUnusable, match="are for forecasting"):
        AutoML(horizon=3, verbose=0).fit(visits(), "visits")
