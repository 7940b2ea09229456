"""Small tables with something to be learned, made by chance that is always the same."""

from __future__ import annotations

import numpy as np
import pandas as pd


def churn(rows: int = 400, seed: int = 0) -> pd.DataFrame:
    """Numbers, a category and a date; the class follows from two of them, with noise."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "months": random.integers(1, 72, rows),
            "price": random.normal(70, 20, rows).round(2),
            "plan": random.choice(["basic", "plus", "pro"], rows),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 900, rows), unit="D"),
        }
    )
    drawn = 0.05 * (frame["price"] - 70) - 0.06 * (frame["months"] - 36) + (frame["plan"] == "basic") * 1.5
    frame["churn"] = np.where(drawn + random.normal(0, 1, rows) > 0.5, "yes", "no")
    return frame


def prices(rows: int = 300, seed: int = 0) -> pd.DataFrame:
    """A number that follows from others, with noise."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"size": random.uniform(20, 200, rows), "rooms": random.integers(1, 7, rows)})
    frame["price"] = 1_000 * frame["size"] + 5_000 * frame["rooms"] + random.normal(0, 8_000, rows)
    return frame


def coin(rows: int = 300, seed: int = 0) -> pd.DataFrame:
    """Columns that say nothing about the target."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.normal(size=(rows, 4)), columns=list("abcd"))
    frame["y"] = random.normal(size=rows)
    return frame
