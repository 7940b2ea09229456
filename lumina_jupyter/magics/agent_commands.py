"""`%lumina gear`, `plan`, `runs`, `run`, `stop`, `pause`, `resume` and `reply`: the agent, from a cell."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..errors import InvalidOption, NotFound
from .agent_cell import follow, run_agent
from .arguments import CellOptions, gear_named, no_arguments
from .beside import beside
from .output import markdown, sentence
from .tables import table

if TYPE_CHECKING:
    from ..agent import Gear, RunView
    from .session import Session

RUNS_SHOWN = 20
WORDS_SHOWN = 80


def gear(session: Session, arguments: Sequence[str]) -> None:
    """Show the gears, or choose one: `%lumina gear [1-5|auto|reverse]`. A run that works shifts at its next step.

    Raises:
        InvalidOption: when there is no such gear.
        LuminaError: when there is nothing to undo, or the run may not be shifted from here.
    """
    if not arguments:
        _show_gears(session)
        return
    if len(arguments) > 1:
        raise InvalidOption("`%lumina gear` takes one gear.", hint="`%lumina gear` shows them.")
    chosen = gear_named(arguments[0], "%lumina gear")
    if chosen == "reverse":
        _reverse(session)
        return
    session.gear = chosen
    told = "The agent chooses its gear by the task." if chosen == "auto" else f"The agent works in gear {chosen} here."
    working = [run for run in _runs(session) if _goes_on(run)]
    if chosen != "auto" and working:
        shifted = session.client.agents.shift(working[0].id, int(chosen))
        told += f" The run {shifted.id} shifts at its next step."
    session.output.show(markdown(told))


def plan(session: Session, arguments: Sequence[str]) -> None:
    """Plan, and show what it would do: `%lumina plan WORDS`.

    Raises:
        InvalidOption: when there are no words.
        LuminaError: when it cannot be planned.
    """
    words = " ".join(arguments).strip()
    if not words:
        raise InvalidOption("`%lumina plan` takes what the agent shall do: `%lumina plan Plot df.price by month`.")
    run_agent(session, CellOptions(agent=True, plan=True), words)


def show_runs(session: Session, arguments: Sequence[str]) -> None:
    """List the notebook's runs.

    Raises:
        InvalidOption: when there are arguments.
    """
    no_arguments("runs", arguments)
    runs = _runs(session)
    if not runs:
        session.output.show(markdown("The agent has done nothing in this notebook. Begin with `%%lumina --agent`."))
        return
    rows = [
        [f"`{run.id}`", _when(run.created_at), run.state, str(run.gear or run.gear_name), _cut(run.words), _took(run)]
        for run in runs[:RUNS_SHOWN]
    ]
    note = "`%lumina run ID` shows one, and `%lumina undo ID` takes it back."
    session.output.show(table(["run", "when", "state", "gear", "words", "took"], rows, note=note))


def show_run(session: Session, arguments: Sequence[str]) -> None:
    """Show a run, and follow it where it goes on: `%lumina run [ID]`; without an ID the last one.

    Raises:
        InvalidOption: when the arguments do not fit.
        LuminaError: when there is no such run.
    """
    follow(session, _named(session, "run", arguments))


def stop(session: Session, arguments: Sequence[str]) -> None:
    """Stop the agent: `%lumina stop [ID]`; without an ID what works in this notebook.

    Raises:
        InvalidOption: when the arguments do not fit.
        LuminaError: when there is no such run, or nothing to stop.
    """
    stopped = _steer(session, "stop", arguments, session.client.agents.stop)
    told = f"The run {stopped.id} is {stopped.state}. `%lumina undo {stopped.id}` takes back what it did."
    session.output.show(markdown(sentence(told), told))


def pause(session: Session, arguments: Sequence[str]) -> None:
    """Hold the agent before its next step: `%lumina pause [ID]`; raises as `stop`."""
    held = _steer(session, "pause", arguments, session.client.agents.pause)
    told = f"The run {held.id} holds before its next step; `%lumina resume` lets it go on."
    session.output.show(markdown(sentence(told), told))


def resume(session: Session, arguments: Sequence[str]) -> None:
    """Let the agent go on: `%lumina resume [ID]`; raises as `stop`."""
    follow(session, _steer(session, "resume", arguments, session.client.agents.resume))


def reply(session: Session, arguments: Sequence[str]) -> None:
    """Answer what the agent asked: `%lumina reply WORDS`.

    Raises:
        InvalidOption: when there are no words.
        LuminaError: when nothing was asked, or kernels may not answer.
    """
    words = " ".join(arguments).strip()
    if not words:
        raise InvalidOption("`%lumina reply` takes what you answer the agent.")
    answered = _steer(session, "reply", (), lambda run_id: session.client.agents.reply(run_id, words))
    session.output.show(markdown(f"The run `{answered.id}` was told."))


def _show_gears(session: Session) -> None:
    gears = session.client.agents.gears()
    rows = [[str(each.number), each.title, *_limits(each)] for each in gears]
    note = (
        f"Chosen here: {session.gear}. `%lumina gear N` chooses; `auto` takes the one that fits the task, `reverse` takes "
        "the last run back. A cell chooses for itself with `--gear`."
    )
    session.output.show(table(["gear", "", "steps", "tokens", "dollars", "minutes"], rows, note=note))


def _limits(gear: Gear) -> list[str]:
    return [str(gear.steps), f"{gear.tokens:,}", f"{gear.usd:g}", f"{gear.seconds / 60:g}"]


def _reverse(session: Session) -> None:
    run = next((each for each in _runs(session) if each.state != "undone"), None)
    if run is None:
        raise NotFound("The agent did nothing in this notebook that could be undone.")

    def act() -> str:
        undone = session.client.agents.undo(run.id)
        return f"The run {undone.id} ({_cut(undone.words)}) is taken back. {undone.why}".strip()

    beside(session, act, f"Taking back the run {run.id} …")


def _steer(session: Session, name: str, arguments: Sequence[str], act: Callable[[str], RunView]) -> RunView:
    if len(arguments) > 1:
        raise InvalidOption(f"`%lumina {name}` takes the ID of a run, or nothing.")
    if arguments:
        return act(arguments[0])
    for run in _runs(session):
        if _goes_on(run) or run.state == "interrupted":
            return act(run.id)
    raise NotFound(f"No run of the agent in this notebook is there to {name}.", hint="`%lumina runs` lists them.")


def _named(session: Session, name: str, arguments: Sequence[str]) -> RunView:
    if len(arguments) > 1:
        raise InvalidOption(f"`%lumina {name}` takes the ID of a run, or nothing.")
    if arguments:
        return session.client.agents.get(arguments[0])
    runs = _runs(session)
    if not runs:
        raise NotFound("The agent has done nothing in this notebook.", hint="Begin with a cell `%%lumina --agent`.")
    return runs[0]


def _runs(session: Session) -> list[RunView]:
    identity = session.identity
    return session.client.agents.runs(identity.notebook, identity.kernel_id)


def _goes_on(run: RunView) -> bool:
    from ..agent.run import ENDED

    return run.state not in ENDED and run.state != "interrupted"


def _when(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def _took(run: RunView) -> str:
    from ..client.run_lines import dollars

    return f"{run.input_tokens + run.output_tokens:,} tokens, {dollars(run.usd)}"


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WORDS_SHOWN else f"{text[: WORDS_SHOWN - 1]}…"
