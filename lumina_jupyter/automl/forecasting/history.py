"""The series that a `LagTable` keeps: as a frame, and as values that any file can hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.plain.lag_table import LagTable, moment_at


def history_of(table: LagTable) -> pd.DataFrame:
    """The frame that a table was fitted to: a row a moment and series, with what was known of it."""
    kept = table.known_
    places = kept["place"].to_numpy()
    different, codes = np.unique(places, return_inverse=True)
    moments = pd.Series([moment_at(int(place), table.step, table.anchor_) for place in different])
    keys = [tuple(key.split("\0")) if table.series else () for key in kept["key"]]
    values = [_value_at(table, key, int(place)) for key, place in zip(keys, places, strict=True)]
    columns = {name: [key[position] for key in keys] for position, name in enumerate(table.series)}
    known = {name: kept[name].array for name in table.known}
    return pd.DataFrame({table.time: moments.to_numpy()[codes], **columns, **known, table.target: values})


def _value_at(table: LagTable, key: tuple[str, ...], place: int) -> float:
    line = table.values_.get(key)
    position = place - table.firsts_.get(key, 0)
    return float(line[position]) if line is not None and 0 <= position < len(line) else np.nan


def series_to_values(table: LagTable) -> dict[str, Any]:
    """What a table foretells by: its parameters and its series, without what was known of moments that are over."""
    keys = list(table.values_)
    counted = isinstance(table.anchor_, float)
    return {
        "parameters": table.get_params(),
        "anchor": float(table.anchor_) if counted else str(table.anchor_),
        "keys": [list(key) for key in keys],
        "firsts": [int(table.firsts_[key]) for key in keys],
        "scales": [float(table.scales_[key]) for key in keys],
        "values": [table.values_[key] for key in keys],
    }


def series_from_values(kept: dict[str, Any]) -> LagTable:
    """The table that was made into values: it foretells, but can't be learned from anew."""
    table = LagTable(**kept["parameters"])
    anchor = kept["anchor"]
    table.anchor_ = np.datetime64(anchor, "us") if isinstance(anchor, str) else np.float64(anchor)
    keys = [tuple(key) for key in kept["keys"]]
    table.firsts_ = dict(zip(keys, kept["firsts"], strict=True))
    table.scales_ = dict(zip(keys, kept["scales"], strict=True))
    table.values_ = dict(zip(keys, (np.asarray(line) for line in kept["values"]), strict=True))
    return table
