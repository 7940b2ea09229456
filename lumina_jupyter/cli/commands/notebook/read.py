"""`lumina notebook read`."""

from __future__ import annotations

import click

from ...output import print_json


@click.command(short_help="Print a notebook's cells.")
@click.argument("path")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, each cell with its hash.")
def read(path: str, as_json: bool) -> None:
    """Print the cells of the notebook PATH as they are now, unsaved edits and all."""
    from ...notebook_text import as_data, print_notebook
    from ...running_servers import client_for_file

    client, name = client_for_file(path)
    notebook = client.notebook_content(name)
    if as_json:
        print_json(as_data(notebook, name))
    else:
        print_notebook(notebook)
