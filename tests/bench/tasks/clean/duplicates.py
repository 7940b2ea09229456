"""Of rows for the same thing the last one stays."""

from __future__ import annotations

from .. import tables
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require


def check(result: Result) -> None:
    """One row for each sensor and time, with the last value."""
    result.keeps()
    for seed in (1, 2):
        text = tables.readings(seed)
        last = {tuple(line.split(",")[:2]): float(line.split(",")[2]) for line in text.split()[1:]}
        wanted = sorted([*key, value] for key, value in last.items())
        played = result.play(data={"readings.csv": text})
        found = played.value("sorted(readings[['sensor', 'at', 'value']].values.tolist())")
        require(found == wanted, "the rows are not the last ones of each sensor and time")


TASK = NotebookTask(
    words="Some sensors were read twice at the same time (columns sensor and at). Keep only the last row of each in readings.",
    cells=(
        code("load-cell", 'import pandas as pd\n\nreadings = pd.read_csv("readings.csv")\nreadings.head(12)'),
        code("count-cell", "len(readings)"),
    ),
    data={"readings.csv": tables.readings()},
    check=check,
    reference=Change(adds=('readings = readings.drop_duplicates(["sensor", "at"], keep="last")\nlen(readings)',)),
    cheats=(
        Change(adds=('readings = readings.drop_duplicates(["sensor", "at"])',)),
        Change(adds=("readings = readings.drop_duplicates()",)),
        Change(adds=('readings.drop_duplicates(["sensor", "at"], keep="last")',)),
    ),
    shows=("@readings",),
)
