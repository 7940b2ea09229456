"""`lumina notebook run`."""

from __future__ import annotations

import click

from ...output import print_json


@click.command(short_help="Run a notebook's cells.")
@click.argument("path")
@click.option("--cell", "cells", multiple=True, metavar="ID", help="Only this cell; can be given several times.")
@click.option("--timeout", default=0.0, metavar="S", type=click.FloatRange(min=0), help="Seconds for each cell.")
@click.option("--no-trust", is_flag=True, help="Leave scripts and widgets in the outputs untrusted.")
@click.option("--json", "as_json", is_flag=True, help="Print what happened as JSON when the run is over.")
def run(path: str, cells: tuple[str, ...], timeout: float, no_trust: bool, as_json: bool) -> None:
    """Run the code cells of the notebook PATH on its own kernel, one after the other up to the first error.

    An ID is a cell's id, its first characters, or #N for the N-th cell. Outputs go into the notebook as they come.
    Ctrl-C interrupts the run; a second one leaves it to itself. Ends with exit code 1 when a cell failed.
    """
    from ....collaboration.execution.execution import RunRequest
    from ....collaboration.execution.run_events import RunFinished
    from ...notebook_running import chosen, client_to_run, follow

    client, name = client_to_run(path)
    notebook = client.notebook_content(name)
    request = RunRequest(path=name, cells=chosen(notebook, cells), timeout=timeout, approved=not no_trust)
    told = follow(client, request, notebook, quiet=as_json)
    if as_json:
        print_json(told)
    if not isinstance(told[-1], RunFinished) or told[-1].status != "ok":
        raise click.exceptions.Exit(1)
