"""Three copies of a line become a loop over a list of columns."""

from __future__ import annotations

import ast

from .. import tables
from ..code_shape import parsed
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_COPIES = """
summary = {}
summary["pieces"] = {"min": float(orders["pieces"].min()), "max": float(orders["pieces"].max())}
summary["price"] = {"min": float(orders["price"].min()), "max": float(orders["price"].max())}
summary["paid"] = {"min": float(orders["paid"].min()), "max": float(orders["paid"].max())}
summary
"""
_LOOP = """
summary = {}
for column in ["pieces", "price", "paid"]:
    summary[column] = {"min": float(orders[column].min()), "max": float(orders[column].max())}
summary
"""
_LOAD = 'import pandas as pd\n\norders = pd.read_csv("orders.csv")\norders["paid"] = orders["pieces"] * orders["price"]'


def check(result: Result) -> None:
    """The same summary, with `.min()` written once."""
    result.keeps("summary-cell")
    source = result.cell("summary-cell").source
    calls = [node for node in ast.walk(parsed(source)) if isinstance(node, ast.Attribute)]
    require(sum(node.attr == "min" for node in calls) <= 1, "the line is still there more than once")
    for seed in (1, 7):
        played = result.play(data={"orders.csv": tables.orders(seed)})
        wanted = played.value(
            "{c: {'min': float(orders[c].min()), 'max': float(orders[c].max())} for c in ('pieces', 'price', 'paid')}"
        )
        require(wanted and played.value("summary") == wanted, "the summary is another one")


TASK = NotebookTask(
    words="Replace the repeated lines in the second cell by a loop over the columns. summary must stay the same.",
    cells=(code("load-cell", _LOAD), code("summary-cell", _COPIES)),
    about=("summary-cell",),
    paste="replace",
    data={"orders.csv": tables.orders()},
    check=check,
    reference=Change(edits={"summary-cell": _LOOP}),
    cheats=(
        Change(edits={"summary-cell": _LOOP.replace(', "paid"', "")}),
        Change(edits={"summary-cell": "summary = {}"}),
    ),
    shows=("@cell:summary-cell",),
)
