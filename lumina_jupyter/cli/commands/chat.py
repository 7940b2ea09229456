"""`lumina chat`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ...client import Client
    from ...memory import Conversation

_MAX_INPUT = 10_000_000


@click.command(short_help="Talk to a model, or ask it one thing.")
@click.argument("prompt", nargs=-1)
@click.option("-m", "--model", default="", help="The model, as provider/name; the default one when omitted.")
@click.option("-s", "--system", default=None, help="What the model is told before everything else.")
@click.option("--max-tokens", type=click.IntRange(min=1), default=None, help="Length of the answer at most.")
@click.option("--temperature", type=click.FloatRange(0, 2), default=None, help="0 is sober, higher is freer.")
@click.option("--notebook", default="", metavar="PATH", help="Go on with this notebook's conversation.")
@click.option("--conversation", default="", metavar="ID", help="Go on with this conversation.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer and what it took as JSON.")
def command(
    prompt: tuple[str, ...],
    model: str,
    system: str | None,
    max_tokens: int | None,
    temperature: float | None,
    notebook: str,
    conversation: str,
    as_json: bool,
) -> None:
    """Ask PROMPT and print the answer; without PROMPT, talk.

    What comes in through a pipe is added to the prompt: `cat error.log | lumina chat what is wrong here`.
    With --notebook or --conversation, who has that conversation open in JupyterLab sees it live.
    """
    from ..answering import Options, events_of, show_once
    from ..conversing import OpenConversation
    from ..repl import Repl

    options = Options(model=model, system=system, max_tokens=max_tokens, temperature=temperature)
    if notebook and conversation:
        raise click.UsageError("--notebook and --conversation exclude each other.")
    if (notebook or conversation) and options.only_own:
        raise click.UsageError("--system, --max-tokens and --temperature do not hold in a notebook's conversation.")
    piped = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.read(_MAX_INPUT)
    text = "\n\n".join(part for part in (" ".join(prompt), piped.strip("\n")) if part.strip())
    if not text and (prompt or piped or not sys.stdin.isatty()):
        raise click.UsageError("There is nothing to ask: the prompt is empty.")
    if not text and as_json:
        raise click.UsageError("--json needs a prompt.")
    client, chosen = _choose(notebook, conversation)
    if not text:
        Repl(client, options, chosen).run()
    elif chosen is None:
        show_once(events_of(client, text, options), as_json=as_json)
    else:
        opened = OpenConversation(client, chosen)
        show_once(opened.ask(text, options.model), as_json=as_json, conversation=chosen.id)


def _choose(notebook: str, conversation: str) -> tuple[Client, Conversation | None]:
    """What answers, and the conversation to go on with."""
    from ...client import connect
    from ..conversing import current_conversation
    from ..running_servers import client_for_conversation, client_for_notebook

    if conversation:
        return client_for_conversation(conversation)
    if notebook:
        client, name = client_for_notebook(notebook)
        return client, current_conversation(client, name)
    return connect(), None
