"""How much of the budget is kept for what comes after the search."""

from __future__ import annotations

from ..experiment.problem import Problem
from .book import Book
from .finish import loading_seconds, pool_of, refit_seconds

AIM = 0.97
"""The share of the budget by which all is meant to be done: later by 3 % is late, earlier by 15 % is wasted."""
MOST = 0.14
"""The most that is kept, as a share of the budget: what is not needed of it is wasted."""
REFITS = 4
"""For how many members time is kept."""
BEGINNING = 2.0
"""Seconds after which a worker that was started anew can train."""


def selection_seconds(total: float) -> float:
    """How long the choice of a blend may take."""
    return min(4.0, 0.03 * total)


def reserve(book: Book, problem: Problem, total: float, workers: int) -> float:
    """Seconds before the end of the budget at which the search is over.

    Args:
        book: All trials so far.
        problem: What is searched for.
        total: The budget.
        workers: How many fits run at once.
    """
    pool = pool_of(book)
    needed = (1 - AIM) * total + selection_seconds(total) + min(loading_seconds(pool[:8]), 0.1 * total)
    if problem.validation.refitted:
        refits = sum(refit_seconds(trial, problem) for trial in pool[:REFITS]) / workers
        needed += refits + BEGINNING
    return min(needed, MOST * total)
