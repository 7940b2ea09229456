"""A table with products down and cities across."""

from __future__ import annotations

from .. import tables
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require


def check(result: Result) -> None:
    """The pieces of each product and city, 0 where none were ordered."""
    result.keeps()
    for seed, rows in ((1, 40), (2, 8)):
        text = tables.orders(seed, rows)
        sums: dict[tuple[str, str], int] = {}
        for line in text.split()[1:]:
            _, city, product, pieces, _ = line.split(",")
            sums[product, city] = sums.get((product, city), 0) + int(pieces)
        products, cities = sorted({key[0] for key in sums}), sorted({key[1] for key in sums})
        played = result.play(data={"orders.csv": text})
        require(played.value("sorted(map(str, sold.index))") == products, "the rows are not the products")
        require(played.value("sorted(map(str, sold.columns))") == cities, "the columns are not the cities")
        found = played.value(f"sold.loc[{products}, {cities}].values.tolist()")
        wanted = [[sums.get((product, city), 0) for city in cities] for product in products]
        require(found == wanted, "the numbers are not the pieces that were ordered")


TASK = NotebookTask(
    words="Make a table sold of the pieces ordered in all: a row for each product, a column for each city, and 0 where "
    "nothing was ordered.",
    cells=(code("load-cell", 'import pandas as pd\n\norders = pd.read_csv("orders.csv")\norders.head()'),),
    data={"orders.csv": tables.orders(rows=12)},
    check=check,
    reference=Change(
        adds=(
            'sold = orders.pivot_table(\n    index="product", columns="city", values="pieces", aggfunc="sum", fill_value=0\n'
            ")\nsold",
        )
    ),
    cheats=(
        Change(adds=('sold = orders.pivot_table(index="product", columns="city", values="pieces", aggfunc="sum")',)),
        Change(adds=('sold = orders.pivot_table(index="product", columns="city", values="pieces", fill_value=0)',)),
    ),
    shows=("@orders",),
)
