"""A histogram with a number of bins."""

from __future__ import annotations

from .. import tables
from ..drawing import figure_of, same
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require


def check(result: Result) -> None:
    """Eight bins over all heights."""
    result.keeps()
    for seed in (1, 6):
        played = result.play(data={"people.csv": tables.people(seed)})
        wanted = played.value(
            "__import__('numpy').histogram(pd.read_csv('people.csv')['height'], bins=8)[0].astype(float)"
        )
        bars = figure_of(result, played).drawn("bars")
        require(any(same(series, wanted) for series in bars), "the bars are not the counts of eight bins")


TASK = NotebookTask(
    words="Show the distribution of the heights as a histogram with 8 bins.",
    cells=(code("load-cell", 'import pandas as pd\n\npeople = pd.read_csv("people.csv")\npeople.describe()'),),
    data={"people.csv": tables.people()},
    check=check,
    reference=Change(
        adds=(
            'import matplotlib.pyplot as plt\n\nplt.hist(people["height"], bins=8)\nplt.xlabel("height")\nplt.show()',
        )
    ),
    cheats=(
        Change(adds=('import matplotlib.pyplot as plt\n\nplt.hist(people["height"])\nplt.show()',)),
        Change(adds=("import matplotlib.pyplot as plt\n\nplt.hist([160, 170, 180], bins=8)\nplt.show()",)),
    ),
    shows=("@people",),
)
