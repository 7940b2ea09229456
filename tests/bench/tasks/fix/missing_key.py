"""A column is asked for by a name that it does not have."""

from __future__ import annotations

from .. import tables
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_REVENUE = 'orders["revenue"] = orders["Pieces"] * orders["price"]\nrevenue = round(float(orders["revenue"].sum()), 2)\nrevenue'


def check(result: Result) -> None:
    """The revenue is that of the file, whichever it is."""
    result.keeps("revenue-cell")
    for data in ({}, {"orders.csv": tables.orders(seed=5)}):
        played = result.play(data=data)
        wanted = played.value("round(float((orders['pieces'] * orders['price']).sum()), 2)")
        require(wanted is not None and played.value("revenue") == wanted, f"the revenue is not {wanted}")


TASK = NotebookTask(
    words="The cell that computes the revenue raises a KeyError. Please fix it.",
    cells=(
        code("load-cell", 'import pandas as pd\n\norders = pd.read_csv("orders.csv")\norders.head()'),
        code("revenue-cell", _REVENUE),
    ),
    about=("revenue-cell",),
    paste="replace",
    data={"orders.csv": tables.orders()},
    check=check,
    reference=Change(edits={"revenue-cell": _REVENUE.replace("Pieces", "pieces")}),
    cheats=(
        Change(edits={"revenue-cell": "revenue = 6800.0\nrevenue"}),
        Change(edits={"revenue-cell": 'orders["Pieces"] = 1\n' + _REVENUE}),
    ),
    shows=("@cell:revenue-cell", "@error", "@orders"),
)
