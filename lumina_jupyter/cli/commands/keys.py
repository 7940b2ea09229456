"""`lumina keys`."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from ..output import print_json, print_table, say

if TYPE_CHECKING:
    from ...engine import Engine

_MAX_INPUT = 65_536
"""Characters that are read from standard input at most."""


@click.group(short_help="Set, delete and list providers' keys.", no_args_is_help=True)
def command() -> None:
    """Set, delete and list providers' keys.

    Keys are kept in the operating system's keyring, or where there is none in an encrypted file that
    only you can read. They can be used, but never read back.
    """


@command.command("set")
@click.argument("provider")
@click.argument("rest", nargs=-1, metavar="")
def set_key(provider: str, rest: tuple[str, ...]) -> None:
    """Keep the key of PROVIDER: typed at a hidden prompt, or read from standard input."""
    if rest:
        # The word itself is never repeated: it probably is the key.
        raise click.UsageError(
            "A key is never taken from the command line, where the shell's history and other users see it. "
            f"Run `lumina keys set {provider}` and paste it at the prompt. "
            "If that was a real key, better replace it at the provider."
        )
    from ..own_engine import with_engine

    async def keep(engine: Engine) -> str:
        engine.check_provider(provider)
        await engine.set_key(provider, await asyncio.to_thread(_read_key, provider))
        return await engine.key_place()

    say(f"The key of {provider} is kept in {with_engine(keep)}.")


@command.command("delete")
@click.argument("provider")
def delete_key(provider: str) -> None:
    """Forget the key of PROVIDER."""
    from ..own_engine import with_engine

    if with_engine(lambda engine: engine.delete_key(provider)):
        say(f"The key of {provider} is deleted.")
    else:
        say(f"No key of {provider} was kept.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_keys(as_json: bool) -> None:
    """List the providers that have a key, and where it is; never the key itself."""
    from ..own_engine import with_engine

    found = [status for status in with_engine(lambda engine: engine.providers()) if status.key_source]
    if as_json:
        print_json([{"provider": status.name, "source": status.key_source} for status in found])
    elif found:
        print_table(["provider", "key is in"], [[status.name, status.key_source] for status in found])
    else:
        say("No provider has a key yet. `lumina keys set PROVIDER` keeps one.")


def _read_key(provider: str) -> str:
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass(f"Key of {provider} (what you type is not shown): ")
    return sys.stdin.read(_MAX_INPUT)
