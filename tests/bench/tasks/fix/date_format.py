"""Dates are read by a format that they do not have."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_PARSE = 'visits["day"] = pd.to_datetime(visits["day"], format="%Y-%m-%d")\nvisits["weekday"] = visits["day"].dt.day_name()\nvisits'
_DATA = "day,count\n03/04/2024,5\n28/02/2024,7\n01/12/2023,2\n"


def check(result: Result) -> None:
    """Days come before months."""
    result.keeps("parse-cell")
    played = result.play()
    days = played.value("[str(day)[:10] for day in visits['day']]")
    require(days == ["2024-04-03", "2024-02-28", "2023-12-01"], f"the days are {days}")
    require(played.value("list(visits['weekday'])") == ["Wednesday", "Wednesday", "Friday"], "the weekdays are wrong")
    other = result.play(data={"visits.csv": "day,count\n05/06/2022,1\n"})
    require(other.value("[str(day)[:10] for day in visits['day']]") == ["2022-06-05"], "other days are read wrongly")


TASK = NotebookTask(
    words="Reading the dates fails. They are written as day/month/year. Fix the cell.",
    cells=(
        code("load-cell", 'import pandas as pd\n\nvisits = pd.read_csv("visits.csv")\nvisits'),
        code("parse-cell", _PARSE),
    ),
    about=("parse-cell",),
    paste="replace",
    data={"visits.csv": _DATA},
    check=check,
    reference=Change(edits={"parse-cell": _PARSE.replace("%Y-%m-%d", "%d/%m/%Y")}),
    cheats=(
        Change(edits={"parse-cell": _PARSE.replace('format="%Y-%m-%d"', 'errors="coerce"')}),
        Change(edits={"parse-cell": _PARSE.replace('format="%Y-%m-%d"', 'format="mixed"')}),
    ),
    shows=("@cell:parse-cell", "@error"),
)
