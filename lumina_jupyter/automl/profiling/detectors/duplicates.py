"""Duplicates: rows that are there twice, rows that contradict each other, and columns that say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.plain.table_reader import read_numbers, read_texts
from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.view import View, is_numeric, numbers_of
from lumina_jupyter.automl.words import counted, listed, percent, verb

MANY = 0.01
AT_ONCE = 1_000
FINE = 0.2
"""Share of rows with a value of their own from which on a column of numbers is fine enough for twins to be strange."""


def find_duplicate_rows(view: View) -> Iterator[Finding]:
    """Rows with the same features: with the same target, and with another."""
    if len(view.frame) < 2:
        return
    features = row_hashes(view, view.frame)
    repeated = int(pd.Series(features).duplicated().sum())
    if not repeated:
        return
    both = repeated
    if view.values is not None:
        both = int(pd.DataFrame({"row": features, "target": view.values}).duplicated().sum())
        yield from _contradictions(view, features)
    fine = any(each.kind == "number" and each.levels > FINE * len(view.frame) for each in view.schema.columns)
    share = both / len(view.frame)
    if not both:
        return
    yield Finding(
        kind="duplicates",
        severity="warning" if fine and share >= MANY else "info",
        text=f"{counted(both, 'row')} ({percent(share, 1)}) {verb(both, 'repeats', 'repeat')} another row.",
        evidence={"rows": both, "share": round(share, 4), "columns_are_fine": fine},
        action="Keeps them: a row that is in the training part and in the part held out makes scores look better.",
        advice="Where they are one case recorded twice, use df.drop_duplicates()." if fine else "",
    )


def _contradictions(view: View, features: NDArray[Any]) -> Iterator[Finding]:
    if not view.classes or view.values is None:
        return
    table = pd.DataFrame({"row": features, "target": view.values})
    different = table.groupby("row")["target"].transform("nunique").to_numpy() > 1
    count = int(different.sum())
    if not count:
        return
    share = count / len(table)
    rows = view.origin[np.flatnonzero(different)[:20]]
    yield Finding(
        kind="contradictions",
        severity="warning" if share >= MANY else "info",
        text=f"{counted(count, 'row')} ({percent(share, 1)}) have the same features as another row, and another target.",
        evidence={"rows": count, "share": round(share, 4), "positions": rows.tolist()},
        action="Keeps them: no model can be right about all of them, whatever it learns.",
    )


def find_duplicate_columns(view: View) -> Iterator[Finding]:
    """Columns that tell the same cases apart in the same way, whatever their values are called."""
    seen: dict[int, list[str]] = {}
    for column in view.columns():
        if column.kind == "constant" or (column.kind == "identifier" and not column.missing):
            continue
        seen.setdefault(_partition(view, column.name), []).append(column.name)
    for names in (each for each in seen.values() if len(each) > 1):
        yield Finding(
            kind="same columns",
            severity="info",
            text=f"These columns say the same in other words: {listed(map(repr, names))}.",
            columns=tuple(names),
            action="Keeps all of them: trees don't mind, linear models share their weights between them.",
            advice="Explanations are easier to read with one of them.",
        )


def row_hashes(view: View, frame: pd.DataFrame) -> NDArray[Any]:
    """A number for each row that is the same for rows with the same features, identifiers left out."""
    used = [each for each in view.schema.columns if each.kind not in ("identifier", "constant")]
    factors = np.random.default_rng(0).integers(1, 2**63, size=len(used), dtype=np.uint64) | np.uint64(1)
    plain = [place for place, each in enumerate(used) if each.kind == "number" and not each.format]
    total = np.zeros(len(frame), dtype=np.uint64)
    for start in range(0, len(plain), AT_ONCE):
        places = plain[start : start + AT_ONCE]
        block = frame[[used[place].name for place in places]]
        if not all(getattr(dtype, "kind", "O") in "iufb" for dtype in block.dtypes):
            block = pd.DataFrame({place: read_numbers(frame[used[place].name]) for place in places})
        total += (_hashes(block.to_numpy(dtype=float, na_value=np.nan)) * factors[places]).sum(axis=1, dtype=np.uint64)
    for place in sorted(set(range(len(used))).difference(plain)):
        column = used[place]
        if is_numeric(column, view.frame[column.name]):
            hashed = _hashes(numbers_of(frame[column.name], column))
        else:
            texts = view.texts(column.name) if frame is view.frame else read_texts(frame[column.name])
            hashed = pd.util.hash_array(np.where(texts == np.array(None), "", texts), categorize=True)
        total += hashed * factors[place]
    return total


def _hashes(numbers: NDArray[Any]) -> NDArray[Any]:
    bits = np.where(np.isfinite(numbers), numbers + 0.0, np.inf).view(np.uint64)
    return np.asarray((bits ^ (bits >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15))


def _partition(view: View, name: str) -> int:
    """A number that is the same for columns that put the rows into the same order, or into the same classes."""
    if is_numeric(view.column(name), view.frame[name]):
        numbers = view.numbers(name)[view.rows]
        codes = np.unique(np.where(np.isnan(numbers), np.inf, numbers), return_inverse=True)[1]
    else:
        codes = pd.factorize(view.texts(name)[view.rows], use_na_sentinel=False)[0]
        if len(codes) == int(codes.max()) + 1:
            return hash(name)
    return hash(codes.astype(np.int64).tobytes())
