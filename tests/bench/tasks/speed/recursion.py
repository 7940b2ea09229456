"""A function that computes the same again and again."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_SLOW = """
def ways(steps):
    if steps < 0:
        return 0
    if steps == 0:
        return 1
    return ways(steps - 1) + ways(steps - 2) + ways(steps - 3)
"""
_FAST = """
from functools import lru_cache


@lru_cache(maxsize=None)
def ways(steps):
    if steps < 0:
        return 0
    if steps == 0:
        return 1
    return ways(steps - 1) + ways(steps - 2) + ways(steps - 3)
"""
_LINES = 1500
"""Lines of code that may be executed; the slow function needs a hundred times as many."""


def check(result: Result) -> None:
    """The same numbers, without computing one twice."""
    result.keeps("ways-cell")
    played = result.play(counted=True)
    require(played.lines <= _LINES, f"{played.lines} lines are executed")
    require(played.value("counts") == [1, 1, 2, 4, 7, 13, 24, 44, 81, 149, 274, 504, 927, 1705, 3136], "other numbers")
    require(played.value("[ways(-1), ways(20), ways(40)]") == [0, 121415, 23837527729], "ways() is another function")


TASK = NotebookTask(
    words="ways() gets very slow for large numbers of steps. Make it fast, with the same results.",
    cells=(code("ways-cell", _SLOW), code("count-cell", "counts = [ways(steps) for steps in range(15)]\ncounts")),
    about=("ways-cell",),
    paste="replace",
    check=check,
    reference=Change(edits={"ways-cell": _FAST}),
    cheats=(
        Change(edits={"ways-cell": "def ways(steps):\n    return 2 ** max(0, steps - 1)"}),
        Change(
            edits={
                "ways-cell": "def ways(steps):\n    return "
                "[1, 1, 2, 4, 7, 13, 24, 44, 81, 149, 274, 504, 927, 1705, 3136][steps]"
            }
        ),
    ),
    shows=("@cell:ways-cell",),
)
