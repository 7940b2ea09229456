"""How much of a scene a model is shown."""

from __future__ import annotations

from ...settings import Lumina
from ..gears.models import Ability

SMALL_BUDGET = 700
"""Tokens of a scene for a small model: on a laptop's cores it reads ten to fifty a second."""
_SHARE = 0.4
"""Of a model's context that a scene may take."""


def scene_budget(settings: Lumina, ability: Ability) -> int:
    """Tokens that a scene may have."""
    budget = SMALL_BUDGET if ability.small else settings.context_tokens
    return budget if ability.context is None else min(budget, int(ability.context * _SHARE))
