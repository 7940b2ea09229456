"""Which stories are told, and how they ended."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence, Set

import pytest

from ..conftest import Live
from .story import Story
from .world import Failure, World

RUNS = 200
MOST_PARTS = 10
LEAST = 20
"""Runs on one server: it takes as long to begin as two of them."""


def parts(half: int) -> list[list[int]]:
    """The seeds of the first or the second half of all runs, in parts: each half is a file's, which runs by itself."""
    asked = os.environ.get("LUMINA_FAULT_SEEDS", f"0-{RUNS - 1}")
    seeds: list[int] = []
    for part in asked.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    size = max(LEAST, -(-len(seeds) // MOST_PARTS))
    return [seeds[at : at + size] for at in range(0, len(seeds), size)][half::2]


def name(seeds: Sequence[int]) -> str:
    """What a part is called."""
    return f"{seeds[0]}-{seeds[-1]}"


async def run(live: Live, seeds: Sequence[int], writing: Set[object]) -> None:
    """Run these; the test fails with the stories of those that ended badly."""
    faults: Counter[str] = Counter()
    failures: list[str] = []
    cells = characters = outputs = 0
    for seed in seeds:
        world = World(live, Story.of(seed), writing)
        try:
            found = await world.run()
        except Failure as failure:
            failures.append(str(failure))
            continue
        faults += world.faults
        cells, characters, outputs = cells + found.cells, characters + found.characters, outputs + found.outputs
    checked = f"{cells} cells, {characters} characters, {outputs} outputs checked"
    sys.stdout.write(f"{len(seeds)} runs, faults {dict(faults)}; {checked}\n")
    if failures:
        pytest.fail("\n\n".join([*failures, f"{len(failures)} of {len(seeds)} runs failed"]), pytrace=False)
    sys.stdout.write("0 lost, 0 doubled\n")
