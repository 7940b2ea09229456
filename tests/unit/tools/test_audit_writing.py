"""The audit log has each entry once, however many write it at the same time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.errors import StorageFailed

from .box import a_box


async def test_what_waited_for_the_disk_is_written_once_by_whoever_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: Any) -> Any:
        raise StorageFailed("The disk is full.")

    async with a_box(tmp_path) as here:
        with monkeypatch.context() as patch:
            patch.setattr(here.database, "run", full)
            await here.call("look", where="c1")
            await here.box.audit.flush()
        await asyncio.gather(*(here.box.audit.flush() for _ in range(3)))
        entries = await here.box.audit.latest()
    told = [(each.moment, each.arguments) for each in entries]
    assert len(told) == len(set(told)) == 2
