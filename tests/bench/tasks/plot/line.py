"""A line of values over months."""

from __future__ import annotations

from .. import tables
from ..drawing import figure_of, same
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require


def check(result: Result) -> None:
    """A line with the revenue of each month, whatever it is."""
    result.keeps()
    for seed in (1, 8):
        played = result.play(data={"months.csv": tables.months(seed)})
        wanted = [float(line.split(",")[1]) for line in tables.months(seed).split()[1:]]
        lines = figure_of(result, played).drawn("lines")
        require(any(same(line, wanted) for line in lines), "no line shows the revenue of each month")


TASK = NotebookTask(
    words="Plot the revenue over the months as a line.",
    cells=(code("load-cell", 'import pandas as pd\n\nmonths = pd.read_csv("months.csv")\nmonths.head()'),),
    data={"months.csv": tables.months()},
    check=check,
    reference=Change(
        adds=('import matplotlib.pyplot as plt\n\nplt.plot(months["month"], months["revenue"])\nplt.show()',)
    ),
    cheats=(
        Change(adds=("import matplotlib.pyplot as plt\n\nplt.plot([1, 2, 3])\nplt.show()",)),
        Change(adds=('import matplotlib.pyplot as plt\n\nplt.bar(months["month"], months["revenue"])\nplt.show()',)),
        Change(adds=("print('a line plot of the revenue')",)),
    ),
    shows=("@months",),
)
