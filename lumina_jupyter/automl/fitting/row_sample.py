"""A table that is too large for the memory of a search: how many of its rows fit, and which ones are taken."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.errors import DataUnusable, SettingUnusable

from ..columns import Schema
from ..plain.table_reader import read_texts
from ..splitting.choice import moments_of
from ..splitting.groups import find_groups
from ..splitting.order import Order, find_order
from ..splitting.share import share_of
from ..tables.schema import IDENTIFIER_NAME, infer_schema
from ..tables.target import Target

COPIES = 4
"""How often a fit holds its rows: as they were given, as features, and in the library's own form."""
LEAST_ROWS = 100
LOOKED_AT = 20_000
"""Rows by which it is found out whether they have an order, or belong together."""
MEASURED = 1_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The rows that are taken.

    Args:
        rows: Their positions among those whose target is there, in their order.
        told: Why not all, as a sentence.
    """

    rows: NDArray[np.intp]
    told: str


def sample_rows(
    frame: pd.DataFrame, target: Target, room: int, *, groups: Any, time: Any, folds: Any, kinds: Any, seed: int
) -> Sample | None:
    """The rows for which there is room, or None where there is room for all. Only columns that decide are copied.

    The latest ones where a model is to look forward; whole groups where there are groups; else some by chance, of every
    class its share.

    Args:
        frame: The table, all its rows.
        target: Its target.
        room: Bytes that a fit may hold; 0 for no limit.
        groups: As for `choose_validation`, a value for each row of the table.
        time: As for `choose_validation`, a value for each row of the table.
        folds: As for `choose_validation`.
        kinds: What columns hold, where users say it themselves.
        seed: For what is left to chance.

    Raises:
        DataUnusable: when there is room for hardly any.
        SettingUnusable: when the folds are positions of rows, which then are others.
    """
    there = len(target.rows)
    each = bytes_of_row(frame)
    most = int(room / (COPIES * each))
    if not room or most >= there:
        return None
    if most < LEAST_ROWS:
        raise DataUnusable(
            f"A row of this table takes {each / 2**20:,.1f} MB, and the memory there is ({room / 2**20:,.0f} MB a fit) is "
            f"enough for {most:,} rows only.",
            hint="Give more memory (`memory_budget`, in bytes), fewer cores (`n_jobs=1`) or fewer columns.",
        )
    if folds is not None and not isinstance(folds, int | np.integer) and not hasattr(folds, "split"):
        raise SettingUnusable(
            f"There is memory for {most:,} of {there:,} rows, and `folds` names rows by their positions.",
            hint="Give a number of folds, or more memory (`memory_budget`, in bytes).",
        )
    rows, how = _chosen(frame, target, most, groups, time, kinds, seed)
    text = (
        f"The table is too large for the memory of a search ({there * each * COPIES / 2**20:,.0f} MB of "
        f"{room / 2**20:,.0f} MB a fit): {len(rows):,} of {there:,} rows are taken, {how}."
    )
    return Sample(rows=rows, told=text)


def bytes_of_row(frame: pd.DataFrame) -> float:
    """What a row takes as it is, or as numbers, whichever is more."""
    dtypes = list(frame.dtypes)
    simple = [isinstance(dtype, np.dtype) and dtype.kind != "O" for dtype in dtypes]
    part = frame.iloc[:: -(-len(frame) // MEASURED), np.flatnonzero(~np.asarray(simple))]
    others = float(part.memory_usage(index=False, deep=True).sum()) / len(part)
    plain = float(sum(dtype.itemsize for dtype, known in zip(dtypes, simple, strict=True) if known))
    return max(8.0 * float(frame.shape[1]), plain + others)


def _chosen(
    frame: pd.DataFrame, target: Target, most: int, groups: Any, time: Any, kinds: Any, seed: int
) -> tuple[NDArray[np.intp], str]:
    there = len(target.rows)
    if groups is not None and groups is not False:
        return _whole_groups(_column(frame, groups, target), most, seed)
    if time is not None and time is not False:
        return _latest(frame, target, most, time, kinds)
    order = _order(frame, target, kinds) if time is None else None
    if order is not None:
        own = np.arange(len(frame))[::-1] if order.reverse else True
        return _latest(frame, target, most, order.by or own, kinds)
    by = _groups(frame, target, kinds) if groups is None else ""
    if by:
        return _whole_groups(_column(frame, by, target), most, seed)
    classes = target.values if target.task.classifies else None
    rows = share_of(np.arange(there), most / there, classes)
    return rows, "drawn by chance, of every class its share" if target.task.classifies else "drawn by chance"


def _latest(frame: pd.DataFrame, target: Target, most: int, time: Any, kinds: Any) -> tuple[NDArray[np.intp], str]:
    if time is True:
        return np.arange(len(target.rows) - most, len(target.rows)), "the last ones"
    column = _column(frame, time, target)
    named = isinstance(time, str)
    schema = infer_schema(column.iloc[:LOOKED_AT].to_frame(time if named else "time"), _of(kinds, time))
    moments = moments_of(column, schema.columns[0].format)
    order = np.argsort(np.where(np.isnan(moments), -np.inf, moments), kind="stable")
    return np.sort(order[-most:]), f"the latest by {time!r}" if named else "the latest"


def _whole_groups(column: pd.Series, most: int, seed: int) -> tuple[NDArray[np.intp], str]:
    codes = pd.factorize(read_texts(column), use_na_sentinel=False)[0]
    sizes = np.bincount(codes)
    order = np.random.default_rng(seed).permutation(len(sizes))
    # The first one however large it is; two at least, so that one can be held out.
    taken = order[: max(2, int(np.searchsorted(np.cumsum(sizes[order]), most, side="right")))]
    return np.flatnonzero(np.isin(codes, taken)), f"{len(taken):,} of {len(sizes):,} groups by chance, each as a whole"


def _order(frame: pd.DataFrame, target: Target, kinds: Any) -> Order | None:
    """What the rows are in order of, by some of them: some from everywhere, then the first ones, which are neighbours."""
    there = len(target.rows)
    for some in (np.unique(np.linspace(0, there - 1, LOOKED_AT).astype(np.intp)), np.arange(min(there, LOOKED_AT))):
        pilot = frame.iloc[target.rows[some]].reset_index(drop=True)
        order = find_order(pilot, target.values[some], infer_schema(pilot, kinds), target.task)
        if order is not None:
            return order
    return None


def _groups(frame: pd.DataFrame, target: Target, kinds: Any) -> str:
    """The column that names groups, counted in all rows: of few rows hardly two are of one group."""
    pilot = frame.iloc[target.rows[:LOOKED_AT]].reset_index(drop=True)
    columns = [
        dataclasses.replace(column, levels=int(frame[column.name].nunique()))
        for column in infer_schema(pilot, kinds).columns
        if IDENTIFIER_NAME.search(column.name)
    ]
    found = find_groups(Schema(columns=tuple(columns), rows=len(frame)))
    return found.by if found is not None else ""


def _column(frame: pd.DataFrame, given: Any, target: Target) -> pd.Series:
    """Of the rows whose target is there."""
    if isinstance(given, str):
        if given not in frame.columns:
            raise SettingUnusable(f"The table has no column {given!r}.", hint="`df.columns` shows what there is.")
        return frame[given].iloc[target.rows].reset_index(drop=True)
    values = given.reset_index(drop=True) if isinstance(given, pd.Series) else pd.Series(np.asarray(given))
    if len(values) != len(frame):
        raise SettingUnusable(
            f"There are {len(values):,} groups or times, and the table has {len(frame):,} rows.",
            hint="Give a value for each row, or the name of a column.",
        )
    return values.iloc[target.rows].reset_index(drop=True)


def _of(kinds: Any, name: Any) -> dict[str, Any]:
    return {name: kinds[name]} if isinstance(name, str) and kinds and name in kinds else {}
