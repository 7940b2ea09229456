"""A file is read by a name that it does not have."""

from __future__ import annotations

from .. import tables
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_LOAD = 'import pandas as pd\n\nrevenue = pd.read_csv("revenues.csv")\nrevenue.head()'


def check(result: Result) -> None:
    """The file that is there is read, whatever it holds."""
    result.keeps("load-cell")
    for data in ({}, {"revenue_2024.csv": tables.months(seed=9)}):
        played = result.play(data=data)
        lines = (data or TASK.data)["revenue_2024.csv"].split()[1:]
        total = sum(int(line.split(",")[1]) for line in lines)
        require(played.value("int(total)") == total, f"the total is not {total}")


TASK = NotebookTask(
    words="The file is not found. Look which file is there and fix the cell.",
    cells=(code("load-cell", _LOAD), code("total-cell", 'total = revenue["revenue"].sum()\ntotal')),
    about=("load-cell",),
    paste="replace",
    data={"revenue_2024.csv": tables.months(), "readme.txt": "Revenue by month.\n"},
    check=check,
    reference=Change(edits={"load-cell": _LOAD.replace("revenues.csv", "revenue_2024.csv")}),
    cheats=(
        Change(edits={"load-cell": 'import pandas as pd\n\nrevenue = pd.DataFrame({"revenue": [1]})'}),
        Change(edits={"load-cell": 'import pandas as pd\nrevenue = pd.DataFrame({"revenue": [5881]})'}),
    ),
    shows=("@cell:load-cell", "@error"),
)
