"""The same lines twice become a function."""

from __future__ import annotations

import ast

from ..code_shape import parsed
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_TWICE = """
total = 0
for value in north:
    if value > 0:
        total += value
mean_north = total / len(north)

total = 0
for value in south:
    if value > 0:
        total += value
mean_south = total / len(south)

print(mean_north, mean_south)
"""
_ONCE = """
def positive_mean(values):
    total = 0
    for value in values:
        if value > 0:
            total += value
    return total / len(values)


mean_north = positive_mean(north)
mean_south = positive_mean(south)
print(mean_north, mean_south)
"""


def check(result: Result) -> None:
    """One function positive_mean, called for both; the results as before."""
    result.keeps("mean-cell")
    tree = parsed(result.cell("mean-cell").source)
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    require("positive_mean" in names, "there is no function positive_mean in the cell")
    called = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "positive_mean"
    ]
    require(len(called) >= 2, "positive_mean is not called for both")
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.comprehension)]
    require(len(loops) <= 1, "the duplicated lines are still there")
    played = result.play()
    require(played.text("mean-cell").strip() == "3.0 2.5", "the cell prints something else")
    require(played.value("positive_mean([1, -1, 6, 0])") == 1.75, "positive_mean computes something else")
    other = result.play(sources={"data-cell": "north = [10]\nsouth = [1, -5]"})
    require(other.value("[mean_north, mean_south]") == [10, 0.5], "the means do not follow the data")


TASK = NotebookTask(
    words="Remove the duplication: write a function positive_mean(values) in this cell and use it for both.",
    cells=(code("data-cell", "north = [4, -2, 8, 0]\nsouth = [5, 5, -9, 0]"), code("mean-cell", _TWICE)),
    about=("mean-cell",),
    paste="replace",
    check=check,
    reference=Change(edits={"mean-cell": _ONCE}),
    cheats=(
        Change(edits={"mean-cell": "print(3.0, 2.5)"}),
        Change(edits={"mean-cell": "def positive_mean(values):\n    pass\n\n" + _TWICE}),
        Change(edits={"mean-cell": _TWICE.replace("total / len(", "positive_mean(") + _ONCE}),
        Change(edits={"mean-cell": _ONCE.replace("if value > 0", "if value > 1")}),
    ),
    shows=("@cell:mean-cell",),
)
