"""A number in a function becomes a parameter."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_GROSS = """
def gross(net):
    return round(net * (1 + 0.19), 2)
"""


def check(result: Result) -> None:
    """`gross` takes a rate, 0.19 unless told; who calls it without goes on working."""
    result.keeps("gross-cell")
    played = result.play()
    require(played.value("bills") == [11.9, 119.0, 5.95], "calls without a rate come to something else")
    require(played.value("[gross(100, rate=0.07), gross(10, 0.5), gross(1)]") == [107.0, 15.0, 1.19], "rate is ignored")
    default = "[p.default for p in __import__('inspect').signature(gross).parameters.values()][1]"
    require(played.value(default) == 0.19, "the default of rate is not 0.19")


TASK = NotebookTask(
    words="Make the tax rate in gross() a parameter named rate, with today's value as its default.",
    cells=(code("gross-cell", _GROSS), code("bills-cell", "bills = [gross(net) for net in (10, 100, 5)]\nbills")),
    about=("gross-cell",),
    paste="replace",
    check=check,
    reference=Change(edits={"gross-cell": "def gross(net, rate=0.19):\n    return round(net * (1 + rate), 2)"}),
    cheats=(
        Change(edits={"gross-cell": "def gross(net, rate=0.19):\n    return round(net * (1 + 0.19), 2)"}),
        Change(edits={"gross-cell": "rate = 0.19\n\n\ndef gross(net):\n    return round(net * (1 + rate), 2)"}),
        Change(edits={"gross-cell": "def gross(net, rate):\n    return round(net * (1 + rate), 2)"}),
    ),
    shows=("@cell:gross-cell",),
)
