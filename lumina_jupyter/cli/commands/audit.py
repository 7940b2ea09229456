"""`lumina audit`."""

from __future__ import annotations

from datetime import datetime

import click

from ..output import print_json, print_table, say


@click.command(short_help="Read what was decided about tools, and what they did.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="Entries at most.")
@click.option("--notebook", default="", metavar="PATH", help="Of this notebook, as the server calls it.")
@click.option("--tool", default="", metavar="NAME", help="Of this tool.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(limit: int, notebook: str, tool: str, as_json: bool) -> None:
    """Show the latest decisions about calls of tools and what became of these, the newest first."""
    from ..running_servers import client_as_owner

    found = client_as_owner().audit(limit=limit, notebook=notebook, tool=tool)
    if as_json:
        print_json(found)
        return
    if not found:
        say("No tool was called.")
        return
    rows = [
        [
            datetime.fromtimestamp(each.at).astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            each.moment,
            each.verdict,
            each.tool,
            f"{each.actor_kind} {each.actor_name}".strip(),
            each.target,
            each.reason,
        ]
        for each in found
    ]
    print_table(["when", "", "verdict", "tool", "by", "what", "why"], rows)
