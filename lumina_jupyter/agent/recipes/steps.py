"""The steps that recipes are made of."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from ..plan import Check, Step

RUNS = Check(kind="runs")
HAS_OUTPUT = Check(kind="has_output")
HAS_PICTURE = Check(kind="has_output", text="image/png")
READS_BACK = Check(kind="reads_back")
FILE_LINES = 6
"""Lines of a table's file that tell its columns."""


def add_code(writes: str, *, title: str, after: str = "", id: str = "write") -> Step:
    """A new code cell below another, or at the end."""
    return _added(id, title, writes, {"cell_type": "code", **_beside(after)})


def add_text(writes: str, *, title: str, beside: str = "", above: bool = False, id: str = "write") -> Step:
    """A new Markdown cell."""
    place: dict[str, Any] = {**_beside(beside), **({"add_above": True} if beside and above else {})}
    return _added(id, title, writes, {"cell_type": "markdown", **place})


def edit(cell: str, writes: str, *, title: str, check: Check = RUNS, expects: str = "") -> Step:
    """Another text for a cell."""
    return Step(
        id="edit",
        title=title,
        tool="edit_cell",
        arguments={"cell_id": cell},
        writes=writes,
        writes_to="content",
        expects=expects or "The cell does what was asked.",
        check=check,
    )


def run_new(*, made_by: str = "write", check: Check = HAS_OUTPUT, expects: str = "It runs without an error.") -> Step:
    """Run the cell that an earlier step made."""
    return Step(
        id="run",
        title="Run it",
        tool="run_cell",
        from_steps={"cell_id": made_by},
        expects=expects,
        check=check,
    )


def run(cell: str, *, title: str = "Run the cell", id: str = "run") -> Step:
    """Run a cell that is there."""
    return Step(
        id=id,
        title=title,
        tool="run_cell",
        arguments={"cell_id": cell},
        expects="It runs without an error.",
        check=Check(kind="runs"),
    )


def look_at_file(path: str, notebook: str) -> Step:
    """Read the first lines of a file in the notebook's folder, for what its columns are called."""
    return Step(
        id="look",
        title=f"Look at {path}",
        tool="read_file",
        # Tools count paths from the folder of all notebooks, code from the notebook's own.
        arguments={"path": posixpath.join(posixpath.dirname(notebook), path), "first_line": 1, "last_line": FILE_LINES},
        expects="The first lines of the file.",
    )


def look_at_files(id: str) -> Step:
    """List the files, where one of them could not be read."""
    return Step(id=id, title="List the files", tool="list_files", expects="The files of the folder.")


def _added(id: str, title: str, writes: str, arguments: Mapping[str, Any]) -> Step:
    return Step(
        id=id,
        title=title,
        tool="add_cell",
        arguments=arguments,
        writes=writes,
        writes_to="content",
        expects="A new cell.",
        check=READS_BACK,
    )


def _beside(cell: str) -> dict[str, Any]:
    return {"cell_id": cell} if cell else {}
