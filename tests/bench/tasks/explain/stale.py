"""A cell was edited after it ran, so that what is shown below is not what the notebook says."""

from __future__ import annotations

import re

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require


def check(result: Result) -> None:
    """The cell of the rate is named and none that has nothing to do with it; nothing is changed."""
    result.keeps()
    result.says(r"rate-cell|\brate\b|\b(cell|number|nr\.?|in) ?\W{0,2}#?2\b|second cell|\[2\]")
    wrong = r"price-cell|count-cell|first cell|fourth cell|cell ?#?[14]\b|\b(prices|count)\b[^.]{0,30}(edited|stale|changed)"
    require(not re.search(wrong, result.answer, re.IGNORECASE), "other cells are named")


TASK = NotebookTask(
    words="One cell was edited after it was run, so the total below is out of date. Which cell is it?",
    cells=(
        code("price-cell", "prices = [10.0, 20.0, 30.0]"),
        code("rate-cell", "rate = 0.25", ran_as="rate = 0.2"),
        code("total-cell", "total = sum(prices) * (1 + rate)\ntotal"),
        code("count-cell", "count = len(prices)\ncount"),
    ),
    paste="nothing",
    check=check,
    reference=Change(answer="The second cell: it says rate = 0.25, but ran with rate = 0.2."),
    cheats=(
        Change(answer="The first cell."),
        Change(answer="price-cell, rate-cell, total-cell and count-cell."),
        Change(answer="The notebook computes a total."),
        Change(deletes=("rate-cell",), answer="The second cell."),
    ),
)
