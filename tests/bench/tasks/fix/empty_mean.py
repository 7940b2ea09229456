"""A function divides by the length of a list that may be empty."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_MEAN = """
def mean(values):
    return sum(values) / len(values)
"""
_USE = 'scores = {"ann": [3, 4], "bob": [], "cid": [5]}\nmeans = {name: mean(given) for name, given in scores.items()}\nmeans'


def check(result: Result) -> None:
    """An empty list has the mean 0.0, all others their own."""
    result.keeps("mean-cell")
    played = result.play()
    require(played.value("means") == {"ann": 3.5, "bob": 0, "cid": 5}, "the means are wrong")
    require(played.value("[mean([]), mean([0]), mean([1, 2, 6]), mean([-4])]") == [0, 0, 3, -4], "mean() is wrong")


TASK = NotebookTask(
    words="The second cell fails because mean() cannot take an empty list. It should give 0.0 for one. Change mean() only.",
    cells=(code("mean-cell", _MEAN), code("use-cell", _USE)),
    about=("mean-cell",),
    paste="replace",
    check=check,
    reference=Change(edits={"mean-cell": "def mean(values):\n    return sum(values) / len(values) if values else 0.0"}),
    cheats=(
        Change(edits={"mean-cell": "def mean(values):\n    return {2: 3.5, 0: 0.0, 1: 5.0}[len(values)]"}),
        Change(edits={"use-cell": _USE.replace('"bob": [], ', "")}),
    ),
    shows=("@notebook", "@error"),
)
