"""`lumina notebook proposals`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ...output import clean, print_json, say, style

if TYPE_CHECKING:
    from ....collaboration.proposals.proposal import Proposal, ProposedChange

VERBS = {"edit": "change", "insert": "insert", "delete": "delete", "move": "move"}


@click.command(short_help="See what agents propose, accept or refuse it.")
@click.argument("path")
@click.argument("word", required=False, type=click.Choice(["accept", "refuse"]))
@click.argument("proposal", metavar="ID", required=False)
@click.option("--cell", default="", metavar="CELL", help="Decide what is proposed for this cell alone.")
@click.option("--hunk", "hunks", multiple=True, metavar="HUNK", help="Decide this change of the cell; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def proposals(
    path: str, word: str | None, proposal: str | None, cell: str, hunks: tuple[str, ...], as_json: bool
) -> None:
    """Show what agents propose for the notebook PATH; or accept or refuse the proposal ID, all of it or what is named."""
    from ...running_servers import client_for_file

    if word and not proposal:
        raise click.UsageError(f"Name what to {word}: `lumina notebook proposals {path}` lists it.")
    if hunks and not cell:
        raise click.UsageError("--hunk is a change of a --cell: name that, too.")
    client, name = client_for_file(path)
    if word and proposal:
        decided = client.decide(proposal, name, accept=word == "accept", cell=cell, hunks=hunks or None)
        if as_json:
            print_json(decided)
        else:
            _told(path, word, decided)
        return
    found = client.proposals(name)
    if as_json:
        print_json(found)
    elif not found:
        say(f"Nothing is proposed for {path}.")
    for each in [] if as_json else found:
        _print(each)


def _told(path: str, word: str, proposal: Proposal) -> None:
    left = sum(each.state in {"open", "stale"} for each in proposal.changes)
    rest = f" {left} cell{' is' if left == 1 else 's are'} left to decide." if left else ""
    say(f"{'Accepted' if word == 'accept' else 'Refused'} in {path}.{rest}")
    if proposal.notice:
        say(clean(proposal.notice))


def _print(proposal: Proposal) -> None:
    whose = clean(f"{proposal.author}{f' with {proposal.model}' if proposal.model else ''}")
    say(f"{proposal.id}  {whose}{f': {clean(proposal.reason)}' if proposal.reason else ''}", bold=True)
    for change in proposal.changes:
        if change.state in {"open", "stale"}:
            _print_change(change)


def _print_change(change: ProposedChange) -> None:
    stale = f"  no longer fits: {change.stale}" if change.state == "stale" else ""
    say(f"  {VERBS[change.kind]} cell {change.cell}{stale}")
    old, new = change.base.split("\n"), change.proposed.split("\n")
    if change.kind == "insert":
        _print_lines("+", new, "green")
    elif change.kind == "delete":
        _print_lines("-", old, "red")
    for hunk in change.hunks:
        say(f"    {hunk.id}", dim=True)
        _print_lines("-", old[hunk.old_start : hunk.old_end], "red")
        _print_lines("+", new[hunk.new_start : hunk.new_end], "green")


def _print_lines(sign: str, lines: list[str], colour: str) -> None:
    for line in lines:
        say(style(f"    {sign} {clean(line)}", colour=colour))
