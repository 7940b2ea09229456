"""`lumina providers`."""

from __future__ import annotations

import click

from ..output import print_json, print_table


@click.command(short_help="List the providers, and what each one lacks.")
@click.option("--refresh", is_flag=True, help="Look anew, and ask servers on other machines too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(refresh: bool, as_json: bool) -> None:
    """List the providers that Lumina knows, those that can be used first."""
    from ...client import connect

    statuses = connect().providers(refresh=refresh)
    if as_json:
        print_json(statuses)
        return
    print_table(
        ["provider", "ready", "models", "key", "what it lacks"],
        [
            [
                status.name,
                "yes" if status.available else "no",
                f"{len(status.models):,}" if status.models else "-",
                status.key_source or "-",
                f"{status.reason} {status.hint}".strip(),
            ]
            for status in statuses
        ],
        right=["models"],
    )
