"""What happens in one run, drawn from its seed before it begins: the same seed tells the same story."""

from __future__ import annotations

import random
from dataclasses import dataclass

EDITS = {
    "type": 10.0,
    "insert": 3.0,
    "delete": 1.0,
    "erase": 1.5,
    "move": 1.0,
    "output": 3.0,
    "rerun": 1.0,
    "mark": 1.0,
}
"""What people do to the notebook, by how often."""
AGENT = {"edit": 5.0, "insert": 2.0, "delete": 0.5, "move": 0.5, "split": 0.6, "merge": 0.5, "mark": 0.5}
"""What the agent does."""
ELSEWHERE = {"edit": 4.0, "insert": 1.5, "delete": 0.5, "move": 0.5, "stale": 1.5}
"""What another program does to the file."""
FAULTS = {
    "sleep": 2.0,
    "killed": 2.0,
    "killed_gone": 2.0,
    "offline": 3.0,
    "offline_all": 1.5,
    "full": 1.5,
    "read_only": 1.0,
    "emptied": 1.5,
    "cut_off": 1.5,
    "renamed": 1.0,
    "moved_away": 1.0,
}
"""What goes wrong."""
KINDS = {"person": 9.0, "agent": 4.0, "elsewhere": 2.5, "fault": 3.5, "return": 3.0}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens. `at`, `where` and `how` are shares from 0 to 1: of cells, of a text, of ways."""

    number: int
    kind: str
    what: str
    who: int
    at: float
    where: float
    how: float
    pace: float

    def __str__(self) -> str:
        who = f" {self.who}" if self.kind in {"person", "return"} or self.what == "offline" else ""
        return (
            f"{self.number:3} {self.kind}{who}: {self.what} (at {self.at:.2f}, {self.where:.2f}; pace {self.pace:.2f})"
        )


@dataclass(frozen=True, slots=True)
class Story:
    """A run: how it begins and what happens."""

    seed: int
    people: int
    cells: int
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, seed: int) -> Story:
        """The story of a seed."""
        chance = random.Random(seed)
        people = chance.choice([2, 2, 3])
        length = chance.randint(14, 30)
        return cls(seed, people, chance.randint(2, 6), tuple(_step(chance, number, people) for number in range(length)))


def _step(chance: random.Random, number: int, people: int) -> Step:
    kind = _drawn(chance, KINDS)
    menu = {"person": EDITS, "agent": AGENT, "elsewhere": ELSEWHERE, "fault": FAULTS}.get(kind, {"join": 1.0})
    return Step(
        number,
        kind,
        _drawn(chance, menu),
        chance.randrange(people),
        chance.random(),
        chance.random(),
        chance.random(),
        chance.random(),
    )


def _drawn(chance: random.Random, menu: dict[str, float]) -> str:
    return chance.choices(list(menu), list(menu.values()))[0]
