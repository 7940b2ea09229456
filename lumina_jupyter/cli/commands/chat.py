"""`lumina chat`."""

from __future__ import annotations

import sys

import click

_MAX_INPUT = 10_000_000


@click.command(short_help="Talk to a model, or ask it one thing.")
@click.argument("prompt", nargs=-1)
@click.option("-m", "--model", default="", help="The model, as provider/name; the default one when omitted.")
@click.option("-s", "--system", default=None, help="What the model is told before everything else.")
@click.option("--max-tokens", type=click.IntRange(min=1), default=None, help="Length of the answer at most.")
@click.option("--temperature", type=click.FloatRange(0, 2), default=None, help="0 is sober, higher is freer.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer and what it took as JSON.")
def command(
    prompt: tuple[str, ...],
    model: str,
    system: str | None,
    max_tokens: int | None,
    temperature: float | None,
    as_json: bool,
) -> None:
    """Ask PROMPT and print the answer; without PROMPT, talk.

    What comes in through a pipe is added to the prompt: `cat error.log | lumina chat what is wrong here`.
    """
    from ...client import connect
    from ..answering import Options, ask_once
    from ..repl import Repl

    options = Options(model=model, system=system, max_tokens=max_tokens, temperature=temperature)
    piped = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.read(_MAX_INPUT)
    text = "\n\n".join(part for part in (" ".join(prompt), piped.strip("\n")) if part.strip())
    if text:
        ask_once(connect(), text, options, as_json=as_json)
    elif prompt or piped or not sys.stdin.isatty():
        raise click.UsageError("There is nothing to ask: the prompt is empty.")
    elif as_json:
        raise click.UsageError("--json needs a prompt.")
    else:
        Repl(connect(), options).run()
