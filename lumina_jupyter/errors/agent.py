"""The agent: runs that end before their task is done, and what cannot be asked of a run."""

from __future__ import annotations

from lumina_jupyter.errors.base import LuminaError


class PlanUnusable(LuminaError):
    """A model's plan cannot be carried out, also after it was told why."""

    code = "plan_unusable"
    http_status = 422
    default_hint = "Say it in other words or in smaller parts, or choose a stronger model."


class BudgetExhausted(LuminaError):
    """A run has used up what its gear lets it take."""

    code = "budget_exhausted"
    http_status = 422
    default_hint = "What was done stays and can be undone; choose a gear with a larger budget for the rest."


class AgentLooped(LuminaError):
    """A run does the same again and again."""

    code = "agent_looped"
    http_status = 422
    default_hint = "Say it in other words, or choose a stronger model."


class RunNotReady(LuminaError):
    """A run is not in a state in which this can be asked of it."""

    code = "run_not_ready"
    http_status = 409
    default_hint = "Look at the run again: it may have ended meanwhile."
