"""Two tables are joined, and rows without a partner stay."""

from __future__ import annotations

from .. import tables
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_LOAD = 'import pandas as pd\n\norders = pd.read_csv("orders.csv")\nregions = pd.read_csv("regions.csv")'
_REGIONS = tables.customers().replace("Quito,South\n", "")


def check(result: Result) -> None:
    """Every order is there once, with its city's region or none."""
    result.keeps()
    region = dict(line.split(",") for line in _REGIONS.split()[1:])
    for seed in (1, 3):
        text = tables.orders(seed)
        played = result.play(data={"orders.csv": text})
        found = played.value("joined[['day', 'city', 'price', 'region']].fillna('').values.tolist()")
        rows = [line.split(",") for line in text.split()[1:]]
        wanted = [[day, city, float(price), region.get(city, "")] for day, city, _, _, price in rows]
        require(
            found is not None and sorted(found) == sorted(wanted), "joined does not hold every order and its region"
        )


TASK = NotebookTask(
    words="Join orders with regions on city into a table joined. Orders of cities that have no region must be kept.",
    cells=(code("load-cell", _LOAD), code("head-cell", "regions")),
    data={"orders.csv": tables.orders(), "regions.csv": _REGIONS},
    check=check,
    reference=Change(adds=('joined = orders.merge(regions, on="city", how="left")\njoined.head()',)),
    cheats=(
        Change(adds=('joined = orders.merge(regions, on="city")',)),
        Change(adds=('joined = orders.assign(region="South")',)),
        Change(adds=('joined = orders.merge(regions, on="city", how="outer").drop_duplicates("city")',)),
    ),
    shows=("@orders", "@regions"),
)
