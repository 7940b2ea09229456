"""How much a run may do without asking a person: decided by settings and by the gear that a person chose."""

from __future__ import annotations

from ..settings import Lumina
from ..tools import Autonomy
from ..tools.autonomy import AUTONOMIES
from .gears import Gear, GearName

AUTO_AUTONOMY: Autonomy = "edits"
"""The most in gear `auto`: its number follows from what a model made of the words, and a model grants nothing."""


def autonomy_of(gear: Gear, chosen: GearName, settings: Lumina) -> Autonomy:
    """The least of what the gear, the settings and the way in which it was chosen allow."""
    limits: list[str] = [gear.autonomy, str(settings.agent_autonomy)]
    if not chosen.isdigit():
        limits.append(AUTO_AUTONOMY)
    return next((each for each in AUTONOMIES if each in limits), "ask")
