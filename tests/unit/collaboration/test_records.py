"""What was last saved of a notebook, on disk: how much of it is kept."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.collaboration.ydoc_server import records
from lumina_jupyter.collaboration.ydoc_server.records import Record, Records


def notebook(number: int) -> dict[str, Any]:
    """One that does not get much smaller when it is compressed."""
    source = f"{number} {random.Random(number).randbytes(10_000).hex()}"
    return {"cells": [{"id": "a", "cell_type": "raw", "source": source, "metadata": {}}], "metadata": {}}


def saved(kept: Records, record: Record, number: int) -> Record:
    return kept.note_written("key", kept.note("key", record, notebook(number), b"", written=False), "")


def test_of_large_notebooks_fewer_states_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, record = Records(tmp_path), Record()
    monkeypatch.setattr(records, "KEPT_BYTES", 50_000)
    for number in range(10):
        record = saved(kept, record, number)
    assert [kept.content("key", each) for each in record.saved] == [notebook(number) for number in range(6, 10)]
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.z")) < 50_000
    assert kept.read("key") == record


def test_what_the_file_may_still_hold_is_kept_however_large_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, record = Records(tmp_path), Record()
    monkeypatch.setattr(records, "KEPT_BYTES", 1)
    for number in range(3):
        record = saved(kept, record, number)
    for number in range(3, 6):
        record = kept.note("key", record, notebook(number), b"", written=False)
    # None of the last three was written, as far as is known: the file holds the one before them.
    assert [kept.content("key", each) for each in record.saved] == [notebook(number) for number in range(2, 6)]
