"""`lumina notebook history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ...output import clean, print_json, print_table, say

if TYPE_CHECKING:
    from ....collaboration.snapshots.history import Moment


@click.command(short_help="List a notebook's moments, or see one.")
@click.argument("path", required=False, default="")
@click.option("--gone", "of_gone", is_flag=True, help="List the notebooks that have moments and no file any more.")
@click.option("--diff", "compared", default="", metavar="ID", help="Show what changed since that moment.")
@click.option("--show", "shown", default="", metavar="ID", help="Print the notebook of that moment, as its file was.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many moments at most.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def history(path: str, of_gone: bool, compared: str, shown: str, limit: int, as_json: bool) -> None:
    """List the moments of the notebook PATH, the newest first: when it was so, why that was kept, and by whom.

    What changed is counted from one moment to the next newer one. An ID may be shortened to its first characters. PATH
    may also be a notebook that was deleted; `lumina notebook restore` writes it anew.
    """
    from ...running_servers import client_for_file

    if of_gone:
        if path or compared or shown:
            raise click.UsageError("--gone stands alone.")
        _print_gone(as_json=as_json)
        return
    if not path:
        raise click.UsageError("Name a notebook, or list those that are gone with --gone.")
    if compared and shown:
        raise click.UsageError("--diff and --show exclude each other.")
    client, name = client_for_file(path)
    if shown:
        print_json(client.notebook_moment(name, shown).content)
    elif compared:
        from ...notebook_changes import print_changes

        view = client.notebook_moment(name, compared, against="now")
        if as_json or view.comparison is None:
            print_json(view)
        else:
            print_changes(view.comparison)
    else:
        _print(path, client.notebook_history(name, limit=limit), as_json=as_json)


def _print(path: str, moments: list[Moment], *, as_json: bool) -> None:
    if as_json:
        print_json(moments)
    elif moments:
        from ....collaboration.snapshots.telling import what, when, why

        rows = [[each.id, when(each.at), why(each), clean(each.by) or "-", clean(what(each))] for each in moments]
        print_table(["id", "when", "why", "by", "what"], rows)
    else:
        say(
            f"{path} has no earlier moment yet. One is kept as it is saved in Jupyter, and before anything is restored."
        )


def _print_gone(*, as_json: bool) -> None:
    from ...running_servers import client_here

    found = client_here().gone_notebooks()
    if as_json:
        print_json(found)
    elif found:
        from ....collaboration.snapshots.telling import when

        rows = [[clean(each.path), when(each.at), str(each.moments), str(each.cells), each.snapshot] for each in found]
        print_table(["path", "last kept", "moments", "cells", "newest"], rows, right=["moments", "cells"])
        say("`lumina notebook restore PATH ID` writes one anew.", dim=True)
    else:
        say("No notebook is gone of which something is kept.")
