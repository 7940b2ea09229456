"""`%lumina history notebook` and `%lumina restore`: what this notebook was, and the way back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import InvalidOption
from .output import escaped, markdown
from .tables import table

if TYPE_CHECKING:
    from ..collaboration.snapshots.comparison import CellDifference
    from .session import Session

MOMENTS_SHOWN = 20
"""Moments that are listed when no number is given."""
MOST_MOMENTS = 999
"""Longer numbers are the beginning of an id."""
LINES = 40
"""Lines of a cell's change that are shown at most."""


def show_notebook_history(session: Session, arguments: Sequence[str]) -> None:
    """List the notebook's moments, or show what changed since one: `%lumina history notebook [MOMENTS|ID]`.

    Raises:
        InvalidOption: when the arguments do not fit.
        LuminaError: when the notebook is not known, or has no such moment.
    """
    if len(arguments) > 1:
        raise InvalidOption("`%lumina history notebook` takes how many moments, or the ID of one.")
    given = arguments[0] if arguments else str(MOMENTS_SHOWN)
    if given.isdecimal() and 0 < int(given) <= MOST_MOMENTS:
        _list(session, int(given))
    else:
        _compare(session, given)


def restore(session: Session, arguments: Sequence[str]) -> None:
    """Make the notebook, or one cell, what it was: `%lumina restore ID [CELL]`.

    Raises:
        InvalidOption: when the arguments do not fit.
        LuminaError: when the notebook is not known, or has no such moment or cell.
    """
    from ..collaboration.snapshots.telling import restored

    if not 1 <= len(arguments) <= 2:
        raise InvalidOption(
            "`%lumina restore` takes the ID of a moment and, maybe, a cell.",
            hint="`%lumina history notebook` lists the moments.",
        )
    identity, cell = session.identity, arguments[1] if len(arguments) == 2 else ""
    done = session.client.restore_notebook(identity.notebook, arguments[0], identity.kernel_id, cell=cell)
    if not done.changed:
        session.output.show(markdown("All is already as it was then; nothing was changed."))
        return
    told = restored(len(done.inserted), len(done.deleted), len(done.moved), len(done.edited))
    back = f" `%lumina restore {done.undo}` takes that back." if done.undo else ""
    session.output.show(markdown(f"Restored: {told}.{back}"))


def _list(session: Session, count: int) -> None:
    from ..collaboration.snapshots.telling import what, when, why

    identity = session.identity
    moments = session.client.notebook_history(identity.notebook, identity.kernel_id, limit=count)
    if not moments:
        session.output.show(
            markdown(
                "This notebook has no earlier moment yet. One is kept as it is saved, and before an agent's edits."
            )
        )
        return
    rows = [[f"`{each.id}`", when(each.at), why(each), each.by or each.model or "-", what(each)] for each in moments]
    note = (
        "`%lumina history notebook ID` shows what changed since a moment, and `%lumina restore ID [CELL]` brings it "
        "back; what an agent did in a run, `%lumina undo ID` takes back."
    )
    session.output.show(table(["id", "when", "why", "by", "what"], rows, note=note))


def _compare(session: Session, moment: str) -> None:
    identity = session.identity
    view = session.client.notebook_moment(identity.notebook, moment, identity.kernel_id, against="now")
    found = view.comparison
    if found is None or not (found.cells or found.metadata):
        session.output.show(markdown("Nothing has changed since then."))
        return
    for cell in found.cells:
        session.output.show(_changed(cell))
    if found.metadata:
        session.output.show(markdown("The notebook's metadata differ."))
    session.output.show(markdown(f"`%lumina restore {view.moment.id}` makes the notebook what it was."))


def _changed(cell: CellDifference) -> dict[str, str]:
    from ..collaboration.snapshots.telling import fate, place

    head = f"Cell {place(cell)} {cell.id}: {fate(cell)}"
    left = len(cell.lines) - LINES
    shown = "\n".join([*cell.lines[:LINES], *([f"… {left} more lines"] if left > 0 else [])])
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    diff = f"\n\n{fence}diff\n{shown}\n{fence}" if shown else ""
    return markdown(f"**{escaped(head)}**{diff}", f"{head}\n{shown}".rstrip())
