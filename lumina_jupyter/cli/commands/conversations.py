"""`lumina conversations`."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from ..output import clean, print_json, print_table, say


@click.group(short_help="List, search, export and delete conversations.", no_args_is_help=True)
def command() -> None:
    """List, search, export and delete conversations.

    It takes them from the Jupyter server that shows the working folder, and without one from the database itself.
    An ID may be shortened to its first characters.
    """


@command.command("list")
@click.option("--notebook", default="", metavar="PATH", help="Those of one notebook.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_conversations(notebook: str, as_json: bool) -> None:
    """List conversations, the last changed first. A star marks what a notebook's cells go on with."""
    from ..conversation_files import print_conversations
    from ..running_servers import client_for_notebook, client_here

    client, name = client_for_notebook(notebook) if notebook else (client_here(), "")
    found = client.conversations(name)
    if as_json:
        print_json(found)
    elif found:
        print_conversations(found)
    else:
        say("There is no conversation yet. `lumina chat --notebook PATH` begins one.")


@command.command("search")
@click.argument("text", nargs=-1, required=True)
@click.option("--notebook", default="", metavar="PATH", help="In those of one notebook.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200), help="How many places at most.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def search_conversations(text: tuple[str, ...], notebook: str, limit: int, as_json: bool) -> None:
    """Find TEXT in titles, questions and answers."""
    from ..conversation_files import when
    from ..running_servers import client_for_notebook, client_here

    client, name = client_for_notebook(notebook) if notebook else (client_here(), "")
    hits = client.search_conversations(" ".join(text), notebook=name, limit=limit)
    if as_json:
        print_json(hits)
    elif hits:
        rows = [[hit.conversation_id, when(hit.at), hit.where, " ".join(hit.snippet.split())] for hit in hits]
        print_table(["id", "when", "in", "text"], rows)
    else:
        say("Nothing is found.")


@command.command("export")
@click.argument("conversation", metavar="ID")
@click.argument("file")
@click.option("--force", is_flag=True, help="Replace FILE when it is there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def export_conversation(conversation: str, file: str, force: bool, as_json: bool) -> None:
    """Write the conversation ID into FILE: .md, .ipynb, .json (all of it) or .chat (JupyterLab's chat extension)."""
    from ..conversation_files import export_to
    from ..running_servers import client_for_conversation

    client, found = client_for_conversation(conversation)
    path = export_to(client, found.id, file, replace=force)
    if as_json:
        print_json({"id": found.id, "file": str(path), "characters": len(path.read_text(encoding="utf-8"))})
    else:
        say(f"{path} holds the conversation “{clean(found.title) or 'untitled'}”.")


@command.command("delete")
@click.argument("conversation", metavar="ID")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def delete_conversation(conversation: str, yes: bool, as_json: bool) -> None:
    """Delete the conversation ID for everybody, with its images. There is no way back."""
    from ..running_servers import client_for_conversation

    if not yes and not sys.stdin.isatty():
        raise click.UsageError("Nobody can be asked here whether to delete it: say --yes.")
    client, found = client_for_conversation(conversation)
    title = clean(found.title) or "untitled"
    if not yes:
        click.confirm(f"Delete “{title}” for everybody?", abort=True, err=True)
    client.delete_conversation(found.id)
    if as_json:
        print_json({"deleted": asdict(found)})
    else:
        say(f"“{title}” is deleted.")
