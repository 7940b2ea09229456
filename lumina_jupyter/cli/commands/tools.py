"""`lumina tools`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from ...errors import InvalidOption
from ..output import clean, print_json, print_table, say

if TYPE_CHECKING:
    from ...client import Client

_WORDS = {"allow": "at once", "ask": "when approved", "deny": "not here"}


@click.group(invoke_without_command=True, short_help="List the tools that models can call, or call one.")
@click.option("--notebook", default="", metavar="PATH", help="As seen from this notebook.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(context: click.Context, notebook: str, as_json: bool) -> None:
    """List the tools that models can call."""
    if context.invoked_subcommand is not None:
        return
    client, name = _client(notebook)
    found = client.tools(name)
    if as_json:
        print_json(found)
        return
    if not found:
        say("There are no tools.")
        return
    rows = [
        [each.name, ", ".join(each.effects), _WORDS[each.permission], each.source, each.description.partition("\n")[0]]
        for each in found
    ]
    print_table(["tool", "can", "is called", "from", ""], rows)


@command.command(short_help="Call a tool yourself.")
@click.argument("name")
@click.argument("arguments", default="{}", metavar="[JSON]")
@click.option("--notebook", default="", metavar="PATH", help="On behalf of this notebook.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def call(name: str, arguments: str, notebook: str, as_json: bool) -> None:
    """Call the tool NAME with arguments, which are a JSON object."""
    given = _object(arguments)
    client, path = _client(notebook)
    outcome = client.call_tool(name, given, notebook=path)
    if as_json:
        print_json(outcome)
    else:
        say(clean(outcome.shown), err=outcome.is_error)
    if outcome.is_error:
        raise click.exceptions.Exit(1)


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InvalidOption(f"The arguments are no JSON: {error}.") from None
    if not isinstance(value, dict):
        raise InvalidOption("The arguments must be a JSON object.")
    return value


def _client(notebook: str) -> tuple[Client, str]:
    from ..running_servers import client_as_owner, client_for_file

    return client_for_file(notebook) if notebook else (client_as_owner(), "")
