"""`%lumina automl` and `%lumina profile` in a real kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from .kernel import Kernel

TABLES = """
import pandas as pd
from tests.integration.automl.tables import churn
df = churn(120)
days = pd.date_range("2025-01-01", periods=60)
sales = pd.concat(
    pd.DataFrame({"day": days, "shop": shop, "sales": size * (1 + (days.day_of_week >= 5))})
    for shop, size in {"Oslo": 40, "Rome": 90}.items()
)
"""
FORECAST = "--task forecasting --time-column day --series shop --horizon 3"


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_table_is_looked_at_searched_and_forecast_with_nothing_but_lines(tmp_path: Path) -> None:
    async with Kernel(tmp_path, {}) as kernel:
        await kernel.load()
        await kernel.run(TABLES)
        looked = await kernel.run("%lumina profile df --target churn")
        assert "120 rows, 4 columns" in looked.text
        assert "<table" in looked.outputs[0]["data"]["text/html"]

        searched = await kernel.run("%lumina automl df --target churn --time 3000 --trials 2 --cores 1 --groups months")
        assert searched.status == "ok", searched.text
        assert "`best_model` predicts" in searched.markdown[-1]
        assert await kernel.value("(best_model.validation_.by, len(best_model.trials_), best_model.n_jobs)") == (
            "('months', 2, 1)"
        )
        foretold = await kernel.run(
            f"%lumina automl sales --target sales --time 3000 --trials 3 --output ahead {FORECAST}"
        )
        assert foretold.status == "ok", foretold.text
        assert await kernel.value("(ahead.forecast().shape, ahead.series_.series, ahead.max_trials)") == (
            "((6, 3), ('shop',), 3)"
        )
        listed = (await kernel.run("%lumina automl")).text
        assert await kernel.value("ahead.experiment_.name") in repr(listed.split())

        for line, said in {
            "automl df --target churm": "Did you mean 'churn'?",
            "automl df --target churn --trials many": "--trials takes a whole number, but was given 'many'.",
            "automl sales --target sales --task forecasting": "reset_index",
            "automl nothing --target churn": "There is no variable nothing.",
            "automl df --target churn --tme 60": "--time-column COLUMN",
        }.items():
            refused = await kernel.run(f"%lumina {line}")
            assert refused.status == "error", line
            assert said in refused.text
            assert len(refused.outputs[-1]["traceback"]) == 2, "A sentence and what to do, no traceback."
