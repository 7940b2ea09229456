"""`lumina notebook`."""

from __future__ import annotations

import click

from .history import history
from .proposals import proposals
from .read import read
from .restore import restore
from .run import run
from .undo import undo


@click.group(short_help="Read, run, undo and restore notebooks.", no_args_is_help=True)
def command() -> None:
    """Read, run, undo and restore notebooks.

    PATH is a notebook's file. Where a Jupyter server shows it, the server does what is asked, and whoever has the
    notebook open sees it; without one, the file itself is read and written.
    """


command.add_command(read)
command.add_command(run)
command.add_command(history)
command.add_command(restore)
command.add_command(undo)
command.add_command(proposals)
