"""Metrics of rankings: each a mean over queries of how far up the relevant rows are.

Truths are as `ranked` makes them: relevance and query. Rows of equal score count as they do on average over all the orders
that they can have (McSherry and Najork, Computing information retrieval performance measures efficiently in the presence of
tied scores, 2008), so that a model that says the same of all rows is worth what a random order is. A query with no relevant
row can't be ranked well or badly: it is left out, as by the `gdeval.pl` of NIST's TREC web track; 0 where no query has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln

from .functions import Numbers, Weights


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Rows query by query, the highest score first; of each row.

    Args:
        relevance: How relevant it is.
        place: Its place in its query, counted from 0.
        queries: The positions at which queries begin.
        ties: The positions at which rows of one score begin.
        tie: The number of those that it is among.
    """

    relevance: Numbers
    place: Numbers
    queries: Numbers
    ties: Numbers
    tie: Numbers

    def per_query(self, values: Numbers) -> Numbers:
        """Sums over the rows of each query."""
        return np.asarray(np.add.reduceat(values, self.queries))

    def per_tie(self, values: Numbers) -> Numbers:
        """For each row, the sum over those that it is tied with, and itself."""
        return np.asarray(np.add.reduceat(values, self.ties)[self.tie])


def _ranked(truth: Numbers, scores: Numbers) -> _Ranked:
    order = np.lexsort((-scores, truth[:, 1]))
    relevance, query, score = truth[order, 0], truth[order, 1], scores[order]
    new_query = np.append(True, query[1:] != query[:-1])
    new_tie = new_query | np.append(True, score[1:] != score[:-1])
    queries, ties = np.flatnonzero(new_query), np.flatnonzero(new_tie)
    place = np.arange(len(order)) - queries[np.cumsum(new_query) - 1]
    return _Ranked(relevance, place, queries, ties, np.cumsum(new_tie) - 1)


def ndcg(most: float, truth: Numbers, scores: Numbers, weights: Weights) -> float:
    """Discounted cumulative gain of the first rows beside that of the best order, 0 to 1.

    A row's gain is 2 to the power of its relevance, less 1 (Burges et al., Learning to rank using gradient descent, 2005).

    Args:
        most: How many rows of a query count.
        truth: Relevance and query of each row.
        scores: What is said of each row.
        weights: None; rankings have no weights.
    """
    found, best = _ranked(truth, scores), _ranked(truth, truth[:, 0])
    discount = np.where(found.place < most, 1.0 / np.log2(found.place + 2.0), 0.0)
    shared = found.per_tie(discount) / found.per_tie(np.ones(len(truth)))
    gained = found.per_query(_gain(found.relevance) * shared)
    return _mean(gained, best.per_query(_gain(best.relevance) * discount))


def average_precision(truth: Numbers, scores: Numbers, weights: Weights) -> float:
    """Mean over the relevant rows of the share of relevant ones among those down to it (MAP), 0 to 1."""
    found = _ranked(truth, scores)
    relevant = (found.relevance > 0).astype(float)
    among, size, before = _ties(found, relevant)
    # Of rows that are tied, each is relevant with the same chance, and so are those before it.
    chance = among / size
    within = _within(found)
    others = within * (among - 1.0) / np.maximum(size - 1.0, 1.0)
    precision = (before + 1.0 + others) / (found.place + 1.0)
    return _mean(found.per_query(chance * precision), found.per_query(relevant))


def reciprocal_rank(truth: Numbers, scores: Numbers, weights: Weights) -> float:
    """Mean of 1 by the place of the first relevant row (MRR), 0 to 1."""
    found = _ranked(truth, scores)
    relevant = (found.relevance > 0).astype(float)
    among, size, before = _ties(found, relevant)
    within = _within(found)
    # The first relevant one of those that are tied is here when all others are among those after it.
    possible = (before == 0) & (among > 0) & (within <= size - among)
    chance = np.zeros(len(truth))
    left, others = (size - within - 1.0)[possible], (among - 1.0)[possible]
    chance[possible] = np.exp(_choices(left, others) - _choices(size[possible], among[possible]))
    return _mean(found.per_query(chance / (found.place + 1.0)), np.minimum(found.per_query(relevant), 1.0))


def mean_over_queries(function: Callable[..., Any]) -> Callable[..., float]:
    """A function of relevance and scores, applied to each query."""

    def compute(truth: Numbers, scores: Numbers, **given: Any) -> float:
        order = np.argsort(truth[:, 1], kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(truth[order, 1])) + 1)
        return float(np.mean([float(function(truth[part, 0], scores[part], **given)) for part in parts]))

    return compute


def _gain(relevance: Numbers) -> Numbers:
    return np.asarray(np.exp2(relevance) - 1.0)


def _within(found: _Ranked) -> Numbers:
    """How many of those that a row is tied with are before it."""
    return np.asarray(np.arange(len(found.tie)) - found.ties[found.tie])


def _ties(found: _Ranked, relevant: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """For each row: how many of its tie are relevant, how many they are, and how many of its query are relevant before them."""
    before = np.cumsum(relevant) - relevant
    own = np.repeat(before[found.queries], np.diff(np.append(found.queries, len(relevant))))
    return found.per_tie(relevant), found.per_tie(np.ones(len(relevant))), before[found.ties][found.tie] - own


def _choices(of: Numbers, some: Numbers) -> Numbers:
    """The logarithm of how many ways there are to choose some of so many."""
    return np.asarray(gammaln(of + 1.0) - gammaln(some + 1.0) - gammaln(of - some + 1.0))


def _mean(reached: Numbers, possible: Numbers) -> float:
    there = possible > 0
    return float(np.mean(reached[there] / possible[there])) if there.any() else 0.0
