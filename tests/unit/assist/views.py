"""Notebooks for the tests of commands."""

from __future__ import annotations

from typing import Any

from lumina_jupyter.context import CellView, NotebookView

RULE = "-" * 75


def error_output(name: str, value: str, *frames: str) -> dict[str, Any]:
    """An error as IPython puts it out, colours and all."""
    head = f"\x1b[31m{RULE}\x1b[39m"
    title = f"\x1b[31m{name}\x1b[39m                         Traceback (most recent call last)"
    return {
        "output_type": "error",
        "ename": name,
        "evalue": value,
        "traceback": [head, title, *frames, f"\x1b[31m{name}\x1b[39m: {value}"],
    }


ERROR = error_output("ZeroDivisionError", "division by zero", "Cell In[2], line 2\n      1 a = 1\n----> 2 a / 0\n")


def cell(name: str, source: str, *outputs: dict[str, Any], count: int | None = None, kind: str = "code") -> CellView:
    """A cell whose id begins with its name."""
    made: CellView = CellView(
        id=f"{name}-0001",
        kind=kind,  # type: ignore[arg-type]  # one of three words
        source=source,
        execution_count=count,
        outputs=outputs,
    )
    return made


def notebook(*cells: CellView, active: str = "", **fields: Any) -> NotebookView:
    """A notebook with these cells; `active` is a cell's name."""
    return NotebookView(path="a.ipynb", cells=cells, active_cell=f"{active}-0001" if active else "", **fields)
