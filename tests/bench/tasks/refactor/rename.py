"""A variable gets another name in all cells."""

from __future__ import annotations

import ast

from ..code_shape import parsed
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_CELLS = {
    "data-cell": "x = [88.0, 102.5, 95.5]",
    "mean-cell": "average = sum(x) / len(x)\nprint('max of x:', max(x))",
    "fast-cell": "fast = [value for value in x if value > average]\nfast",
}
_RENAMED = {
    "data-cell": "speeds = [88.0, 102.5, 95.5]",
    "mean-cell": "average = sum(speeds) / len(speeds)\nprint('max of x:', max(speeds))",
    "fast-cell": "fast = [value for value in speeds if value > average]\nfast",
}


def check(result: Result) -> None:
    """The notebook does what it did; `x` is nowhere, `speeds` is its data."""
    result.keeps(*_CELLS)
    played = result.play()
    require(played.value("speeds") == [88.0, 102.5, 95.5], "there is no list speeds")
    require(played.value("fast") == [102.5, 95.5], "fast is another list now")
    require(played.value("'x' in globals()") is False, "x is still there")
    for cell in result.cells:
        if cell.kind == "code":
            names = {node.id for node in ast.walk(parsed(cell.source)) if isinstance(node, ast.Name)}
            require("x" not in names, f"cell {cell.id} still uses x")
    tree = ast.dump(parsed(result.cell("fast-cell").source))
    require("speeds" in tree and "average" in tree, "fast is not computed from speeds and average")
    require("max(" in result.cell("mean-cell").source, "the largest is not printed any more")


TASK = NotebookTask(
    words="Rename the variable x to speeds in all cells of the notebook.",
    cells=tuple(code(cell_id, source) for cell_id, source in _CELLS.items()),
    about=tuple(_CELLS),
    paste="replace",
    check=check,
    reference=Change(edits=_RENAMED),
    cheats=(
        Change(edits={"data-cell": "speeds = x = [88.0, 102.5, 95.5]"}),
        Change(edits={**_RENAMED, "fast-cell": "speeds\nfast = [102.5, 95.5]\nfast"}),
        Change(edits={**_RENAMED, "mean-cell": "average = 95"}),
    ),
)
