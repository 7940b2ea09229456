"""A mean of some rows."""

from __future__ import annotations

from .. import tables
from ..notebook_task import Change, NotebookTask, code
from ..result import Result


def _mean() -> float:
    prices = [float(line.split(",")[4]) for line in tables.orders().split()[1:] if line.split(",")[1] == "Lima"]
    return sum(prices) / len(prices)


def check(result: Result) -> None:
    """The number is said."""
    result.keeps()
    result.play()
    result.says_number(round(_mean(), 2), within=0.006)


TASK = NotebookTask(
    words="What is the mean price of the orders from Lima, to two decimals?",
    cells=(code("load-cell", 'import pandas as pd\n\norders = pd.read_csv("orders.csv")\norders.head()'),),
    data={"orders.csv": tables.orders()},
    check=check,
    reference=Change(answer=f"The mean price of the orders from Lima is {_mean():.2f}."),
    cheats=(
        Change(answer="Use orders[orders['city'] == 'Lima']['price'].mean()."),
        Change(answer="The mean price is 15.00."),
    ),
    shows=("@orders",),
)
