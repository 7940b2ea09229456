"""The arguments of a step, completed when it is due: cells that earlier steps made, text that the model writes now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ledger import Ledger
from ..plan import Step
from .failure import StepFailure

WRITES = {"add_cell": "content", "insert_cell": "content", "edit_cell": "content", "write_file": "content"}
"""Where the text of a step goes that does not say so."""
EDITS = frozenset({"add_cell", "insert_cell", "edit_cell"})
"""The tools that write a cell's text."""
INSERTS = EDITS - {"edit_cell"}
"""Those of them that make a new one."""
RUNS = frozenset({"run_cell", "run_all_cells"})
"""The tools that run cells in the notebook's kernel."""
_READS = {
    "edit_cell": ("read_cell", {"cell_id": "cell_id", "file_path": "file_path"}),
    "delete_cell": ("read_cell", {"cell_id": "cell_id", "file_path": "file_path"}),
    "write_file": ("read_file", {"path": "path"}),
    "replace_in_file": ("read_file", {"path": "path"}),
}
"""What has to be read before it is changed, by which tool and with which of the arguments."""


def known_arguments(step: Step, ledger: Ledger) -> dict[str, Any]:
    """The arguments but for what the model has to write.

    Raises:
        StepFailure: when an earlier step did not make the cell that is meant.
    """
    found = dict(step.arguments)
    for name, earlier in step.from_steps.items():
        record = ledger.records.get(earlier)
        if record is None or not record.cell:
            raise StepFailure(f"The step {earlier!r} has not made the cell that is meant by `{name}`.", retry=False)
        found[name] = record.cell
    return found


def place_of_text(step: Step) -> str:
    """The argument that what the model writes goes into; empty where it writes nothing."""
    return (step.writes_to or WRITES.get(step.tool, "content")) if step.writes else ""


def reading_before(tool: str, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """The call that reads what is to be changed; None where nothing has to be read."""
    known = _READS.get(tool)
    if known is None:
        return None
    name, wanted = known
    return name, {new: arguments[old] for new, old in wanted.items() if arguments.get(old)}
