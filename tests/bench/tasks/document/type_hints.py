"""A function gets annotations."""

from __future__ import annotations

import ast

from ..code_shape import bare, function_in
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_FUNCTION = """
def longest(words, least=1):
    kept = [word for word in words if len(word) >= least]
    return max(kept, key=len) if kept else ""
"""
_WRITTEN = _FUNCTION.replace("(words, least=1):", "(words: list[str], least: int = 1) -> str:")


def check(result: Result) -> None:
    """Words of text, a whole number, text comes back; the code is as it was."""
    result.keeps("longest-cell")
    source = result.cell("longest-cell").source
    function = function_in(source, "longest")
    hints = [ast.unparse(a.annotation).lower() if a.annotation else "" for a in function.args.args]
    require(len(hints) == 2 and "str" in hints[0] and hints[0] != "str", f"words has the hint {hints[0]!r}")
    require(hints[1].endswith("int") or hints[1].startswith("int"), f"least has the hint {hints[1]!r}")
    require(function.returns is not None and "str" in ast.unparse(function.returns), "what comes back has no hint")
    require(bare(source) == bare(_FUNCTION), "the code was changed")
    result.play()


TASK = NotebookTask(
    words="Add type hints to the parameters and the return value of longest(). Leave the rest as it is.",
    cells=(code("longest-cell", _FUNCTION), code("use-cell", 'longest(["tea", "coffee", "cocoa"], 4)')),
    about=("longest-cell",),
    paste="replace",
    check=check,
    reference=Change(edits={"longest-cell": _WRITTEN}),
    cheats=(
        Change(edits={"longest-cell": _WRITTEN.replace("max(kept, key=len)", "kept[0]")}),
        Change(edits={"longest-cell": _FUNCTION.replace("(words, least=1):", "(words: str, least: str = 1) -> str:")}),
        Change(edits={"longest-cell": "# words: list[str], least: int -> str" + _FUNCTION}),
    ),
    shows=("@cell:longest-cell",),
)
