"""Shifting: down when checks fail, up when steps go easily, by hand at any time; it takes effect on the grid alone."""

from __future__ import annotations

from dataclasses import dataclass

from .gear import GearName, Grid
from .table import GEARS

EASY_STEPS = 3
"""Steps in a row that passed at once, after which `auto` shifts up."""
FAILED_CHECKS = 2
"""Failed checks since the last shift, after which `auto` shifts down."""
AUTO_GRID: Grid = "phase"
_FINENESS: dict[Grid, int] = {"step": 0, "phase": 1, "task": 2}


@dataclass(frozen=True, slots=True)
class Shift:
    """From one gear to another, and why."""

    before: int
    after: int
    why: str


@dataclass(frozen=True, slots=True)
class _Wish:
    gear: int
    grid: Grid
    why: str


class Shifter:
    """The gear of one run. What models say does not reach it: it is told of checks and of people's wishes alone.

    Args:
        gear: The gear that the run is in.
        name: What the person chose: a number stays as it is, `auto` goes up and down.
        most: How far `auto` may shift up.
    """

    def __init__(self, gear: int, *, name: GearName = "auto", most: int = 4) -> None:
        self.gear = _within(gear)
        self._auto = name == "auto"
        self._most = _within(most)
        self._easy = 0
        self._failed = 0
        self._wish: _Wish | None = None

    def checked(self, passed: bool, attempt: int = 1) -> None:
        """A step's check is over; `attempt` is the number of the try, from 1."""
        if not passed:
            self._easy = 0
            self._failed += 1
        elif attempt == 1:
            self._easy += 1
        else:
            self._easy = 0

    def wish(self, gear: int, grid: Grid) -> None:
        """A person wants another gear, at the next place on that grid; from then on nothing shifts by itself."""
        self._auto = False
        self._wish = _Wish(_within(gear), grid, "It was asked for.")

    def at(self, grid: Grid) -> Shift | None:
        """The shift that takes effect here: after a step, after a phase, or before a new task.

        The end of a phase is one of a step, too, and a new task begins after both.
        """
        wish = self._wish or self._own()
        if wish is None or _FINENESS[wish.grid] > _FINENESS[grid]:
            return None
        self._wish, self._easy, self._failed = None, 0, 0
        if wish.gear == self.gear:
            return None
        shift = Shift(self.gear, wish.gear, wish.why)
        self.gear = wish.gear
        return shift

    def _own(self) -> _Wish | None:
        if not self._auto:
            return None
        if self._failed >= FAILED_CHECKS and self.gear > min(GEARS):
            return _Wish(self.gear - 1, "step", f"{self._failed} checks have failed.")
        if self._easy >= EASY_STEPS and not self._failed and self.gear < self._most:
            return _Wish(self.gear + 1, AUTO_GRID, f"{self._easy} steps went well at the first try.")
        return None


def _within(gear: int) -> int:
    return max(min(gear, max(GEARS)), min(GEARS))
