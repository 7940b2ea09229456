"""A module is used that nobody imported."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_NORMAL = "normed = (np.array(values) - np.mean(values)) / np.std(values)\nnormed.round(3)"


def check(result: Result) -> None:
    """The values are standardised; the import may be in any cell above."""
    result.keeps("values-cell", "norm-cell")
    played = result.play()
    require(played.value("values") == [4.0, 8.0, 6.0, 2.0], "the values were changed")
    require(played.value("[round(float(v), 3) for v in normed]") == [-0.447, 1.342, 0.447, -1.342], "normed is wrong")
    require("normed" in result.cell("norm-cell").source, "normed is not computed where it was")
    twice = result.cell("values-cell").source.replace("[4.0, 8.0, 6.0, 2.0]", "[1.0, 3.0]")
    other = result.play(sources={"values-cell": twice})
    require(other.value("[float(v) for v in normed]") == [-1.0, 1.0], "normed does not follow the values")


TASK = NotebookTask(
    words="Why does this not run? Make it work.",
    cells=(code("values-cell", "values = [4.0, 8.0, 6.0, 2.0]"), code("norm-cell", _NORMAL)),
    about=("norm-cell",),
    paste="replace",
    check=check,
    reference=Change(edits={"norm-cell": "import numpy as np\n\n" + _NORMAL}),
    cheats=(Change(edits={"norm-cell": "normed = [-0.447, 1.342, 0.447, -1.342]"}),),
    shows=("@cell:norm-cell", "@error"),
)
