"""`lumina notebook undo`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from ...output import clean, print_json, print_table, say

if TYPE_CHECKING:
    from ....collaboration.undo.undo import Step


@click.command(short_help="Undo what an agent did; what people wrote stays.")
@click.argument("path")
@click.option("--list", "listed", is_flag=True, help="List what can be undone or redone, and change nothing.")
@click.option("--run", default="", metavar="RUN", help="Undo all of a run, or one --step of it.")
@click.option("--step", default=None, type=int, metavar="N", help="Undo this step of the run.")
@click.option("--cell", default=None, metavar="ID", help="Undo only what was done to this cell.")
@click.option("--redo", is_flag=True, help="Bring again what was undone.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def undo(path: str, listed: bool, run: str, step: int | None, cell: str | None, redo: bool, as_json: bool) -> None:
    """Undo what an agent did to the notebook PATH: its last step, or what is named.

    Whatever people wrote since stays, also in the same cell.
    """
    from ...running_servers import client_for_file

    if step is not None and not run:
        raise click.UsageError("--step is a step of a --run: name that, too. `--list` shows both.")
    client, name = client_for_file(path)
    if listed:
        _print(path, client.agent_steps(name), as_json=as_json)
        return
    done = client.undo(name, run=run, step=step, cell=cell, redo=redo)
    if as_json:
        print_json(done)
    else:
        many = f"{len(done.cells)} cell{'' if len(done.cells) == 1 else 's'}"
        say(f"{'Done again' if redo else 'Undone'} in {many} of {path}; what people wrote is as it was.")
        if not redo:
            say(f"`lumina notebook undo {path} --redo` brings it again.", dim=True)


def _print(path: str, steps: list[Step], *, as_json: bool) -> None:
    if as_json:
        print_json(steps)
    elif steps:
        rows = [
            [each.run, str(each.step), _when(each.at), clean(each.model or each.kind), _what(each)]
            for each in reversed(steps)
        ]
        print_table(["run", "step", "when", "by", "what"], rows, right=["step"])
    else:
        say(f"No agent did anything to {path} that could be undone.")


def _when(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")


def _what(step: Step) -> str:
    return f"{step.summary}{' (undone)' if step.undone else ''}"
