"""Whose edits a moment of a notebook's history names."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from lumina_jupyter.collaboration.snapshots.contributors import Contributors
from lumina_jupyter.collaboration.snapshots.snapshots import Snapshots
from lumina_jupyter.settings import Lumina


def notebook(source: str) -> dict[str, Any]:
    """A notebook of one cell."""
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "a",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    return {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def test_a_moment_of_the_file_names_those_whose_edits_are_in_it() -> None:
    contributors = Contributors()
    contributors.edited("a", ["Ana"])
    assert contributors.take_saved("a") == ""
    contributors.saved("a")
    contributors.edited("a", ["Ben", "Lumina"])
    assert contributors.take_saved("a") == "Ana"
    assert contributors.take("a") == "Ben, Lumina"
    assert contributors.take("a") == ""


def test_names_stay_when_no_moment_was_kept_and_are_each_there_once() -> None:
    contributors = Contributors()
    contributors.saved("a", ["Ana", "Ben"])
    names = contributors.take_saved("a")
    contributors.saved("a", ["Cem", "Ana"])
    contributors.give_back("a", names)
    assert contributors.take_saved("a") == "Ana, Ben, Cem"


def test_a_snapshot_names_those_who_edited_since_the_one_before(tmp_path: Path) -> None:
    contributors = Contributors()
    snapshots = Snapshots(Lumina(data_dir=str(tmp_path)), contributors)
    contributors.edited("key", ["Ana"])
    contributors.edited("other", ["Ben"])
    snapshots.take("key", notebook("1"), reason="before_run", by="Lumina")
    snapshots.take("key", notebook("2"), reason="recovery")
    assert [(each.by, each.changed_by) for each in snapshots.moments("key")] == [("", ""), ("Lumina", "Ana")]


def test_names_outlive_the_process_each_until_a_moment_has_taken_it(tmp_path: Path) -> None:
    contributors = Contributors(tmp_path / "names")
    contributors.saved("a", ["Ana"])
    contributors.edited("a", ["Ben"])
    contributors.edited("b", ["Cem"])
    contributors.close()
    again = Contributors(tmp_path / "names")
    assert again.take_saved("a") == "Ana"
    again.rename("b", "c")
    again.close()
    third = Contributors(tmp_path / "names")
    assert (third.take("a"), third.take("b"), third.take("c")) == ("Ben", "", "Cem")
    third.close()
    assert list((tmp_path / "names").iterdir()) == []


def test_names_that_cannot_be_read_keep_nobody_from_anything_and_old_ones_go(tmp_path: Path) -> None:
    folder = tmp_path / "names"
    contributors = Contributors(folder)
    for key in "abc":
        contributors.edited(key, [key.upper()])
    contributors.close()
    damaged, old, kept = sorted(folder.iterdir())
    keys = {each: json.loads(each.read_text())["key"] for each in (damaged, old, kept)}
    damaged.write_text('{"saved": 5}')
    os.utime(old, (0, 0))
    again = Contributors(folder, days=1.0)
    again.edited(keys[damaged], ["Dan"])
    again.close()
    assert sorted(folder.iterdir()) == sorted([damaged, kept])
    assert again.take(keys[damaged]) == "Dan"
    assert again.take(keys[kept]) == keys[kept].upper()
    again.close()
