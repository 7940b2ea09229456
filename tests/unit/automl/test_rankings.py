"""Rankings: metrics, beside their definitions applied to every order that rows of equal score can have; queries; scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn.base import BaseEstimator

from lumina_jupyter.automl.jobs.tools import source
from lumina_jupyter.automl.metrics.metric import METRICS, find_metric
from lumina_jupyter.automl.metrics.rankings import ndcg
from lumina_jupyter.automl.plain.query_scores import QueryScores, by_query, ranked
from lumina_jupyter.automl.tables.queries import whole_queries
from lumina_jupyter.automl.task import Task

Rows = list[tuple[int, int]]
"""Relevance and score of each row of a query."""
QUERIES = some.lists(
    some.lists(some.tuples(some.integers(0, 3), some.integers(0, 2)), min_size=1, max_size=5), min_size=1
)


def _orders(rows: Rows) -> Iterator[list[int]]:
    """Relevance from the first place on, in every order in which scores fall."""
    for order in permutations(rows):
        if all(before[1] >= after[1] for before, after in pairwise(order)):
            yield [relevance for relevance, _ in order]


def _gain(order: Sequence[int], most: int) -> float:
    return float(sum((2**each - 1) / np.log2(place + 2) for place, each in enumerate(order[:most])))


def _precision(order: Sequence[int]) -> float:
    hits = np.flatnonzero(np.asarray(order) > 0)
    return float(np.mean((np.arange(len(hits)) + 1) / (hits + 1)))


def _reciprocal(order: Sequence[int]) -> float:
    return float(1 / (np.flatnonzero(np.asarray(order) > 0)[0] + 1))


@settings(max_examples=60, deadline=None)
@given(QUERIES, some.randoms())
def test_each_is_the_mean_over_all_orders_that_ties_can_have_and_over_queries(queries: list[Rows], random: Any) -> None:
    rows = [(*row, number) for number, query in enumerate(queries) for row in query]
    random.shuffle(rows)
    relevance, scores, numbers = np.asarray(rows, dtype=float).T
    truth = ranked(relevance, numbers)
    relevant = [query for query in queries if max(each for each, _ in query) > 0]
    best = [_gain(sorted((each for each, _ in query), reverse=True), 3) for query in relevant]
    expected = {
        "ndcg": [np.mean([_gain(order, 3) for order in _orders(query)]) for query in relevant] / np.asarray(best),
        "map": [np.mean([_precision(order) for order in _orders(query)]) for query in relevant],
        "mrr": [np.mean([_reciprocal(order) for order in _orders(query)]) for query in relevant],
    }
    found = {"ndcg": ndcg(3, truth, scores, None)}
    found |= {name: METRICS[name].score(truth, scores) for name in ("map", "mrr")}
    for name, values in expected.items():
        assert found[name] == pytest.approx(np.mean(values) if len(values) else 0.0), name


def test_a_function_is_told_each_query_alone_and_its_name_is_kept() -> None:
    told: list[list[float]] = []

    def top(relevance: Any, scores: Any) -> float:
        told.append(relevance.tolist())
        return float(relevance[np.argmax(scores)])

    metric = find_metric(top, Task(kind="ranking"))
    truth = ranked([1, 0, 2, 3], ["b", "a", "b", "a"])
    assert metric.score(truth, np.asarray([0.1, 0.2, 0.3, 0.1])) == 1.0
    assert metric.name == "top"
    assert told == [[1.0, 2.0], [0.0, 3.0]]


def test_rows_of_a_query_come_together_in_the_order_of_the_table_whatever_queries_are_called() -> None:
    features = np.arange(6)[:, None]
    for names in (["x", "a", "x", "a", "m", "x"], [7, 3, 7, 3, 9, 7]):
        rows, relevance, sizes = by_query(features, ranked([1, 0, 2, 0, 1, 0], names))
        assert rows.ravel().tolist() == [0, 2, 5, 1, 3, 4]
        assert relevance.tolist() == [1, 2, 0, 0, 0, 1]
        assert sizes.tolist() == [3, 2, 1]
    drawn = whole_queries(np.repeat(np.arange(10), 3), 0.5, np.random.default_rng(0))
    assert len(drawn) == 15
    assert np.bincount(drawn // 3, minlength=10).tolist().count(3) == 5


class Ranker(BaseEstimator):
    """Says a thousand times the first feature."""

    def fit(self, X: Any, y: Any, group: Any) -> Ranker:
        self.told_ = (X.ravel().tolist(), y.tolist(), group.tolist())
        return self

    def predict(self, X: Any) -> Any:
        return 1000.0 * X[:, 0] + 7


def test_a_ranker_is_told_lists_and_its_scores_get_the_unit_of_relevance() -> None:
    features, relevance = np.array([[3.0], [1.0], [0.0], [2.0]]), np.array([2.0, 1.0, 0.0, 1.0])
    model = QueryScores(Ranker(), listwise=True).fit(features, ranked(relevance, ["x", "y", "x", "y"]))
    assert model.estimator_.told_ == ([3, 0, 1, 2], [2, 0, 1, 1], [2, 2])
    scores = model.predict(features)
    assert scores.mean() == pytest.approx(relevance.mean())
    assert scores.std() == pytest.approx(relevance.std())
    assert model.predict(features + 1).argmax() == 0


def test_a_chat_asks_for_a_ranking_by_a_line() -> None:
    line = source("df", "stars", 5.0, "auto", "ranking", "query id", "")
    assert line.endswith("automl df --target stars --time 5 --task ranking --groups 'query id'")
