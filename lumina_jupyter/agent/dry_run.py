"""The dry run: what each step of a plan would change, what the gate would say of it, and what all of it would take."""

from __future__ import annotations

from ..errors import LuminaError
from ..tools import Preview, Target
from .executor.arguments import EDITS, RUNS, place_of_text
from .executor.means import Means
from .live_run import LiveRun
from .plan import Plan, Step
from .run_events import DryRunMade, DryRunStep

SHOWN = 20_000
"""Characters of a change that are shown of each step."""


async def dry_run(means: Means, run: LiveRun, plan: Plan) -> DryRunMade:
    """Look ahead. Nothing is called, nothing changes."""
    steps = [await _foreseen(means, run, step) for step in plan.steps]
    estimate = await means.estimate(plan, run.gear, run.log.view.model)
    return DryRunMade(tuple(steps), usd=estimate.usd, seconds=estimate.seconds, tokens=estimate.tokens)


async def _foreseen(means: Means, run: LiveRun, step: Step) -> DryRunStep:
    # What an earlier step will make is not there yet, and what the model will write is not known.
    later = dict.fromkeys([place_of_text(step)] if step.writes else [], f"[{step.writes}]")
    arguments = {**step.arguments, **later, **{name: f"[from {each}]" for name, each in step.from_steps.items()}}
    here = Target("cell" if step.tool in EDITS | RUNS else "none", "", run.notebook)
    try:
        decision, preview = await means.toolbox.foreseen(step.tool, arguments, run.context(), here)
    except LuminaError as error:
        return DryRunStep(step.id, step.title, permission="deny", reason=error.message)
    summary = preview.summary if preview is not None else step.title
    if step.writes:
        # A difference from what is not written yet would show what will never be there.
        return DryRunStep(step.id, f"{summary} To be written: {step.writes}", "", decision.outcome, decision.reason)
    return DryRunStep(step.id, summary, _change(preview), decision.outcome, decision.reason)


def _change(preview: Preview | None) -> str:
    return "" if preview is None else (preview.diff or preview.code)[:SHOWN]
