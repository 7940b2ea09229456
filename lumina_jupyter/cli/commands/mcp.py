"""`lumina mcp`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from ..output import clean, print_json, print_table, say

if TYPE_CHECKING:
    from ...tools.mcp.client import ConfigFile


@click.group(short_help="List, add, remove and try out MCP servers.", no_args_is_help=True)
def command() -> None:
    """List, add, remove and try out MCP servers, whose tools models can call.

    They stand in `mcp.json`, in the format of other MCP clients. A running Jupyter server sees changes by itself.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_servers(as_json: bool) -> None:
    """List the servers of mcp.json; nothing is started."""
    import os

    file = _file()
    found = file.read(os.environ)
    rows = [[each.name, each.place, _state(each.enabled, each.trusted)] for each in found.servers]
    rows += [[name, "", f"wrong: {why}"] for name, why in found.troubles]
    if as_json:
        print_json([{"name": name, "place": place, "state": state} for name, place, state in rows])
    elif rows:
        print_table(["server", "is", "state"], [[clean(cell) for cell in row] for row in rows])
        say(f"They stand in {file.path}.")
    else:
        say(f"There are no servers in {file.path}. `lumina mcp add NAME -- COMMAND` adds one.")


@command.command("add", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.option("--url", default="", help="The server's address, in place of a command.")
@click.option("--header", "headers", multiple=True, metavar="NAME=VALUE", help="Send this with each request.")
@click.option("--env", "variables", multiple=True, metavar="NAME=VALUE", help="Set this in its environment.")
@click.option("--cwd", default="", help="The folder in which it runs.")
@click.option("--trusted", is_flag=True, help="Believe what it says of its tools' effects.")
@click.argument("program", nargs=-1, metavar="[-- COMMAND ARGUMENTS...]", type=click.UNPROCESSED)
def add(
    name: str,
    url: str,
    headers: tuple[str, ...],
    variables: tuple[str, ...],
    cwd: str,
    trusted: bool,
    program: tuple[str, ...],
) -> None:
    """Add the server NAME, or replace it: a command after --, or --url.

    Give keys as ${VARIABLE}: what is typed here is kept in the shell's history and in the file.
    """
    if bool(url) == bool(program):
        raise click.UsageError("Give either --url or a command after --.")
    entry: dict[str, Any] = {"url": url} if url else {"command": program[0], "args": list(program[1:])}
    entry |= {"headers": _pairs(headers)} if headers else {}
    entry |= {"env": _pairs(variables)} if variables else {}
    entry |= {"cwd": cwd} if cwd else {}
    entry |= {"trusted": True} if trusted else {}
    file = _file()
    replaced = file.put(name, entry)
    say(f"{'Replaced' if replaced else 'Added'} {name} in {file.path}. `lumina mcp test {name}` tries it out.")


@command.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Take the server NAME out of mcp.json."""
    _file().remove(name)
    say(f"{name} is removed.")


@command.command("test")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def test(name: str | None, as_json: bool) -> None:
    """Start the server NAME, or all, and say what it offers; then end it."""
    from dataclasses import asdict

    from ..mcp_trying import try_out

    found = asyncio.run(try_out(name))
    if as_json:
        print_json([asdict(each) for each in found])
    for each in () if as_json else found:
        if each.state == "ready":
            known = f" ({clean(each.server)}, protocol {each.version})" if each.version else ""
            say(f"{each.name}: works{known}; {len(each.tools)} tools: {clean(', '.join(each.tools))}")
        elif each.state == "off":
            say(f"{each.name}: is switched off.")
        else:
            say(f"{each.name}: {clean(each.error)} {each.hint}".strip(), err=True)
    if any(each.state not in ("ready", "off") for each in found):
        raise click.exceptions.Exit(1)


@command.command("login")
@click.argument("name")
def login(name: str) -> None:
    """Sign in to the server NAME in a browser; the tokens are kept beside providers' keys."""
    from ..mcp_trying import sign_in

    asyncio.run(sign_in(name, say))
    say(f"You are signed in to {name}.")


def _file() -> ConfigFile:
    from ...settings import load_settings
    from ...tools.mcp.client import ConfigFile

    return ConfigFile(load_settings().mcp_path)


def _state(enabled: bool, trusted: bool) -> str:
    return ("on" if enabled else "off") + (", trusted" if trusted else "")


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark or not name:
            raise click.UsageError("--env and --header take NAME=VALUE.")
        found[name] = value
    return found
