"""Running a notebook's cells from a terminal: which ones, on which server, and how it goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import click

from ..errors import NotFound
from .output import clean, print_error, say
from .running_servers import SHORTEST_ID, client_for_file, own_server

if TYPE_CHECKING:
    from ..client import Client
    from ..collaboration import Notebook
    from ..collaboration.execution.execution import RunRequest
    from ..collaboration.execution.run_events import CellFinished, RunEvent


def client_to_run(path: str) -> tuple[Client, str]:
    """The client of the server that shows a notebook, with its user's rights, and the notebook's name there."""
    from ..client import connect

    own = own_server()
    if own is not None and own.token:
        # What a terminal of JupyterLab is given by itself opens no more than a kernel may do.
        connect({**os.environ, "LUMINA_URL": own.url, "LUMINA_TOKEN": own.token})
    return client_for_file(path)


def chosen(notebook: Notebook, given: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of the cells that are meant; none means all.

    Raises:
        NotFound: when one is not there, or several could be meant.
    """
    return tuple(_cell(notebook, each) for each in given)


def follow(client: Client, request: RunRequest, notebook: Notebook, *, quiet: bool) -> list[RunEvent]:
    """Run cells and show how it goes; all that was told, less the progress.

    Raises:
        LuminaError: when it cannot be run, or nothing more is heard of it.
        KeyboardInterrupt: at the second Ctrl-C.
    """
    told: list[RunEvent] = []
    shown = _Shown(notebook, quiet=quiet)
    try:
        _read(client.run_cells(request), told, shown)
    except KeyboardInterrupt:
        if not told:
            raise
        shown.end_line()
        say("Interrupting; Ctrl-C again leaves the run to itself.", err=True)
        client.interrupt_run(told[0].run)
        _read(client.watch_run(told[0].run), told, shown)
    finally:
        shown.end_line()
    return told


def _read(events: Iterator[RunEvent], told: list[RunEvent], shown: _Shown) -> None:
    from ..collaboration.execution.run_events import CellProgress

    known, number = len(told), 0
    with closing(events):  # type: ignore[type-var]  # a client's stream is a generator; its protocol promises less
        for event in events:
            if isinstance(event, CellProgress):
                shown.show(event)
                continue
            number += 1
            if number > known:  # who watches again is told again
                told.append(event)
                shown.show(event)


class _Shown:
    """The lines of a run: one for each cell that is over, and on a terminal one that changes while it runs."""

    def __init__(self, notebook: Notebook, *, quiet: bool) -> None:
        self._numbers = {cell.id: number for number, cell in enumerate(notebook.cells, start=1)}
        self._quiet = quiet
        self._changes = sys.stderr.isatty() and not quiet
        self._open = False

    def show(self, event: RunEvent) -> None:
        """Show what an event says."""
        from ..collaboration.execution.run_events import CellFinished, CellProgress, CellStarted, RunFinished, RunQueued

        if self._quiet:
            return
        match event:
            case RunQueued() if event.ahead:
                say(f"Waiting for {event.ahead} other run{'s' if event.ahead > 1 else ''} of this kernel.", err=True)
            case CellStarted():
                self._line(f"cell {self._number(event.cell)} runs")
            case CellProgress():
                minutes, seconds = divmod(int(event.elapsed), 60)
                size = f", {_size(event.output_bytes)}" if event.output_bytes else ""
                self._line(f"cell {self._number(event.cell)} runs, {minutes:02}:{seconds:02}{size}")
            case CellFinished():
                self.end_line()
                self._over(event)
            case RunFinished() if event.message:
                self.end_line()
                print_error(event.message, event.hint)
            case _:
                pass

    def end_line(self) -> None:
        """Take away the line that changes."""
        if self._open:
            click.echo("\r\x1b[K", nl=False, err=True)
            self._open = False

    def _over(self, event: CellFinished) -> None:
        parts = [event.status.replace("_", " "), f"{event.elapsed:.1f} s"]
        if event.output_bytes:
            parts.append(_size(event.output_bytes))
        if event.left_out_bytes:
            parts.append(f"{_size(event.left_out_bytes)} left out")
        say(f"cell {self._number(event.cell)}  {', '.join(parts)}")

    def _line(self, text: str) -> None:
        if self._changes:
            click.echo(f"\r\x1b[K{clean(text)}", nl=False, err=True)
            self._open = True

    def _number(self, cell_id: str) -> str:
        return f"#{self._numbers[cell_id]}" if cell_id in self._numbers else clean(cell_id)


def _cell(notebook: Notebook, given: str) -> str:
    if given.startswith("#") and given[1:].isdigit() and 1 <= int(given[1:]) <= len(notebook.cells):
        return notebook.cells[int(given[1:]) - 1].id
    ids = [cell.id for cell in notebook.cells]
    found = [given] if given in ids else [each for each in ids if len(given) >= SHORTEST_ID and each.startswith(given)]
    if len(found) == 1:
        return found[0]
    reason = "Several cells' ids begin with" if found else "There is no cell"
    raise NotFound(f"{reason} {given}.", hint="`lumina notebook read PATH` shows the cells with their ids.")


def _size(count: int) -> str:
    return f"{count} B" if count < 1000 else f"{count / 1e3:.0f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"
