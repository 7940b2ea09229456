"""A full disk: what was kept stays, what cannot be kept says so, and room given back is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from lumina_jupyter.errors import DiskFull
from lumina_jupyter.memory import Conversations, Log, NewEntry
from lumina_jupyter.storage import Database, write_atomically
from tests.small_disk import fill, small_disk


def entry(number: int) -> NewEntry:
    return NewEntry("text_delta", {"text": f"{number} " + "x" * 2000}, "t")


async def append_until_full(log: Log, conversation: str) -> int:
    """Append until the disk is full; how many entries there are then."""
    for number in range(1, 200):
        try:
            await log.append(conversation, [entry(number)])
        except DiskFull:
            return number
    pytest.fail("the disk was never full")


async def test_the_log_survives_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk:
        database = Database("", disk)
        log = Log(database)
        conversation = await Conversations(database).current("a.ipynb")
        await log.append(conversation, [entry(0)])
        filler = fill(disk)
        kept = await append_until_full(log, conversation)
        assert len(await log.after(conversation)) == kept
        filler.unlink()
        (added,) = await log.append(conversation, [entry(999)])
        assert added.sequence == kept + 1
        await database.close()


def test_an_atomic_write_on_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        path = disk / "file"
        write_atomically(path, b"old")
        fill(disk)
        with pytest.raises(DiskFull):
            write_atomically(path, b"new" * 10_000)
        assert path.read_bytes() == b"old"
        assert sorted(item.name for item in disk.iterdir()) == ["file", "filler"]


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    from lumina_jupyter.storage import private_folder

    folder = private_folder(tmp_path / "a" / "b")
    write_atomically(folder / "f", b"x")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "f").stat().st_mode & 0o777 == 0o600
