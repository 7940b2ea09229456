"""A loop over the rows of a table becomes one over columns."""

from __future__ import annotations

from .. import tables
from ..drawing import same
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_LOOP = """
totals = []
for _, row in orders.iterrows():
    total = row["pieces"] * row["price"]
    if row["pieces"] > 10:
        total = total * 0.9
    totals.append(total)
orders["total"] = totals
"""
_FAST = """
orders["total"] = orders["pieces"] * orders["price"]
orders.loc[orders["pieces"] > 10, "total"] *= 0.9
"""
_LINES = 60
"""Lines of code that may be executed for 400 rows."""


def check(result: Result) -> None:
    """The same totals, with a few lines executed however many rows there are."""
    result.keeps("total-cell")
    text = tables.orders(seed=4, rows=400)
    played = result.play(data={"orders.csv": text}, counted=True)
    wanted = []
    for line in text.split()[1:]:
        pieces, price = int(line.split(",")[3]), float(line.split(",")[4])
        wanted.append(pieces * price * (0.9 if pieces > 10 else 1))
    require(same(played.value("[float(v) for v in orders['total']]", []), wanted), "the totals are others")
    require(played.lines <= _LINES, f"{played.lines} lines are executed for 400 rows")


TASK = NotebookTask(
    words="Computing the totals is slow. Make this cell fast, without a loop over the rows; the totals must stay the same.",
    cells=(
        code("load-cell", 'import numpy as np\nimport pandas as pd\n\norders = pd.read_csv("orders.csv")'),
        code("total-cell", _LOOP),
        code("sum-cell", 'orders["total"].sum()'),
    ),
    about=("total-cell",),
    paste="replace",
    data={"orders.csv": tables.orders(seed=2, rows=300)},
    check=check,
    reference=Change(edits={"total-cell": _FAST}),
    cheats=(
        Change(edits={"total-cell": 'orders["total"] = orders["pieces"] * orders["price"]'}),
        Change(
            edits={
                "total-cell": 'orders["total"] = [p * q * 0.9 if p > 10 else p * q\n'
                '    for p, q in zip(orders["pieces"], orders["price"])]'
            }
        ),
    ),
    shows=("@cell:total-cell", "@orders"),
)
