"""Random faults, with people and an agent writing in the middle of them: nothing is lost, and nothing is there twice.

A failure tells its story. One seed alone: `LUMINA_FAULT_SEEDS=17` (or `17,23`, or `200-2000`). The other half of the
runs is in a file of its own, so that both can go on at the same time.
"""

from __future__ import annotations

import pytest

from ..conftest import Live
from .runs import name, parts, run


@pytest.mark.parametrize("seeds", parts(0), ids=name)
@pytest.mark.usefixtures("impatient")
async def test_nothing_is_lost_and_nothing_is_doubled(live: Live, seeds: list[int], writing: set[object]) -> None:
    await run(live, seeds, writing)
