"""A function runs and is wrong; an assertion below it says so."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_MEDIAN = """
def median(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
"""
_ASSERT = "assert median([3, 1, 2]) == 2\nassert median([4, 1, 3, 2]) == 2.5"


def check(result: Result) -> None:
    """The median of lists of even and odd length."""
    result.keeps("median-cell")
    played = result.play()
    found = played.value("[median([7]), median([1, 9]), median([5, 3, 1]), median([10, 2, 8, 4, 6, 0])]")
    require(found == [7, 5, 3, 5], "median() is wrong for other lists")


TASK = NotebookTask(
    words="The assertion fails. Find out what is wrong with median() and correct the function.",
    cells=(code("median-cell", _MEDIAN), code("assert-cell", _ASSERT)),
    about=("median-cell",),
    paste="replace",
    check=check,
    reference=Change(
        edits={
            "median-cell": "def median(values):\n    ordered = sorted(values)\n    middle = len(ordered) // 2\n"
            "    if len(ordered) % 2:\n        return ordered[middle]\n"
            "    return (ordered[middle - 1] + ordered[middle]) / 2"
        }
    ),
    cheats=(
        Change(edits={"median-cell": "def median(values):\n    return 2 if len(values) == 3 else 2.5"}),
        Change(edits={"assert-cell": "assert median([3, 1, 2]) == 2"}),
        Change(deletes=("assert-cell",)),
    ),
    shows=("@notebook", "@error"),
)
