"""`lumina notebook restore`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ...output import print_json, say

if TYPE_CHECKING:
    from ....client import Client


@click.command(short_help="Make a notebook, or a cell, what it was.")
@click.argument("path")
@click.argument("snapshot")
@click.option("--cell", default="", metavar="ID", help="Restore this cell alone; the others stay as they are.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def restore(path: str, snapshot: str, cell: str, dry_run: bool, as_json: bool) -> None:
    """Make the notebook PATH what it was at the moment SNAPSHOT, whose id `lumina notebook history` tells.

    What it is now is kept first, so that a restore can be taken back. An id may be shortened to its first characters.
    """
    from ....collaboration.snapshots.telling import restored
    from ...running_servers import client_for_file

    client, name = client_for_file(path)
    if dry_run:
        _show(client, name, snapshot, cell, as_json=as_json)
        return
    done = client.restore_notebook(name, snapshot, cell=cell)
    if as_json:
        print_json(done)
    elif not done.changed:
        say(f"{path} is already as it was then; nothing was changed.")
    else:
        told = restored(len(done.inserted), len(done.deleted), len(done.moved), len(done.edited))
        say(f"{path} is restored: {told}.")
        if done.undo:
            say(f"`lumina notebook restore {path} {done.undo}` takes that back.", dim=True)


def _show(client: Client, name: str, snapshot: str, cell: str, *, as_json: bool) -> None:
    from ....collaboration.snapshots.comparison import Comparison, reverse
    from ....errors import CellGone
    from ...notebook_changes import print_changes

    view = client.notebook_moment(name, snapshot, against="now")
    found = reverse(view.comparison or Comparison())
    if cell:
        then = [each.get("id") for each in (client.notebook_moment(name, snapshot).content or {}).get("cells", ())]
        if cell not in then:
            raise CellGone(f"The moment {view.moment.id} has no cell {cell!r}.", hint="Choose a moment that has it.")
        found = Comparison(cells=tuple(each for each in found.cells if each.id == cell))
    if as_json:
        print_json(found)
    else:
        print_changes(found, unchanged="Nothing would change.")
