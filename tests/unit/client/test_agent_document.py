"""docs/agent.md says of the gears what their table says, and the magics know the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from lumina_jupyter.agent import GEARS, GearName
from lumina_jupyter.agent.gears import Gear
from lumina_jupyter.magics.arguments import GEAR_NAMES

DOCUMENT = (Path(__file__).parents[3] / "docs" / "agent.md").read_text(encoding="utf-8")


def row(gear: Gear) -> list[str]:
    yes = {True: "yes", False: "no"}
    return [
        str(gear.number),
        gear.model,
        gear.effort,
        str(gear.steps),
        str(gear.attempts),
        f"`{gear.autonomy}`",
        yes[gear.approves_plan],
        yes[gear.reflects],
        f"{gear.tokens:,}",
        f"{gear.usd:g}",
        f"{gear.seconds / 60:g}",
    ]


def test_the_table_of_gears_is_theirs() -> None:
    lines = re.findall(r"^\| (\d) \| (.*) \|$", DOCUMENT, re.MULTILINE)
    assert [[number, *rest.split(" | ")] for number, rest in lines] == [row(gear) for gear in GEARS.values()]


def test_the_magics_know_every_gear() -> None:
    assert set(GEAR_NAMES) == set(get_args(GearName))
