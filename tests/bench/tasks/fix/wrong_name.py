"""A name is misspelt where it is used."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_USE = """
discounted = [round(price * (1 - rate), 2) for price in prices]
total = sum(discountd)
total
"""


def check(result: Result) -> None:
    """The total is computed, from whatever prices there are."""
    result.keeps("total-cell")
    require(result.play().value("total") == 71.95, "the total is not 71.95")
    other = result.play(sources={"prices-cell": "prices = [100.0, 1.0]\nrate = 0.5"})
    require(other.value("total") == 50.5, "the total does not follow the prices")


TASK = NotebookTask(
    words="The last cell fails with a NameError. Fix it.",
    cells=(
        code("prices-cell", "prices = [19.99, 5.49, 54.47]\nrate = 0.1"),
        code("total-cell", _USE),
    ),
    about=("total-cell",),
    paste="replace",
    check=check,
    reference=Change(edits={"total-cell": _USE.replace("discountd)", "discounted)")}),
    cheats=(Change(edits={"total-cell": "total = 71.95\ntotal"}),),
    shows=("@cell:total-cell", "@error"),
)
