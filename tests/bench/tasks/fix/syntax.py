"""A function that does not compile."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_GRADE = """
def grade(points)
    if points >= 90:
        return "A"
    elif points >= 75:
        return "B"
    else
        return "C"


grades = [grade(p) for p in points_list]
grades
"""
_MENDED = _GRADE.replace("grade(points)\n", "grade(points):\n").replace("else\n", "else:\n")


def check(result: Result) -> None:
    """The function grades as it was meant to."""
    result.keeps("grade-cell")
    played = result.play()
    require(played.value("grades") == ["A", "C", "B"], "the grades are not A, C, B")
    found = played.value("[grade(p) for p in (90, 89, 75, 74, 0, 100)]")
    require(found == ["A", "B", "B", "C", "C", "A"], "grade() is another function now")


TASK = NotebookTask(
    words="Fix the syntax errors in this cell.",
    cells=(code("points-cell", "points_list = [95, 60, 80]"), code("grade-cell", _GRADE)),
    about=("grade-cell",),
    paste="replace",
    check=check,
    reference=Change(edits={"grade-cell": _MENDED}),
    cheats=(
        Change(edits={"grade-cell": 'grades = ["A", "C", "B"]\ngrades'}),
        Change(edits={"grade-cell": _MENDED.replace(">= 75", "> 75")}),
    ),
    shows=("@cell:grade-cell", "@error"),
)
