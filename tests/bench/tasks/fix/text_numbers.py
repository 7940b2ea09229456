"""Numbers that came as text are added up."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_SUM = """
total = 0
for row in rows:
    total = total + row["amount"]
average = total / len(rows)
print(average)
"""


def check(result: Result) -> None:
    """The average is a number, of whatever rows there are."""
    result.keeps("average-cell")
    require(result.play().value("average") == 20.5, "the average is not 20.5")
    other = result.play(sources={"rows-cell": 'rows = [{"amount": "7"}, {"amount": "8"}]'})
    require(other.value("average") == 7.5, "the average does not follow the rows")


TASK = NotebookTask(
    words="Computing the average fails. Fix the cell so that it prints the right average.",
    cells=(
        code("rows-cell", 'rows = [{"amount": "12"}, {"amount": "30"}, {"amount": "19.5"}, {"amount": "20.5"}]'),
        code("average-cell", _SUM),
    ),
    about=("average-cell",),
    paste="replace",
    check=check,
    reference=Change(edits={"average-cell": _SUM.replace('row["amount"]', 'float(row["amount"])')}),
    cheats=(
        Change(edits={"average-cell": "average = 20.5\nprint(average)"}),
        Change(
            edits={
                "average-cell": "try:\n    average = sum(row['amount'] for row in rows)\nexcept TypeError:\n    pass"
            }
        ),
    ),
    shows=("@cell:average-cell", "@error"),
)
