"""A function gets a docstring."""

from __future__ import annotations

import ast

from ..code_shape import bare, function_in
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_FUNCTION = """
def compound(principal, rate, years):
    if years < 0:
        raise ValueError("years must not be negative")
    return principal * (1 + rate) ** years
"""
_WRITTEN = '''
def compound(principal, rate, years):
    """What a principal comes to with compound interest.

    Args:
        principal: The amount at the beginning.
        rate: Interest of a year, as a fraction.
        years: For how many years; a negative number raises a ValueError.
    """
    if years < 0:
        raise ValueError("years must not be negative")
    return principal * (1 + rate) ** years
'''


def check(result: Result) -> None:
    """It names the arguments and says what is computed; the code is as it was."""
    result.keeps("compound-cell")
    source = result.cell("compound-cell").source
    text = (ast.get_docstring(function_in(source, "compound")) or "").lower()
    for name in ("principal", "rate", "years"):
        require(name in text, f"the docstring does not speak of {name}")
    require("interest" in text or "compound" in text, "the docstring does not say what is computed")
    require(bare(source) == bare(_FUNCTION), "the code was changed")
    result.play()


TASK = NotebookTask(
    words="Add a docstring to compound() that says what it computes and describes each argument. Do not change the code.",
    cells=(code("compound-cell", _FUNCTION), code("use-cell", "round(compound(1000, 0.03, 10), 2)")),
    about=("compound-cell",),
    paste="replace",
    check=check,
    reference=Change(edits={"compound-cell": _WRITTEN}),
    cheats=(
        Change(edits={"compound-cell": _FUNCTION.replace("years):\n", 'years):\n    """A function."""\n', 1)}),
        Change(edits={"compound-cell": "# compound interest of principal, rate, years" + _FUNCTION}),
        Change(edits={"compound-cell": _WRITTEN.replace("years < 0", "years <= 0")}),
    ),
    shows=("@cell:compound-cell",),
)
