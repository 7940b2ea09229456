"""A test that a function refuses what it must refuse."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result
from ..testing import judge_tests

_ROOT = """
def root(number):
    if number < 0:
        raise ValueError("no root of a negative number")
    return number**0.5
"""


def check(result: Result) -> None:
    """The error is asked for, and a good value beside it."""
    mutants = (
        _ROOT.replace('raise ValueError("no root of a negative number")', "return 0.0"),
        _ROOT.replace("**0.5", "**2"),
    )
    judge_tests(result, "root-cell", mutants)


TASK = NotebookTask(
    words="Test root() in a new cell: that root(9) is 3, and that a negative number raises a ValueError. The cell must fail "
    "if either does not hold.",
    cells=(code("root-cell", _ROOT), code("use-cell", "root(2)")),
    check=check,
    reference=Change(
        adds=(
            "assert root(9) == 3\ntry:\n    root(-1)\nexcept ValueError:\n    pass\nelse:\n"
            '    raise AssertionError("no ValueError")',
        )
    ),
    cheats=(
        Change(adds=("assert root(9) == 3",)),
        Change(adds=("try:\n    root(-1)\nexcept ValueError:\n    pass\nassert root(9) == 3",)),
        Change(adds=("root(-1)",)),
    ),
    shows=("@cell:root-cell",),
)
