"""`auto`: the gear for a task by how much there is to do; the more, the more careful."""

from __future__ import annotations

from ..task import Action, Task
from ..words import word_complexity
from .table import GEARS

_UP_TO: tuple[tuple[float, int], ...] = ((0.12, 5), (0.3, 4), (0.6, 3), (0.8, 2))
"""Complexity up to which a gear is enough; beyond the last one it is the first gear."""
_CAREFUL: frozenset[Action] = frozenset({"refactor", "clean", "change"})
"""What changes things that people have made: no faster than the third gear, in which edits are small and seen."""
CAREFUL_GEAR = 3


def choose_gear(task: Task, most: int = 4) -> int:
    """The gear's number, no higher than `most`.

    A model's word on a task (`task.complexity`) can make the gear lower, never higher: what the words themselves say
    counts at the least.
    """
    said = task.complexity if task.complexity == task.complexity else 1.0  # not a number: nobody knows
    complexity = max(min(max(said, 0.0), 1.0), word_complexity(task.words))
    gear = next((number for limit, number in _UP_TO if complexity <= limit), 1)
    if task.action in _CAREFUL:
        gear = min(gear, CAREFUL_GEAR)
    return max(min(gear, most, max(GEARS)), min(GEARS))
