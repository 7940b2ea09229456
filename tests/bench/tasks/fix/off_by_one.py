"""A loop goes one index too far."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_STEPS = """
steps = []
for i in range(len(levels)):
    steps.append(levels[i + 1] - levels[i])
largest = max(steps)
print("largest rise:", largest)
"""


def check(result: Result) -> None:
    """All differences between neighbours, and no more."""
    result.keeps("steps-cell")
    played = result.play()
    require(played.value("steps") == [2, -1, 6, 0], "the steps are not [2, -1, 6, 0]")
    require(played.value("largest") == 6, "the largest is not 6")
    other = result.play(sources={"levels-cell": "levels = [1, 11, 5]"})
    require(other.value("steps") == [10, -6], "the steps do not follow the levels")


TASK = NotebookTask(
    words="Fix the IndexError: steps should hold the difference of each level to the next one.",
    cells=(code("levels-cell", "levels = [3, 5, 4, 10, 10]"), code("steps-cell", _STEPS)),
    about=("steps-cell",),
    paste="replace",
    check=check,
    reference=Change(edits={"steps-cell": _STEPS.replace("len(levels))", "len(levels) - 1)")}),
    cheats=(
        Change(edits={"steps-cell": "steps = [2, -1, 6, 0]\nlargest = max(steps)"}),
        Change(edits={"steps-cell": _STEPS.replace("levels[i + 1] - levels[i]", "levels[i]")}),
    ),
    shows=("@cell:steps-cell", "@error"),
)
