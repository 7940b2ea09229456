"""The audit log has each entry once, however many write it at the same time."""

from __future__ import annotations

import asyncio
from pathlib import Path

from .box import a_box


async def test_entries_are_written_once_by_whoever_writes_them(tmp_path: Path) -> None:
    async with a_box(tmp_path) as here:
        for round_ in range(5):
            await here.call("look", where=f"r{round_}")
            await asyncio.gather(*(here.box.audit.flush() for _ in range(4)))
        entries = await here.box.audit.latest()
    assert len({each.number for each in entries}) == len(entries)
    told = [(each.moment, each.arguments) for each in entries]
    assert len(told) == len(set(told)) == 10
