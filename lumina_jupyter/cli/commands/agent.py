"""`lumina agent`."""

from __future__ import annotations

import click

from ..output import print_json, say

GEARS = ("auto", "1", "2", "3", "4", "5")


@click.command(short_help="Have the agent do something in a notebook.")
@click.argument("words")
@click.argument("notebook", metavar="NOTEBOOK")
@click.option("--gear", type=click.Choice(GEARS), default="auto", help="1 is the most careful, 5 the fastest.")
@click.option("--most-gear", type=click.IntRange(1, 5), default=4, help="How far `auto` may shift up.")
@click.option("--model", default="", metavar="MODEL", help="As `lumina models` lists them.")
@click.option("--plan", "plan_only", is_flag=True, help="Plan, show what it would do, and leave it at that.")
@click.option("--yes-plan", is_flag=True, help="Approve the plan without asking; single steps are asked about even so.")
@click.option("--detach", is_flag=True, help="Begin, print the run's id, and leave.")
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON when it is over.")
def command(
    words: str,
    notebook: str,
    gear: str,
    most_gear: int,
    model: str,
    plan_only: bool,
    yes_plan: bool,
    detach: bool,
    as_json: bool,
) -> None:
    """Have the agent do what WORDS say in NOTEBOOK, and show how it goes.

    It works in the Jupyter server that shows the notebook. Ctrl-C stops it; a second one leaves it to itself. Ends
    with exit code 1 when it did not do what was asked.
    """
    from ...agent import RunRequest
    from ..agent_following import Following, exit_code, show_end
    from ..notebook_running import client_to_run

    client, name = client_to_run(notebook)
    request = RunRequest(
        words=words,
        notebook=name,
        gear=gear,  # type: ignore[arg-type]  # click has seen to it that it is one of them
        most_gear=most_gear,
        model=model,
        plan_only=plan_only,
    )
    run = client.agents.start(request)
    if detach:
        say(run.id)
        return
    if not as_json:
        say(f"{run.id}", dim=True, err=True)
    following = Following(client, run, approves=yes_plan, quiet=as_json)
    run = following.until_planned() if plan_only and not yes_plan else following.until_over()
    if as_json:
        print_json(run)
    else:
        show_end(run)
    raise click.exceptions.Exit(exit_code(run))
