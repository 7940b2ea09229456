"""What a plan is going to take: tokens, dollars and seconds, from prices and from how quick the model has been."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..events import Usage
from ..gateway import ModelInfo
from ..settings import Lumina
from .executor.means import Estimate
from .gears import Gear
from .gears.models import ability_of
from .plan import Plan, Step
from .thinking.budgets import scene_budget
from .thinking.speeds import Speeds

CostOf = Callable[[str, Usage], float | None]
InfoOf = Callable[[str], Awaitable[ModelInfo | None]]

_PROMPT = 200
"""Tokens of a prompt beside the scene."""
_WRITTEN, _ANSWERED, _CRITICISED, _PLANNED = 180, 90, 60, 500
"""Tokens that a model usually writes for a step's text, an answer, a critique, a plan."""
_REASONED: dict[str, int] = {"none": 0, "low": 300, "medium": 1_000, "high": 3_000}
"""Tokens of reasoning a call, by effort, for models that reason."""
_AGAIN = 1.3
"""Calls that are made for each that would be enough."""
_CALL_SECONDS = {"run_cell": 3.0, "run_all_cells": 15.0}
_OTHER_SECONDS = 0.2


class Estimates:
    """Estimates plans.

    Args:
        settings: `context_tokens`.
        cost: What a call of a model costs; None where a price is unknown.
        info: What is known of a model.
        speeds: How quick models have been.
    """

    def __init__(self, settings: Lumina, cost: CostOf, info: InfoOf, speeds: Speeds) -> None:
        self._settings = settings
        self._cost = cost
        self._info = info
        self._speeds = speeds

    async def __call__(self, plan: Plan, gear: Gear, model: str) -> Estimate:
        """What carrying the plan out will take from here on."""
        ability = ability_of(model, await self._info(model))
        scene = scene_budget(self._settings, ability)
        outputs = [_WRITTEN for step in plan.steps if step.writes]
        outputs += [_ANSWERED] if plan.answers else []
        if gear.reflects:
            # A small model is asked for no critique; a strong one may have to mend something once.
            outputs += [] if ability.small else [_CRITICISED, _PLANNED]
        reasoned = _REASONED.get(gear.effort, 0) if ability.reasons else 0
        read = int(_AGAIN * len(outputs) * (_PROMPT + scene // 2))
        written = int(_AGAIN * (sum(outputs) + reasoned * len(outputs)))
        speed = self._speeds.of(model)
        seconds = read / speed.reads + written / speed.writes + sum(map(_seconds, plan.steps))
        return Estimate(
            usd=self._cost(model, Usage(input_tokens=read, output_tokens=written)),
            seconds=round(seconds, 1),
            tokens=read + written,
        )


def _seconds(step: Step) -> float:
    runs = _CALL_SECONDS["run_cell"] if step.check.kind == "runs" and step.tool not in _CALL_SECONDS else 0.0
    return _CALL_SECONDS.get(step.tool, _OTHER_SECONDS) + runs
