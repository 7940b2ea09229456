"""`lumina usage`."""

from __future__ import annotations

import click

from ..output import count, dollars, print_json, print_table, say


@click.command(short_help="Show tokens and cost by day and model.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3660), help="How far back to look.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(days: int, as_json: bool) -> None:
    """Show what the calls of the last days took, by day (UTC) and model."""
    from ...client import connect

    rows = connect().usage(days=days)
    if as_json:
        print_json(rows)
        return
    if not rows:
        say(f"Nothing was asked in the last {days} days.")
        return
    table = [
        [
            row.day,
            row.model,
            count(row.calls),
            count(row.failed),
            count(row.input_tokens),
            count(row.output_tokens),
            _cost(row.usd, row.unpriced, row.calls),
        ]
        for row in rows
    ]
    total, unpriced, calls = (
        sum(row.usd for row in rows),
        sum(row.unpriced for row in rows),
        sum(row.calls for row in rows),
    )
    table.append(
        [
            "total",
            "",
            count(calls),
            count(sum(row.failed for row in rows)),
            count(sum(row.input_tokens for row in rows)),
            count(sum(row.output_tokens for row in rows)),
            _cost(total, unpriced, calls),
        ]
    )
    headings = ["day", "model", "calls", "failed", "tokens in", "tokens out", "cost"]
    print_table(headings, table, right=headings[2:])
    if unpriced:
        say("? calls of models whose price is not known; c.Lumina.models can tell it", dim=True)


def _cost(usd: float, unpriced: int, calls: int) -> str:
    if unpriced == calls:
        return "?"
    return dollars(usd) + (" + ?" if unpriced else "")
