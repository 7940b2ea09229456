"""`AutoML(task="forecasting")` with real workers: several series, learned together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from lumina_jupyter.automl import AutoML
from lumina_jupyter.errors import DataUnusable, SettingUnusable


def visits() -> pd.DataFrame:
    """Two shops over a hundred days; the weekend is busy, and so is a day with an offer."""
    random = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=100)
    shops = []
    for size, name in ((10, "small"), (500, "large")):
        offer = random.integers(0, 2, 100)
        busy = 1 + 0.8 * (days.day_of_week >= 5) + 0.5 * offer + random.normal(0, 0.02, 100)
        shops.append(pd.DataFrame({"day": days, "shop": name, "offer": offer, "visits": size * busy}))
    return pd.concat(shops, ignore_index=True)


def test_series_are_forecast_resumed_and_learned_anew(data_folder: object) -> None:
    table = visits()
    late = table["day"] >= "2024-04-03"
    past, future = table[~late], table[late]
    asked, truth = future.drop(columns="visits"), future["visits"].to_numpy()
    model = AutoML(
        task="forecasting",
        horizon=7,
        time_budget=3000,
        max_trials=4,
        folds=2,
        families=["linear", "seasonal_naive"],
        n_jobs=2,
        verbose=0,
        name="visits",
    ).fit(pl.from_pandas(past), "visits", time="day", series="shop")

    assert {"naive", "seasonal_naive", "linear"} <= set(model.leaderboard_["family"])
    assert any("7 steps" in str(text) for text in model.told_)
    assert model.validation_.kind == "forward"
    predicted = model.predict(asked)
    assert np.abs(predicted / truth - 1).mean() < 0.08
    assert model.score(future, truth) == pytest.approx(-np.sqrt(np.mean((predicted - truth) ** 2)))
    ahead = model.forecast(asked)
    assert ahead["visits"].tolist() == pytest.approx(predicted)
    assert np.array_equal(AutoML.resume("visits", verbose=0).predict(asked), predicted)

    with pytest.raises(DataUnusable, match="'offer'"):
        model.forecast(steps=3)
    with pytest.raises(DataUnusable, match="7 were learned"):
        model.predict(asked.assign(day=pd.Timestamp("2024-05-30")))
    longer = model.refit(table, "visits").predict(table[-7:].assign(day=pd.date_range("2024-04-10", periods=7)))
    assert (longer > 400).all()


def test_what_forecasting_needs_is_said(data_folder: object) -> None:
    with pytest.raises(SettingUnusable, match="column of moments"):
        AutoML(task="forecasting", verbose=0).fit(visits(), "visits")
    with pytest.raises(SettingUnusable, match="are for forecasting"):
        AutoML(horizon=3, verbose=0).fit(visits(), "visits")
