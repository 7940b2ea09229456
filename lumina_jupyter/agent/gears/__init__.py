"""Gears: how carefully the agent works, from the first (strongest and most careful) to the fifth (fastest)."""

from .gear import Gear, GearName, Grid, ModelStrategy
from .table import GEARS

__all__ = ["GEARS", "Gear", "GearName", "Grid", "ModelStrategy"]
