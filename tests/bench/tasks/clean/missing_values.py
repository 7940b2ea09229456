"""Missing values become the median."""

from __future__ import annotations

from .. import tables
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require


def check(result: Result) -> None:
    """In `people` all ages are there; those that were are as they were."""
    result.keeps()
    for seed in (1, 3):
        played = result.play(data={"people.csv": tables.people(seed)})
        wanted = played.value(
            "(lambda raw: [float(v) for v in raw['age'].fillna(raw['age'].median())])(pd.read_csv('people.csv'))"
        )
        require(played.value("[float(v) for v in people['age']]") == wanted, "the ages are not filled with the median")
        same = "people.drop(columns='age').equals(pd.read_csv('people.csv').drop(columns='age'))"
        require(played.value(same) is True, "other columns or rows changed")


TASK = NotebookTask(
    words="Fill the missing ages in people with the median age.",
    cells=(code("load-cell", 'import pandas as pd\n\npeople = pd.read_csv("people.csv")\npeople.info()'),),
    data={"people.csv": tables.people()},
    check=check,
    reference=Change(adds=('people["age"] = people["age"].fillna(people["age"].median())',)),
    cheats=(
        Change(adds=('people["age"] = people["age"].fillna(46)',)),
        Change(adds=("people = people.dropna()",)),
        Change(adds=('people["age"].fillna(people["age"].median())',)),
    ),
    shows=("@people",),
)
