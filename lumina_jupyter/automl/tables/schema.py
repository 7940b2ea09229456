"""What the columns of a table hold: numbers, also in text, dates, categories, texts, identifiers, nothing at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.columns import Column, ColumnKind, Schema
from lumina_jupyter.automl.plain.table_reader import (
    boolean_in,
    date_formats,
    number_in,
    parsed_dates,
    read_numbers,
    read_texts,
)
from lumina_jupyter.errors import SettingUnusable

ENOUGH = 0.95
"""Share of a column's different texts that must be numbers, or dates, for the column to be taken for that."""
LOOKED_AT = 500
"""How many different texts of a column are looked at to find out what they are."""
TEXT_WORDS = 2.5
"""Words that texts have on average, as opposed to categories."""
TEXT_LEVELS = 50
LEAST_ROWS = 20
"""Below so many rows nothing is taken for an identifier: every value is there once by chance."""
IDENTIFIER_NAME = re.compile(
    r"(?i:(^|[^a-z])(ids?|uuid|guid|key|index|idx|row_?(id|number|nr|no|num)|nr|unnamed: ?\d+)$)|[a-z](Id|ID|Uuid|UUID)$"
)
COUNTS_TIME = re.compile(
    r"(?i)(^|[^a-z])(year|yr|quarter|month|mon|mnth|week|day|date|hour|hr|minute|second|time|timestamp|period|epoch|t)s?([^a-z]|$)"
)
"""Names of columns of numbers that go on with time."""
GROUP_LEVELS = 50
GROUP_SIZE = 20.0
_DATE = re.compile(
    r"\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}|\d{8}\b)"
    r"([T ]\d{1,2}:\d{2}.*)?\s*"
)
_CLOCKED = re.compile(r"(?i)(^|[^a-z])(time|timestamp|date|datetime|created|updated|at|ts|epoch|when)([^a-z]|$)")
_CODE = re.compile(r"\s*[-+]?0\d+\s*")


def infer_schema(frame: pd.DataFrame, kinds: Mapping[str, ColumnKind] | None = None) -> Schema:
    """What each column holds.

    Args:
        frame: Features, as `frames.read_table` gives them; the target is not among them.
        kinds: What columns hold, by their names, where users say it themselves.

    Raises:
        SettingUnusable: when `kinds` names a column that is not there or a kind that does not exist.
    """
    if kinds is not None and not isinstance(kinds, Mapping):
        raise SettingUnusable(f"kinds={kinds!r} is no dict.", hint='Give kinds by columns: kinds={"zip": "category"}.')
    asked = dict(kinds or {})
    _check(asked, frame)
    simple = [name for name, dtype in frame.dtypes.items() if _is_simple(dtype) and name not in asked]
    columns = {column.name: column for column in _simple_columns(frame, simple)}
    for name in frame.columns:
        if name not in columns:
            columns[name] = _column(frame[name], asked.get(name))
    return Schema(columns=tuple(columns[name] for name in frame.columns), rows=len(frame))


def _check(asked: Mapping[str, ColumnKind], frame: pd.DataFrame) -> None:
    known = ("number", "category", "boolean", "datetime", "text", "identifier", "constant")
    for name, kind in asked.items():
        if name not in frame.columns:
            raise SettingUnusable(f"The table has no column {name!r}.", hint="`df.columns` shows what there is.")
        if kind not in known:
            raise SettingUnusable(f"There is no kind of column {kind!r}.", hint=f"The kinds are {', '.join(known)}.")


def _is_simple(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind in "iuf"


def _simple_columns(frame: pd.DataFrame, names: list[str]) -> list[Column]:
    """Columns of plain numbers, of which there may be tens of thousands: looked at together."""
    columns = []
    dtypes = dict(frame.dtypes)
    for start in range(0, len(names), 1_000):
        part = names[start : start + 1_000]
        block = frame[part].to_numpy(dtype=float)
        whole = [dtypes[name].kind in "iu" for name in part]
        there = np.isfinite(block)
        missing = 1 - there.mean(axis=0)
        ordered = np.sort(np.where(there, block, np.nan), axis=0)
        levels = (np.diff(ordered, axis=0) > 0).sum(axis=0) + there.any(axis=0)
        for position, name in enumerate(part):
            values = block[:, position]
            columns.append(
                _number(name, values, int(levels[position]), float(missing[position]), whole=whole[position])
            )
    return columns


def _number(name: str, values: Any, levels: int, missing: float, *, whole: bool) -> Column:
    kind: ColumnKind = "number"
    told = ""
    rows = len(values)
    if levels <= 1:
        return _constant(name, levels, missing)
    if whole and missing == 0 and rows >= LEAST_ROWS:
        if levels == rows and (IDENTIFIER_NAME.search(name) or _counts_rows(name, values)):
            kind, told = "identifier", "Every row has a whole number of its own, which says nothing about other rows."
        elif names_groups(name, levels, rows):
            kind, told = "identifier", _told_group(levels)
        elif _CLOCKED.search(name):
            unit = _unix(values)
            if unit:
                text = f"Whole numbers that count {'milliseconds' if unit == 'unix ms' else 'seconds'} from 1970."
                return Column(name=name, kind="datetime", levels=levels, missing=missing, format=unit, told=text)
        if kind == "number" and _compact_dates(values):
            text = "Whole numbers that say year, month and day, like 20240131."
            return Column(name=name, kind="datetime", levels=levels, missing=missing, format="%Y%m%d", told=text)
    return Column(name=name, kind=kind, levels=levels, missing=missing, told=told)


def _constant(name: str, levels: int, missing: float) -> Column:
    told = "It has no value in any row." if levels == 0 else "It has the same value in all rows."
    return Column(name=name, kind="constant", levels=levels, missing=missing, told=told)


def _counts_rows(name: str, values: Any) -> bool:
    return not COUNTS_TIME.search(name) and bool((np.abs(np.diff(values)) == 1).all())


def names_groups(name: str, levels: int, rows: int) -> bool:
    """Whether it names things of which the table has several rows each, like customers."""
    return bool(IDENTIFIER_NAME.search(name)) and levels >= GROUP_LEVELS and 1 < rows / levels <= GROUP_SIZE


def _told_group(levels: int) -> str:
    return f"It names {levels:,} things that have several rows each; new rows may be about others."


def _unix(values: Any) -> str:
    low, high = float(values.min()), float(values.max())
    if 3e8 < low <= high < 4e9:
        return "unix s"
    return "unix ms" if 3e11 < low <= high < 4e12 else ""


def _compact_dates(values: Any) -> bool:
    if not 19000101 <= values.min() <= values.max() <= 21001231:
        return False
    found = pd.Series(pd.unique(values)[:LOOKED_AT].astype("int64").astype(str), dtype=object)
    return len(found) >= 5 and not np.isnat(parsed_dates(found, "%Y%m%d")).any()


def _column(values: pd.Series, asked: ColumnKind | None) -> Column:
    name, dtype, rows = str(values.name), values.dtype, len(values)
    kind = getattr(dtype, "kind", "O")
    if asked in ("identifier", "constant"):
        return Column(name=name, kind=asked, missing=float(values.isna().mean()))
    if asked is None and (kind in "Mm" or isinstance(dtype, pd.PeriodDtype)):
        levels = int(values.nunique())
        found: ColumnKind = "number" if kind == "m" else "datetime"
        missing = float(values.isna().mean())
        return (
            Column(name=name, kind=found, levels=levels, missing=missing)
            if levels > 1
            else _constant(name, levels, missing)
        )
    if asked is None and kind in "iuf":
        numbers = read_numbers(values)
        levels, missing = len(np.unique(numbers[~np.isnan(numbers)])), float(np.isnan(numbers).mean())
        return _number(name, numbers, levels, missing, whole=kind in "iu")
    texts = read_texts(values)
    found_texts = pd.unique(texts[texts != np.array(None)])
    levels = len(found_texts)
    missing = float(np.mean([text is None for text in texts])) if rows else 0.0
    if asked is None and levels <= 1:
        return _constant(name, levels, missing)
    if asked is not None:
        return Column(
            name=name,
            kind=asked,
            levels=levels,
            missing=missing,
            format=_format(found_texts, asked),
            ordered=_order(values, asked),
        )
    if kind == "b":
        return Column(name=name, kind="boolean", levels=levels, missing=missing)
    if isinstance(dtype, pd.CategoricalDtype):
        return Column(name=name, kind="category", levels=levels, missing=missing, ordered=_order(values, "category"))
    return _worded(name, texts, found_texts, missing)


def _worded(name: str, texts: Any, found: Any, missing: float) -> Column:
    """A column of text, or of mixed types as text."""
    levels, rows = len(found), len(texts)
    sample = found if levels <= LOOKED_AT else found[:: -(-levels // LOOKED_AT)]
    if (
        levels == 2
        and len({boolean_in(text) for text in found}) == 2
        and not any(np.isnan([boolean_in(t) for t in found]))
    ):
        return Column(name=name, kind="boolean", levels=levels, missing=missing)
    pattern = _date_format(sample)
    if pattern:
        return Column(
            name=name,
            kind="datetime",
            levels=levels,
            missing=missing,
            format=pattern,
            told=f"Dates in text, like {sample[0]!r}.",
        )
    pattern = _number_format(sample)
    if pattern:
        values = [number_in(text, "," if pattern == "1.234,5" else ".") for text in found]
        strange = [text for text, value in zip(found, values, strict=True) if np.isnan(value)]
        told = f"Numbers in text, like {sample[0]!r}."
        if strange:
            told += f" What is no number counts as missing: {', '.join(map(repr, strange[:3]))}."
        if levels == rows and IDENTIFIER_NAME.search(name):
            return Column(name=name, kind="identifier", levels=levels, missing=missing, told="Every row has its own.")
        return Column(name=name, kind="number", levels=levels, missing=missing, format=pattern, told=told)
    words = float(np.mean([len(text.split()) for text in sample]))
    there = rows * (1 - missing)
    if words >= TEXT_WORDS and levels > TEXT_LEVELS and levels > 0.05 * there:
        return Column(name=name, kind="text", levels=levels, missing=missing)
    if rows >= LEAST_ROWS and levels >= max(LEAST_ROWS, 0.98 * there) and words < 1.5:
        told = "Nearly every row has a value of its own, which says nothing about other rows."
        return Column(name=name, kind="identifier", levels=levels, missing=missing, told=told)
    if names_groups(name, levels, rows):
        return Column(name=name, kind="identifier", levels=levels, missing=missing, told=_told_group(levels))
    return Column(name=name, kind="category", levels=levels, missing=missing)


def _format(found: Any, kind: ColumnKind) -> str:
    sample = found[:LOOKED_AT]
    if kind == "datetime":
        return _date_format(sample)
    return (_number_format(sample) or "1,234.5") if kind == "number" and len(found) else ""


def _order(values: pd.Series, kind: ColumnKind) -> tuple[str, ...]:
    dtype = values.dtype
    if kind != "category" or not isinstance(dtype, pd.CategoricalDtype) or not dtype.ordered:
        return ()
    return tuple(str(each) for each in read_texts(pd.Series(dtype.categories)))


def _number_format(sample: Any) -> str:
    """The format of numbers in text, or nothing when it is no numbers; codes like "007" are none."""
    if any(_CODE.fullmatch(text) for text in sample):
        return ""
    shares = {
        name: float(np.mean([not np.isnan(number_in(text, point)) for text in sample]))
        for name, point in (("1,234.5", "."), ("1.234,5", ","))
    }
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= ENOUGH else ""


def _date_format(sample: Any) -> str:
    """The format that most dates in text have, or nothing when it is no dates."""
    likely = [text.strip() for text in sample if _DATE.fullmatch(text)]
    if len(likely) < ENOUGH * len(sample) or not likely:
        return ""
    texts = pd.Series(likely, dtype=object)
    shares = {each: float((~np.isnat(parsed_dates(texts, each))).mean()) for each in date_formats()}
    best = max(shares, key=lambda each: shares[each])
    if shares[best] >= ENOUGH:
        return best
    return best if _together(texts, best) >= ENOUGH else ""


def _together(texts: pd.Series, best: str) -> float:
    """The share that is read when columns have several formats."""
    found = np.zeros(len(texts), dtype=bool)
    for each in date_formats(best):
        found |= ~np.isnat(parsed_dates(texts, each))
    return float(found.mean())
