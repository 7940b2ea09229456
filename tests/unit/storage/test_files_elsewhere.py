"""Files that can't be written where somebody wants them: what to do is said, by what the place is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lumina_jupyter.automl.export.saving import save
from lumina_jupyter.errors import StorageFailed
from lumina_jupyter.storage.folders import write_atomically


def test_a_model_is_not_saved_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="No such file") as caught:
        save({"model": 1.0}, tmp_path / "models" / "churn.skops")
    assert caught.value.hint == f"There is no folder {tmp_path / 'models'}: make it first, or choose one that is there."
    (tmp_path / "models").mkdir()
    assert save({"model": 1.0}, tmp_path / "models" / "churn.skops").is_file()


def test_a_file_takes_no_folders_place_and_lies_in_none(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "notes.txt").write_text("")
    for path, hint in (
        (tmp_path / "models", "It is a folder"),
        (tmp_path / "notes.txt" / "x", f"no folder {tmp_path / 'notes.txt'}:"),
    ):
        with pytest.raises(StorageFailed) as caught:
            write_atomically(path, b"")
        assert hint in caught.value.hint
    assert sorted(each.name for each in tmp_path.iterdir()) == ["models", "notes.txt"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="Nothing is forbidden to this user.")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageFailed) as caught:
            write_atomically(tmp_path / "churn.skops", b"")
    finally:
        tmp_path.chmod(0o700)
    assert caught.value.hint == f"Check the permissions of {tmp_path}."
