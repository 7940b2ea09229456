"""`lumina approvals`."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Literal

import click

from ..output import clean, print_json, print_table, say

if TYPE_CHECKING:
    from ...client import Client
    from ...tools import Approval, PersonQuestion

_SCOPE = click.option(
    "--scope",
    type=click.Choice(["cell", "run", "always"]),
    default=None,
    help="Also for calls like it: on this cell, in this run, always here.",
)


@click.group(invoke_without_command=True, short_help="See what waits for your approval or answer, and decide.")
@click.option("--all", "show_all", is_flag=True, help="Also those that were decided.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(context: click.Context, show_all: bool, as_json: bool) -> None:
    """Show the calls of tools that wait for your approval, and what tools that run ask you."""
    if context.invoked_subcommand is not None:
        return
    client = _client()
    found, questions = client.approvals(all=show_all), client.questions()
    if as_json:
        print_json([*found, *questions])
        return
    if not found and not questions:
        say("Nothing waits for an approval.")
    for each in found:
        _print(each)
    for question in questions:
        _print_question(question)


@command.command(short_help="Allow a call.")
@click.argument("approval", metavar="ID")
@_SCOPE
def grant(approval: str, scope: Literal["cell", "run", "always"] | None) -> None:
    """Allow the call that the approval ID is for."""
    say(f"{clean(approval)} is {_client().decide_approval(approval, 'grant', scope).state}.")


@command.command(short_help="Refuse a call.")
@click.argument("approval", metavar="ID")
@_SCOPE
def deny(approval: str, scope: Literal["cell", "run", "always"] | None) -> None:
    """Refuse the call that the approval ID is for."""
    say(f"{clean(approval)} is {_client().decide_approval(approval, 'deny', scope).state}.")


@command.command(short_help="Answer what a tool asks you.")
@click.argument("question", metavar="ID")
@click.argument("fields", metavar="JSON", default="{}")
def answer(question: str, fields: str) -> None:
    """Answer the question ID with the fields of its form, as '{"color": "red"}'."""
    try:
        given = json.loads(fields)
    except ValueError as error:
        raise click.BadParameter(f"that is no JSON: {error}.", param_hint="JSON") from None
    if not isinstance(given, dict):
        raise click.BadParameter("the fields are a JSON object.", param_hint="JSON")
    _client().answer_question(question, "accept", given)
    say(f"{clean(question)} is answered.")


@command.command(short_help="Give a tool no answer.")
@click.argument("question", metavar="ID")
def decline(question: str) -> None:
    """Decline to answer the question ID."""
    _client().answer_question(question, "decline")
    say(f"{clean(question)} is declined.")


@command.command(short_help="List what you allowed or refused for longer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rules(as_json: bool) -> None:
    """List the rules that were made of your decisions."""
    found = _client().tool_rules()
    if as_json:
        print_json(found)
    elif not found:
        say("There are no rules.")
    else:
        rows = [[each.id, each.verdict, each.tool, each.actor_kind, each.scope, each.place] for each in found]
        print_table(["rule", "", "tool", "for", "scope", "where"], rows)


@command.command(short_help="Take such a rule back.")
@click.argument("rule", metavar="ID")
def revoke(rule: str) -> None:
    """Take the rule ID back: calls like it are asked about again."""
    _client().revoke_rule(rule)
    say("The rule is gone.")


def _print(approval: Approval) -> None:
    preview = approval.preview
    what = preview.summary if preview is not None and preview.summary else f"call {approval.tool}"
    state = (
        ""
        if approval.state == "pending"
        else f"  {approval.state} {f'by {approval.decided_by}' * bool(approval.decided_by)}"
    )
    say(f"{approval.id}  {clean(what)}{state}".rstrip(), bold=True)
    where = f" in {approval.notebook}" if approval.notebook else ""
    left = max(0, round((approval.expires_at - time.time()) / 60))
    due = f", {left} min left" if approval.state == "pending" else ""
    target = f"{approval.target.kind} {approval.target.name}".strip()
    say(clean(f"  {approval.tool} ({approval.source}), {target}{where}; {approval.reason}{due}"), dim=True)
    shown = (preview.diff or preview.code if preview is not None else "") or approval.arguments
    for line in shown.splitlines():
        say(f"    {clean(line)}")


def _print_question(question: PersonQuestion) -> None:
    say(f"{question.id}  {clean(question.who)} asks you: {clean(question.message)}", bold=True)
    left = max(0, round((question.expires_at - time.time()) / 60))
    where = f" in {question.notebook}" if question.notebook else ""
    say(clean(f"  {question.source}{where}; {left} min left"), dim=True)
    if question.url:
        say(f"    It wants you to open {clean(question.url)}")
    properties = (question.fields or {}).get("properties")
    for name, field in properties.items() if isinstance(properties, dict) else ():
        about = " ".join(str(field.get(key, "")) for key in ("type", "description") if isinstance(field, dict))
        say(clean(f"    {name}: {about}".rstrip()))


def _client() -> Client:
    from ..running_servers import client_as_owner

    return client_as_owner()
