"""`lumina personas`."""

from __future__ import annotations

import click

from ..output import print_json, print_table, say


@click.command(short_help="List the personas that answer or work as the agent.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List the personas that answer or work as the agent, and the files that are none."""
    from ..running_servers import client_as_owner

    known = client_as_owner().agents.personas()
    if as_json:
        print_json(known)
        return
    print_table(
        ["persona", "for", "model", "gear"],
        [[each.name, each.description, each.model or "the notebook's", each.gear] for each in known.personas],
    )
    for trouble in known.troubles:
        say(f"{trouble.source} is no persona: {trouble.message}", err=True)
