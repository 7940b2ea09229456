"""Bars of a mean for each group."""

from __future__ import annotations

from .. import tables
from ..drawing import figure_of, same
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require


def check(result: Result) -> None:
    """A bar for each product, as high as the mean of its prices."""
    result.keeps()
    for seed in (1, 4):
        played = result.play(data={"orders.csv": tables.orders(seed)})
        wanted = played.value("list(pd.read_csv('orders.csv').groupby('product')['price'].mean())")
        bars = figure_of(result, played).drawn("bars")
        # A bar each may be a series of its own.
        together = [height for series in bars for height in series]
        shown = [*bars, together]
        require(any(same(each, wanted, ordered=False) for each in shown), "the bars are not the mean prices")


TASK = NotebookTask(
    words="Draw a bar chart of the mean price for each product.",
    cells=(code("load-cell", 'import pandas as pd\n\norders = pd.read_csv("orders.csv")\norders.head()'),),
    data={"orders.csv": tables.orders()},
    check=check,
    reference=Change(
        adds=('import matplotlib.pyplot as plt\n\norders.groupby("product")["price"].mean().plot.bar()\nplt.show()',)
    ),
    cheats=(
        Change(adds=('orders.groupby("product")["price"].sum().plot.bar()',)),
        Change(adds=('orders.groupby("product")["price"].mean()',)),
    ),
    shows=("@orders",),
)
