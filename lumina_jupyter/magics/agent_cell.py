"""A `%%lumina --agent` cell: its words are given to the agent, and the run is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .agent_following import Following
from .interrupts import stop_runs_when_idle
from .mentioned import cell_id
from .output import markdown

if TYPE_CHECKING:
    from ..agent import RunView
    from .arguments import CellOptions
    from .session import Session


def run_agent(session: Session, options: CellOptions, words: str) -> None:
    """Give the agent something to do, and show how it goes.

    Raises:
        LuminaError: when it cannot be begun, or cannot be followed any more.
    """
    from ..agent import RunRequest

    identity = session.identity
    request = RunRequest(
        words=words,
        notebook=identity.notebook,
        kernel_id=identity.kernel_id,
        active_cell=cell_id(session),
        gear=options.gear or session.gear,
        model=options.model or session.model,
        persona=options.persona,
        plan_only=options.plan or options.dry_run,
        asked_by="magic",
    )
    follow(session, session.client.agents.start(request))


def follow(session: Session, run: RunView) -> None:
    """Show how a run goes: beside this cell, or up to its end.

    Raises:
        LuminaError: when it cannot be followed any more.
    """
    following = Following(session, run)
    if following.beside:
        stop_runs_when_idle(session)
        session.output.show(
            markdown(
                "The agent works in the server, and needs this kernel: the cell is over, what it shows goes on. "
                f"`%lumina stop`, or the notebook's stop button, stops the run `{run.id}`.",
                f"The agent works in the server. `%lumina stop` stops the run {run.id}.",
            )
        )
    following.begin()
