"""Whose edits a moment of a notebook's history names."""

from __future__ import annotations

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
