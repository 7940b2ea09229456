"""What a run may take: tokens, dollars, seconds of work, calls of tools; as its gear says."""

from __future__ import annotations

import time

from ...errors import BudgetExhausted
from ..gears import Gear
from ..run import RunView
from ..run_view import WORKING


def seconds_worked(view: RunView, now: float | None = None) -> float:
    """The seconds that a run has worked up to now, without waiting for people."""
    since = (time.time() if now is None else now) - view.updated_at
    return view.seconds + (max(0.0, since) if view.state in WORKING else 0.0)


def most_calls(gear: Gear) -> int:
    """How many calls of tools a run may make."""
    return gear.steps * (gear.attempts + 3)


def check_budget(view: RunView, gear: Gear, calls: int) -> None:
    """Nothing while there is something left.

    Raises:
        BudgetExhausted: when a limit of the gear is reached.
    """
    tokens = view.input_tokens + view.output_tokens
    if tokens >= gear.tokens:
        raise BudgetExhausted(f"The run has used {tokens:,} tokens; gear {gear.number} allows {gear.tokens:,}.")
    if view.usd is not None and view.usd >= gear.usd:
        raise BudgetExhausted(f"The run has cost {view.usd:.2f} dollars; gear {gear.number} allows {gear.usd:.2f}.")
    if calls >= most_calls(gear):
        raise BudgetExhausted(f"The run has made {calls} calls of tools, which is all that gear {gear.number} allows.")
    worked = seconds_worked(view)
    if worked >= gear.seconds:
        raise BudgetExhausted(f"The run has worked for {worked:.0f} s; gear {gear.number} allows {gear.seconds:.0f}.")
