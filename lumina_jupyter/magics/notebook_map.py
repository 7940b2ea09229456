"""`%lumina map`: which cells are stale, where variables come from, what to run again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .arguments import no_arguments
from .mentioned import executions
from .output import MimeBundle, markdown
from .tables import table

if TYPE_CHECKING:
    from ..context.map import NotebookMap
    from .session import Session

SHOWN = 60
"""Rows of a table at most."""
_STATES = {"edited": "edited", "upstream": "stale", "failed": "failed", "not_run": "not run"}


def show_map(session: Session, arguments: Sequence[str]) -> None:
    """Show the notebook's map.

    Raises:
        NotFound: when the notebook is not known, because there is no server or it was never saved.
    """
    no_arguments("map", arguments)
    from ..context.map import Execution

    identity = session.identity
    ran = [Execution(count=count, source=source) for count, source in executions(session)]
    found = session.client.notebook_map(identity.notebook, identity.kernel_id, ran)
    for shown in _views(found):
        session.output.show(shown)


def _views(found: NotebookMap) -> list[MimeBundle]:
    numbers = {cell.id: cell.number for cell in found.cells}
    views = [_cells(found)]
    strangers = [each for each in found.variables if each.origin != "cell"]
    if strangers:
        rows = [
            [
                each.name,
                f"[{each.execution}]",
                f"#{numbers[each.cell]}, edited since" if each.cell else "code that is gone",
            ]
            for each in strangers[:SHOWN]
        ]
        views.append(table(["variable", "execution", "comes from"], rows, note=_more(len(strangers))))
    return views


def _cells(found: NotebookMap) -> MimeBundle:
    numbers = {cell.id: cell.number for cell in found.cells}
    stale = [cell for cell in found.cells if cell.state in _STATES and cell.state != "not_run"]
    if not stale and not found.rerun:
        return markdown("Every cell that was run stands for what the kernel holds; there is nothing to run again.")
    rows = [[f"#{cell.number}", _STATES[cell.state], cell.because] for cell in stale[:SHOWN]]
    again = ", ".join(f"#{numbers[each]}" for each in found.rerun)
    note = f"Run again, in this order: {again}." if again else "Nothing needs to be run again."
    return table(["cell", "state", "because"], rows, note=" ".join(filter(None, (_more(len(stale)), note))))


def _more(count: int) -> str:
    return f"{count - SHOWN:,} more are not shown." if count > SHOWN else ""
