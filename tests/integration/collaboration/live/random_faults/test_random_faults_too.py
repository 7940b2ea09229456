"""The other half of the runs with random faults: see `test_random_faults.py`."""

from __future__ import annotations

import pytest

from ..conftest import Live
from .runs import name, parts, run


@pytest.mark.parametrize("seeds", parts(1), ids=name)
@pytest.mark.usefixtures("impatient")
async def test_nothing_is_lost_and_nothing_is_doubled(live: Live, seeds: list[int], writing: set[object]) -> None:
    await run(live, seeds, writing)
