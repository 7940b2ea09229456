"""A sum for each group, the largest first."""

from __future__ import annotations

from .. import tables
from ..drawing import same
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_NAMES = "[str(v) for v in (by_city.index if getattr(by_city, 'ndim', 1) == 1 else by_city.reset_index()['city'])]"
_VALUES = (
    "[float(v) for v in (by_city if getattr(by_city, 'ndim', 1) == 1 else by_city.select_dtypes('number').iloc[:, -1])]"
)


def check(result: Result) -> None:
    """Each city's revenue, falling."""
    result.keeps()
    for seed in (1, 2):
        played = result.play(data={"orders.csv": tables.orders(seed)})
        played.value(_NAMES)
        sums: dict[str, float] = {}
        for line in tables.orders(seed).split()[1:]:
            _, city, _, pieces, price = line.split(",")
            sums[city] = sums.get(city, 0.0) + int(pieces) * float(price)
        wanted = sorted(sums, key=lambda city: -sums[city])
        require(played.value(_NAMES) == wanted, "the cities are not in the order of their revenue")
        require(same(played.value(_VALUES, []), [sums[city] for city in wanted]), "the revenues are others")


TASK = NotebookTask(
    words="Compute the revenue (pieces times price) of each city, the largest first, as a Series named by_city.",
    cells=(code("load-cell", 'import pandas as pd\n\norders = pd.read_csv("orders.csv")\norders.head()'),),
    data={"orders.csv": tables.orders()},
    check=check,
    reference=Change(
        adds=(
            'by_city = (orders["pieces"] * orders["price"]).groupby(orders["city"]).sum().sort_values(ascending=False)\n'
            "by_city",
        )
    ),
    cheats=(
        Change(adds=('by_city = orders.groupby("city")["price"].sum().sort_values(ascending=False)',)),
        Change(adds=('by_city = (orders["pieces"] * orders["price"]).groupby(orders["city"]).sum()',)),
    ),
    shows=("@orders",),
)
