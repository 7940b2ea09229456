"""Which group has the largest sum, and how much that is."""

from __future__ import annotations

from .. import tables
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_CITIES = ("oslo", "lima", "kyoto", "accra", "quito")


def _best() -> tuple[str, float]:
    sums: dict[str, float] = {}
    for line in tables.orders().split()[1:]:
        _, city, _, pieces, price = line.split(",")
        sums[city] = sums.get(city, 0.0) + int(pieces) * float(price)
    best = max(sums, key=lambda city: sums[city])
    return best, sums[best]


def check(result: Result) -> None:
    """The city and its revenue are said, and the words name no other city instead."""
    result.keeps()
    result.play()
    city, revenue = _best()
    result.says(city)
    result.says_number(revenue, within=0.6)
    named = [each for each in _CITIES if each in result.answer.lower()]
    require(not named or city.lower() in named, f"the answer names {', '.join(named)}")


TASK = NotebookTask(
    words="Which city brings in the most revenue (pieces times price), and how much is it?",
    cells=(code("load-cell", 'import pandas as pd\n\norders = pd.read_csv("orders.csv")\norders.head()'),),
    data={"orders.csv": tables.orders()},
    check=check,
    reference=Change(answer="{} with {:.2f}.".format(*_best())),
    cheats=(
        Change(answer="Group the orders by city and take the largest sum."),
        Change(answer="Lima, Oslo, Kyoto, Accra or Quito."),
        Change(answer=f"Nairobi with {_best()[1]:.2f}"),
    ),
    shows=("@orders",),
)
