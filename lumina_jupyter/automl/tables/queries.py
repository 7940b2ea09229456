"""Queries: which rows a ranking puts in order together, found in what users give, and whole wherever rows are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.plain.query_scores import ranked
from lumina_jupyter.automl.tables.frames import read_table
from lumina_jupyter.automl.task import Task
from lumina_jupyter.automl.validation import Validation
from lumina_jupyter.errors import DataUnusable, SettingUnusable

MOST_RELEVANT = 30
"""The highest grade that LightGBM and XGBoost know a gain of."""


def split_queries(frame: pd.DataFrame, groups: Any, weights: Any = None) -> tuple[pd.DataFrame, pd.Series]:
    """A table without its column of queries, and the query of each row, by the name of that column or of the values.

    Args:
        frame: The table.
        groups: The name of one of its columns, or a value for each row.
        weights: How much each row counts, which means nothing here.

    Raises:
        DataUnusable: when rows have no query, or all the same.
        SettingUnusable: when nothing is given, there is no such column, there are as many values as no table, or weights.
    """
    if weights is not None:
        raise SettingUnusable("A ranking takes no weights of rows: queries count alike.", hint="Leave them out.")
    if groups is None or isinstance(groups, bool):
        raise SettingUnusable(
            "A ranking has to be told which rows belong to one query.",
            hint='Name the column, or give a value for each row: groups="query_id".',
        )
    if isinstance(groups, str):
        if groups not in frame.columns:
            raise SettingUnusable(
                f"groups={groups!r}: the table has no such column.", hint="Name the column of queries."
            )
        queries = frame[groups].reset_index(drop=True)
    else:
        queries = pd.Series(np.ravel(np.asarray(groups)), name=str(getattr(groups, "name", None) or ""))
        if len(queries) != len(frame):
            raise SettingUnusable(f"`groups` has {len(queries):,} values, and the table has {len(frame):,} rows.")
    missing = int(queries.isna().sum())
    if missing:
        raise DataUnusable(f"{missing:,} of {len(queries):,} rows have no query.", hint="Leave these rows out.")
    if queries.nunique() < 2:
        raise DataUnusable(
            "All rows are of one query.", hint="A model is tested on queries that it has not seen: give several."
        )
    name = queries.name
    # Values are often those of a column that is still in the table.
    if name in frame.columns and frame[name].tolist() == queries.tolist():
        frame = frame.drop(columns=[name])
    return frame, queries


def queries_of(X: Any, groups: Any, task: Task, weights: Any = None) -> pd.Series | None:
    """The query of each row of a table that a model is judged by; None where it makes no ranking.

    Args:
        X: The table; the column of queries that the model was trained with is found in it.
        groups: As for `split_queries`, where it is not there.
        task: What the model does.
        weights: As for `split_queries`.

    Raises:
        DataUnusable: when rows have no query.
        SettingUnusable: when it isn't known, or groups mean nothing to the task.
    """
    if task.kind != "ranking":
        if groups is not None:
            raise SettingUnusable(
                f"`groups` are for rankings here, and this is a {task.kind} task.", hint="Leave it out."
            )
        return None
    frame = read_table(X).frame
    known = task.query if groups is None and task.query in frame.columns else groups
    return split_queries(frame, known, weights)[1]


def ranked_target(relevance: NDArray[Any], queries: Any, name: str) -> NDArray[Any]:
    """The target of a ranking: relevance and the number of the query, a row each.

    Raises:
        DataUnusable: when relevance is no grade.
    """
    odd = relevance[(relevance < 0) | (relevance > MOST_RELEVANT) | (relevance != np.floor(relevance))]
    if len(odd):
        raise DataUnusable(
            f"The target {name!r} holds {odd[0]:g}, which is no grade of relevance: these are whole numbers from 0 (not "
            f"relevant) to {MOST_RELEVANT}.",
            hint='Make a few grades of it (`pd.qcut(y, 4, labels=False, duplicates="drop")`), or set task="regression".',
        )
    made: NDArray[Any] = ranked(relevance, queries)
    return made


def check_queries(target: NDArray[Any], validation: Validation) -> Iterator[str]:
    """What is to be known of the queries, as sentences.

    Raises:
        DataUnusable: when there is no order to be learned.
        SettingUnusable: when a fold tests on a query that it trains on.
    """
    need_whole_queries(validation, target)
    by_query = pd.Series(target[:, 0]).groupby(target[:, 1])
    low, high = by_query.min(), by_query.max()
    if not (low < high).any():
        raise DataUnusable("In no query is a row more relevant than another: there is no order to be learned.")
    lonely = int((by_query.size() == 1).sum())
    if lonely:
        yield f"{lonely:,} of {len(low):,} queries have one row only, which is always in the right place."
    if (high == 0).any():
        count = int((high == 0).sum())
        yield f"{count:,} of {len(low):,} queries have no relevant row: metrics leave them out."


def need_whole_queries(validation: Validation, target: NDArray[Any]) -> None:
    """Go on where no fold parts a query.

    Raises:
        SettingUnusable: when one does.
    """
    for number, fold in enumerate(validation.folds):
        parted = np.intersect1d(target[fold.train, 1], target[fold.test, 1])
        if len(parted):
            raise SettingUnusable(
                f"Fold {number} of `folds` tests on rows of {len(parted):,} queries that it is trained on, too.",
                hint="Give a number of folds, or `GroupKFold()`.",
            )


def whole_queries(queries: NDArray[Any], share: float, random: np.random.Generator) -> NDArray[np.intp]:
    """Positions of the rows of a share of the queries by chance, at least of one, in their order.

    Scores of halves that are drawn in this way spread as those of all queries drawn with replacement do (half-samples), and
    no query is in a draw twice, in which it would be a longer one.
    """
    numbers = np.unique(queries)
    kept = random.permutation(numbers)[: max(1, round(len(numbers) * share))]
    return np.flatnonzero(np.isin(queries, kept))
