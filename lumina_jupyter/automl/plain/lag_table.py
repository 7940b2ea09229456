"""Series as a table: what was known at a moment, how far ahead one looks, and what came of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
MONTHS = {"month": 1, "year": 12}


class LagTable(BaseEstimator):
    """Make a row of every moment and every number of steps ahead, from what was known at that moment.

    What is learned is how far a value lies from that of a season before (or from the last one, where there is no season),
    in units of how much the series usually changes: so series of any size can be learned together, and a model that
    learns nothing predicts as a naive forecast does.

    Args:
        time: The name of the column of moments: dates, texts of dates, or numbers.
        target: The name of the column of values, which may be missing.
        series: The names of the columns that tell series apart; none for a single series.
        known: The names of columns whose values are known in advance.
        step: From one moment to the next: "1 month", "15 minute", "1 day", "1 business day", or "1" for numbers.
        horizon: How many steps ahead.
        seasons: How many steps make a season; the first is what values are compared with, 1 for the last value.
        lags: How many of the last values are features.
        most_rows: How many rows are made at most; they are drawn at random.
        seed: Seed of the draw.
    """

    def __init__(
        self,
        time: str,
        target: str,
        series: tuple[str, ...] = (),
        known: tuple[str, ...] = (),
        step: str = "1",
        horizon: int = 1,
        seasons: tuple[int, ...] = (1,),
        lags: int = 8,
        most_rows: int = 60_000,
        seed: int = 0,
    ) -> None:
        self.time = time
        self.target = target
        self.series = series
        self.known = known
        self.step = step
        self.horizon = horizon
        self.seasons = seasons
        self.lags = lags
        self.most_rows = most_rows
        self.seed = seed

    # --- learning

    def fit(self, X: Any, y: Any = None) -> LagTable:
        """Keep the series of a frame."""
        moments = moments_in(X[self.time])
        self.anchor_ = moments.min()
        places = places_of(moments, self.step, self.anchor_)
        values = X[self.target].to_numpy(dtype=np.float64, na_value=np.nan)
        self.firsts_: dict[tuple[str, ...], int] = {}
        self.values_: dict[tuple[str, ...], Any] = {}
        self.scales_: dict[tuple[str, ...], float] = {}
        self.known_ = X[list(self.known)].assign(place=places, key=self._keys(X))
        for key, rows in self._rows(X).items():
            there = rows[~np.isnan(values[rows])]
            if len(there) == 0:
                continue
            first, last = int(places[there].min()), int(places[there].max())
            line = np.full(last - first + 1, np.nan)
            line[places[there] - first] = values[there]
            self.firsts_[key], self.values_[key] = first, line
            self.scales_[key] = usual_change(line, self.seasons[0])
        return self

    def examples(self) -> tuple[Any, Any, Any, Any]:
        """What can be learned, in the order of time.

        Returns:
            The table, the scaled target, and the places of its rows' moments and of what they foretell.
        """
        tables, targets, moments, ends = [], [], [], []
        for key, origins, steps in self.drawn():
            table, base = self._features(key, origins, steps)
            tables.append(table)
            targets.append((self.values_[key][origins + steps] - base) / self.scales_[key])
            moments.append(origins + self.firsts_[key])
            ends.append(origins + steps + self.firsts_[key])
        order = np.argsort(np.concatenate(moments), kind="stable")
        table = pd.concat(tables, ignore_index=True).iloc[order].reset_index(drop=True)
        return table, *(np.concatenate(each)[order] for each in (targets, moments, ends))

    def drawn(self) -> Any:
        """Of each series that can be learned from: its key, the moments that are learned from, and the steps ahead."""
        keys = list(self.values_)
        counts = [max(0, len(self.values_[key]) - self._earliest(key) - 1) for key in keys]
        share = min(1.0, self.most_rows / max(1, sum(counts) * self.horizon))
        random = np.random.default_rng(self.seed)
        for key in keys:
            line, earliest = self.values_[key], self._earliest(key)
            origins = np.repeat(np.arange(earliest, len(line) - 1), self.horizon)
            steps = np.tile(np.arange(1, self.horizon + 1), len(line) - 1 - earliest)
            usable = origins + steps < len(line)
            usable[usable] &= ~np.isnan(line[(origins + steps)[usable]])
            usable &= ~np.isnan(line[origins]) & (random.random(len(origins)) < share)
            yield key, origins[usable], steps[usable]

    # --- foretelling

    def ahead(self, X: Any) -> tuple[Any, Any, Any, Any]:
        """The rows of moments to come. A moment that is known already is foretold from the one before.

        Returns:
            The table, what predictions are added to, what they are multiplied by, and how many steps ahead they lie.

        Raises:
            ValueError: for a series that was never seen, and for a moment beyond the horizon.
        """
        places = places_of(moments_in(X[self.time]), self.step, self.anchor_)
        tables, bases, scales, ahead, order = [], [], [], [], []
        for key, rows in self._rows(X).items():
            if key not in self.values_:
                raise ValueError(f"The series {', '.join(key) or 'of the table'} was not among those learned from.")
            last = len(self.values_[key]) - 1
            positions = places[rows] - self.firsts_[key]
            origins = np.clip(positions - 1, 0, last)
            steps = np.maximum(positions - origins, 1)
            if steps.max() > self.horizon:
                raise ValueError(f"A moment lies {steps.max()} steps ahead; {self.horizon} were learned.")
            table, base = self._features(key, origins, steps, X.iloc[rows])
            tables.append(table)
            bases.append(base)
            scales.append(np.full(len(rows), self.scales_[key]))
            ahead.append(steps)
            order.append(rows)
        back = np.argsort(np.concatenate(order), kind="stable")
        table = pd.concat(tables, ignore_index=True).iloc[back].reset_index(drop=True)
        return table, *(np.concatenate(each)[back] for each in (bases, scales, ahead))

    def next_moments(self, steps: int | None = None) -> Any:
        """A frame of the moments that come next, for each series that goes on as long as the longest."""
        ends = {key: self.firsts_[key] + len(line) - 1 for key, line in self.values_.items()}
        latest = max(ends.values())
        rows = [
            (*key, moment_at(end + step, self.step, self.anchor_))
            for key, end in ends.items()
            if end == latest
            for step in range(1, (steps or self.horizon) + 1)
        ]
        return pd.DataFrame(rows, columns=[*self.series, self.time])

    # --- features

    def _features(self, key: tuple[str, ...], origins: Any, steps: Any, given: Any = None) -> tuple[Any, Any]:
        raw = self.values_[key]
        line = pd.Series(raw).ffill().to_numpy()
        scale = self.scales_[key]
        last, base = line[origins], self.base(key, origins, steps)

        def relative(values: Any) -> Any:
            return (values - base) / scale

        features: dict[str, Any] = {"step": steps, "level": base / scale, "last": relative(last)}
        for lag in range(1, self.lags):
            features[f"lag {lag}"] = relative(_at(line, origins - lag))
        for season in self.seasons:
            if season == 1:
                continue
            back = [_at(line, _season_before(origins, steps, season) - season * times) for times in range(4)]
            for times, values in enumerate(back[1:] if season == self.seasons[0] else back):
                features[f"season {season} before {times}"] = relative(values)
            features[f"season {season} mean"] = relative(_mean(back))
        for window in self._windows():
            means, spreads = rolling(raw, window)
            features[f"mean {window}"] = relative(means[origins])
            features[f"spread {window}"] = spreads[origins] / scale
            features[f"trend {window}"] = (means[origins] - _at(means, origins - window)) / scale
        places = origins + steps + self.firsts_[key]
        features |= calendar_of(places, self.step, self.anchor_)
        taken = {*self.series, *self.known}
        table = pd.DataFrame({f"{name} (made)" if name in taken else name: made for name, made in features.items()})
        for name, value in zip(self.series, key, strict=True):
            table[name] = value
        for name in self.known:
            table[name] = self._known_at(key, places, name) if given is None else given[name].to_numpy()
        return table, base

    def base(self, key: tuple[str, ...], origins: Any, steps: Any) -> Any:
        """What a model that learns nothing foretells: the value of a season before, or the last one."""
        line = pd.Series(self.values_[key]).ffill().to_numpy()
        found = _at(line, _season_before(origins, steps, self.seasons[0]))
        return np.where(np.isnan(found), line[origins], found)

    def _known_at(self, key: tuple[str, ...], places: Any, name: str) -> Any:
        mine = self.known_[self.known_["key"].to_numpy() == "\0".join(key)]
        return mine.drop_duplicates("place").set_index("place")[name].reindex(places).to_numpy()

    def _windows(self) -> list[int]:
        longest = min(len(line) for line in self.values_.values())
        wanted = sorted(
            {4, *(season for season in self.seasons if season > 1), *(4 * s for s in self.seasons if s > 1)}
        )
        return [window for window in wanted if window <= max(2, longest // 3)]

    def _earliest(self, key: tuple[str, ...]) -> int:
        """The first moment of a series that is learned from: the ones before know too little."""
        return int(min(max(self.lags, 2 * self.seasons[0]) - 1, len(self.values_[key]) // 3))

    def _keys(self, X: Any) -> list[str]:
        if not self.series:
            return [""] * len(X)
        return ["\0".join(map(str, key)) for key in zip(*(X[name].tolist() for name in self.series), strict=True)]

    def _rows(self, X: Any) -> dict[tuple[str, ...], Any]:
        groups = pd.Series(np.arange(len(X))).groupby(np.asarray(self._keys(X), dtype=object), sort=True)
        return {tuple(key.split("\0")) if self.series else (): rows.to_numpy() for key, rows in groups}


def moments_in(column: Any) -> Any:
    """The moments of a column: dates without a zone, or numbers."""
    if getattr(column.dtype, "kind", "O") in "iuf":
        return column.to_numpy(dtype=np.float64)
    dates = pd.to_datetime(column, utc=True)
    return dates.dt.tz_localize(None).to_numpy().astype("datetime64[us]")


def places_of(moments: Any, step: str, anchor: Any) -> Any:
    """How many steps moments lie after the anchor."""
    count, _, unit = step.partition(" ")
    if not unit:
        return np.round((moments - anchor) / float(count)).astype(np.int64)
    if unit in MONTHS:
        months = moments.astype("datetime64[M]").astype(np.int64) - anchor.astype("datetime64[M]").astype(np.int64)
        return months // (MONTHS[unit] * int(count))
    if unit == "business day":
        return np.busday_count(anchor.astype("datetime64[D]"), moments.astype("datetime64[D]")).astype(np.int64)
    seconds = (moments - anchor) / np.timedelta64(1, "s")
    return np.round(seconds / (SECONDS[unit] * int(count))).astype(np.int64)


def moment_at(place: int, step: str, anchor: Any) -> Any:
    """The moment that lies so many steps after the anchor."""
    count, _, unit = step.partition(" ")
    if not unit:
        return anchor + place * float(count)
    first = pd.Timestamp(anchor)
    if unit in MONTHS:
        moved = first + pd.DateOffset(months=int(place) * MONTHS[unit] * int(count))
        return moved + pd.offsets.MonthEnd(0) if first.is_month_end else moved
    if unit == "business day":
        day = np.busday_offset(anchor.astype("datetime64[D]"), place, roll="forward")
        return pd.Timestamp(day) + (first - first.normalize())
    return first + pd.Timedelta(seconds=int(place) * SECONDS[unit] * int(count))


def calendar_of(places: Any, step: str, anchor: Any) -> dict[str, Any]:
    """The parts of the calendar that can matter at this step."""
    _, _, unit = step.partition(" ")
    if not unit:
        return {}
    different, codes = np.unique(places, return_inverse=True)
    dates = pd.DatetimeIndex([moment_at(int(place), step, anchor) for place in different])
    wanted = {"month": dates.month}
    if unit not in MONTHS:
        wanted |= {"day": dates.day, "weekday": dates.day_of_week, "day of the year": dates.day_of_year}
    if unit in ("second", "minute", "hour"):
        wanted |= {"hour": dates.hour + dates.minute / 60}
    return {name: np.asarray(values, dtype=np.float64)[codes] for name, values in wanted.items()}


def usual_change(line: Any, season: int) -> float:
    """How much a series changes from one season to the next, as a mean; never 0."""
    for lag in (season, 1):
        changes = np.abs(line[lag:] - line[:-lag]) if len(line) > lag else np.zeros(0)
        changes = changes[~np.isnan(changes)]
        if len(changes) and changes.mean() > 0:
            return float(changes.mean())
    return float(np.nanmax(np.abs(line))) or 1.0


def rolling(line: Any, window: int) -> tuple[Any, Any]:
    """The mean and the deviation of the last values, at each place."""
    views = pd.Series(line).rolling(window, min_periods=1)
    return views.mean().ffill().to_numpy(), views.std(ddof=0).ffill().to_numpy()


def _season_before(origins: Any, steps: Any, season: int) -> Any:
    """The latest place that is known and lies whole seasons before the one foretold."""
    return origins + steps - season * np.ceil(steps / season).astype(np.int64)


def _at(line: Any, places: Any) -> Any:
    """Values at places, missing before the first."""
    return np.where(places >= 0, line[np.maximum(places, 0)], np.nan)


def _mean(parts: list[Any]) -> Any:
    stacked = np.stack(parts)
    there = ~np.isnan(stacked)
    return np.where(there, stacked, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
