"""Undo over a file is exact, whatever was saved by others, and however often whoever serves it began anew."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .file_world import NAME, FileWorld

BYTES = st.integers(0, 255)
STORIES = st.lists(st.tuples(BYTES, BYTES, BYTES, BYTES), min_size=1, max_size=12)
MANY = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


async def lived(folder: Path, story: list[tuple[int, int, int, int]]) -> None:
    world = FileWorld(folder)
    for event in story:
        await world.happen(*event)
    await world.all_of_it(redo=True)
    before = world.on_disk()
    await world.all_of_it(redo=False)
    alone = world.on_disk()
    world.check_alone(alone)
    await world.restart()
    assert [cell.source for cell in (await (await world.undoing.notebooks.open(NAME)).read()).cells] == [
        cell["source"] for cell in alone["cells"]
    ]
    await world.all_of_it(redo=True)
    assert world.on_disk() == before
    await world.undoing.close()


@MANY
@given(STORIES)
def test_undone_the_file_is_what_people_alone_produce(story: list[tuple[int, int, int, int]]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(lived(Path(folder) / "world", story))
