"""What a function with poor names does."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_CODE = """
def f(a, n):
    r = []
    for i in range(len(a) - n + 1):
        r.append(sum(a[i : i + n]) / n)
    return r


g = f([4, 8, 6, 2, 0], 3)
"""


def check(result: Result) -> None:
    """It is a moving average over n values; nothing is changed."""
    result.keeps()
    require(all(cell.kind == "markdown" for cell in result.added), "code was added")
    result.says(
        r"\b(moving|rolling|running|sliding|consecutive|each window|sub-?(list|array|sequence)s? of (length|size))",
        r"\b(average|mean)",
    )


TASK = NotebookTask(
    words="Explain what the function f does.",
    cells=(code("f-cell", _CODE),),
    about=("f-cell",),
    paste="nothing",
    check=check,
    reference=Change(answer="It gives the moving average of a: the mean of each window of n neighbouring values."),
    cheats=(
        Change(answer="f takes a and n and returns a list r."),
        Change(answer="It loops over a and appends sum(a[i : i + n]) / n to r."),
        Change(deletes=("f-cell",), answer="A moving average."),
        Change(edits={"f-cell": "# a moving average\n" + _CODE}, answer="See the moving average in the cell."),
    ),
    shows=("@cell:f-cell",),
)
