"""Amounts of money as people write them become numbers."""

from __future__ import annotations

from .. import tables
from ..drawing import same
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require


def _numbers(text: str) -> list[float]:
    written = [line.split(";")[1] for line in text.strip().split("\n")[1:]]
    return [float(each.removesuffix(" €").replace(".", "").replace(",", ".")) for each in written]


def check(result: Result) -> None:
    """The column holds floats."""
    result.keeps()
    for seed in (1, 2):
        text = tables.amounts(seed)
        played = result.play(data={"bills.csv": text})
        found = played.value("[float(v) for v in bills['amount']]", [])
        require(same(found, _numbers(text)), "the amounts are not the numbers that were written")
        require(str(played.value("str(bills['amount'].dtype)")).startswith("float"), "the column holds no floats")


TASK = NotebookTask(
    words="The column amount of bills is text like '1.234,50 €'. Turn it into floats like 1234.5.",
    cells=(code("load-cell", 'import pandas as pd\n\nbills = pd.read_csv("bills.csv", sep=";")\nbills.head()'),),
    data={"bills.csv": tables.amounts()},
    check=check,
    reference=Change(
        adds=(
            'bills["amount"] = (\n    bills["amount"].str.replace(" €", "").str.replace(".", "", regex=False)\n'
            '    .str.replace(",", ".", regex=False).astype(float)\n)',
        )
    ),
    cheats=(
        Change(adds=('bills["amount"] = bills["amount"].str.replace(r"[^0-9]", "", regex=True).astype(float)',)),
        Change(adds=('bills["amount"] = 1234.5',)),
        Change(adds=(f'bills["amount"] = {_numbers(tables.amounts())}',)),
    ),
    shows=("@bills",),
)
