"""Studies in a storage that several searches share: they learn from each other, and know what is their own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import optuna
import pytest

from lumina_jupyter.automl.candidate import Candidate, FoldResult, Trial
from lumina_jupyter.automl.families.family import Shape
from lumina_jupyter.automl.families.registry import FAMILIES
from lumina_jupyter.automl.search.sampling import Sampler
from lumina_jupyter.automl.search.studies import JOURNAL, Studies, open_storage
from lumina_jupyter.errors import SettingUnusable

SHAPE = Shape(rows=1000, features=10, categories=0, texts=0, classes=2)
FAMILY = FAMILIES["lightgbm"]


def sampler(folder: Path, storage: str, owner: str, warned: list[str] | None = None) -> Sampler:
    studies = Studies(
        folder, open_storage(storage), group="same", owner=owner, warn=(warned if warned is not None else []).append
    )
    return Sampler(folder, 0, "binary", SHAPE, studies)


@pytest.mark.parametrize("kind", ["database", "journal"])
def test_searches_share_what_they_find_and_nothing_else(kind: str, tmp_path: Path) -> None:
    storage = f"sqlite:///{tmp_path / 'studies.db'}" if kind == "database" else str(tmp_path / "shared.log")
    one, other = sampler(tmp_path, storage, "one"), sampler(tmp_path, storage, "other")
    mine = one.propose(FAMILY, 0)
    theirs = other.propose(FAMILY, 0)
    assert dict(mine) != dict(theirs), "Two searches of one seed try the same."
    done = Trial(number=0, candidate=Candidate(family=FAMILY.name, params=dict(theirs)), state="done",
                 folds=(FoldResult(fold=0, score=0.9),))  # fmt: skip
    other.report(done, FAMILY, 0.9)
    other.propose(FAMILY, 1)

    # The first one's process dies here, and is resumed.
    again = sampler(tmp_path, storage, "one")
    again.propose(FAMILY, 1)
    again.report(Trial(number=0, candidate=Candidate(family=FAMILY.name, params=dict(mine)), state="done",
                       folds=(FoldResult(fold=0, score=0.8),)), FAMILY, 0.8)  # fmt: skip
    study = optuna.load_study(study_name="lumina same lightgbm", storage=open_storage(storage))
    found = [(trial.user_attrs["lumina_search"], trial.state.name, trial.value) for trial in study.trials]
    assert found == [
        ("one", "FAIL", None),
        ("other", "COMPLETE", 0.9),
        ("other", "RUNNING", None),
        ("one", "RUNNING", None),
        ("one", "COMPLETE", 0.8),
    ], "What a crash left open is failed, what another search runs is left alone."
    assert not (tmp_path / JOURNAL).exists()


def test_a_storage_that_is_gone_does_not_end_a_search(tmp_path: Path) -> None:
    warned: list[str] = []
    asks = sampler(tmp_path, f"sqlite:///{tmp_path / 'studies.db'}", "one", warned)
    asks.propose(FAMILY, 0)
    with sqlite3.connect(tmp_path / "studies.db") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
            database.execute(f'DROP TABLE "{name}"')
    assert asks.propose(FAMILY, 1)
    asks.withdraw(0)
    (text,) = warned
    assert "can't be used any more" in text
    assert (tmp_path / JOURNAL).exists()


@pytest.mark.parametrize(
    ("storage", "told"),
    [
        ("postgresql://me:hunter2@host/studies", "password"),
        ("postgresql://host/studies?user=me&password=hunter2", "password"),
        ("postgresql://me@127.0.0.1:1/studies", "storage"),
        ("nothing://at all", "storage"),
        ("sqlite:////no/such/folder/studies.db", "can't be used"),
        ("no/such/folder/studies.log", "no folder"),
        ("", "neither"),
        (3, "neither"),
    ],
)
def test_storages_that_can_not_be_used(storage: object, told: str) -> None:
    with pytest.raises(SettingUnusable, match=told) as refused:
        open_storage(storage)
    assert "hunter2" not in f"{refused.value!r} {refused.value}"
    assert open_storage(None) is None
