"""`lumina runs`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ..output import clean, count, dollars, print_json, print_table, say

if TYPE_CHECKING:
    from ...agent import RunView
    from ...client import Client

_PREFIX = "run_"
WORDS_SHOWN = 60


class RunsGroup(click.Group):
    """`lumina runs ID` shows that run."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The subcommand; that which shows a run where an id stands in its place."""
        if args and args[0].startswith(_PREFIX):
            return "show", self.get_command(ctx, "show"), args
        return super().resolve_command(ctx, args)


@click.group(cls=RunsGroup, invoke_without_command=True, short_help="See what the agent did, stop it, undo it.")
@click.option("--notebook", default="", metavar="PATH", help="In this notebook.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(context: click.Context, notebook: str, as_json: bool) -> None:
    """List the agent's runs, the newest first; `lumina runs ID` shows one."""
    if context.invoked_subcommand is not None:
        return
    from ..running_servers import client_as_owner, client_for_file

    client, name = client_for_file(notebook) if notebook else (client_as_owner(), "")
    found = client.agents.runs(name)
    if as_json:
        print_json(found)
    elif not found:
        say('The agent has done nothing yet. Begin with `lumina agent "WORDS" NOTEBOOK`.')
    else:
        print_table(["run", "when", "state", "gear", "notebook", "tokens", "cost", "words"], map(_row, found))


@command.command(short_help="Show a run, and how it goes on.")
@click.argument("run", metavar="ID")
@click.option("--follow", is_flag=True, help="Stay until it is over; Ctrl-C stops the run.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(run: str, follow: bool, as_json: bool) -> None:
    """Show what the run ID did; with --follow, stay until it is over."""
    from ..agent_following import Following, exit_code, show_end

    client = _client()
    view = client.agents.get(run)
    following = Following(client, view, quiet=as_json)
    if follow:
        view = following.until_over()
    elif not as_json:
        following.so_far()
    if as_json:
        print_json(view)
    else:
        show_end(view)
    if follow:
        raise click.exceptions.Exit(exit_code(view))


@command.command(short_help="Stop a run; what it did stays.")
@click.argument("run", metavar="ID")
def stop(run: str) -> None:
    """Stop the run ID. What it did stays until `lumina runs undo`."""
    _tell(_client().agents.stop(run))


@command.command(short_help="Hold a run before its next step.")
@click.argument("run", metavar="ID")
def pause(run: str) -> None:
    """Hold the run ID before its next step."""
    _tell(_client().agents.pause(run))


@command.command(short_help="Let a run go on.")
@click.argument("run", metavar="ID")
def resume(run: str) -> None:
    """Let the run ID go on: one that is paused, or that ended with the server."""
    _tell(_client().agents.resume(run))


@command.command(short_help="Take back what a run did.")
@click.argument("run", metavar="ID")
@click.option("--step", default=None, metavar="STEP", help="Only this step, as `lumina runs ID` numbers it.")
@click.option("--redo", is_flag=True, help="Bring it again.")
def undo(run: str, step: str | None, redo: bool) -> None:
    """Take back the cells, files and variables that the run ID changed; what people wrote since stays."""
    from ...client.run_steps import step_named

    client = _client()
    _tell(client.agents.undo(run, None if step is None else step_named(client.agents.events(run), step), redo=redo))


@command.command(short_help="Approve a run's plan.")
@click.argument("run", metavar="ID")
def approve(run: str) -> None:
    """Approve the plan of the run ID."""
    _tell(_client().agents.decide_plan(run, "approve"))


@command.command(short_help="Refuse a run's plan.")
@click.argument("run", metavar="ID")
def refuse(run: str) -> None:
    """Refuse the plan of the run ID: nothing of it is done."""
    _tell(_client().agents.decide_plan(run, "refuse"))


@command.command(short_help="Answer what a run asked.")
@click.argument("run", metavar="ID")
@click.argument("text")
def reply(run: str, text: str) -> None:
    """Answer the run ID."""
    _tell(_client().agents.reply(run, text))


@command.command(short_help="Put a run into another gear.")
@click.argument("run", metavar="ID")
@click.argument("gear", type=click.IntRange(1, 5))
@click.option("--at", "grid", type=click.Choice(["step", "phase", "task"]), default="step", help="From when on.")
def shift(run: str, gear: int, grid: Any) -> None:
    """Put the run ID into GEAR, from its next step on."""
    _tell(_client().agents.shift(run, gear, grid))


@command.command(short_help="List the gears.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def gears(as_json: bool) -> None:
    """List the gears, from the most careful to the fastest."""
    found = _client().agents.gears()
    if as_json:
        print_json(found)
        return
    rows = [
        [str(each.number), str(each.steps), count(each.tokens), dollars(each.usd), f"{each.seconds:g} s", each.title]
        for each in found
    ]
    print_table(["gear", "steps", "tokens", "cost", "time", ""], rows, right=["steps", "tokens", "cost", "time"])


def _row(run: RunView) -> list[str]:
    words = " ".join(run.words.split())
    return [
        run.id,
        datetime.fromtimestamp(run.created_at).astimezone().strftime("%Y-%m-%d %H:%M"),
        run.state,
        str(run.gear or run.gear_name),
        clean(run.notebook),
        count(run.input_tokens + run.output_tokens),
        dollars(run.usd),
        words if len(words) <= WORDS_SHOWN else f"{words[: WORDS_SHOWN - 1]}…",
    ]


def _tell(run: RunView) -> None:
    say(f"{clean(run.id)} is {run.state}.{f' {clean(run.why)}' if run.why else ''}")


def _client() -> Client:
    from ..running_servers import client_as_owner

    return client_as_owner()
