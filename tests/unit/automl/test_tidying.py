"""Of experiments that nobody named the newest are kept; named ones, young ones and those at work are never deleted."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lumina_jupyter.automl.experiment.experiment import Experiment, SharedName, check_name, made_names
from lumina_jupyter.automl.experiment.tidying import bytes_of, tidied, unnamed
from lumina_jupyter.errors import SettingUnusable

DAYS = 86_400


def make(root: Path, name: str, days: float) -> Experiment:
    folder = root / name
    folder.mkdir(parents=True)
    for file in ("experiment.json", "events.jsonl"):
        (folder / file).write_text("{}")
        os.utime(folder / file, (time.time() - days * DAYS,) * 2)
    return Experiment(folder)


def test_only_old_ones_without_a_name_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_lumina_config.json").write_text('{"Lumina": {"automl_keep": 2}}')
    root = tmp_path / "automl"
    old = [make(root, f"price-2026010{day}-120000", 20 - day) for day in range(1, 7)]
    make(root, "my churn", 100)
    make(root, "churn-2026", 100)
    young = make(root, "price-20260109-120000-3", 0.1)
    with old[0].locked():
        assert [each.name for each in unnamed(root, keep=0)] == [young.name, *(each.name for each in old[:0:-1])]
        assert bytes_of([young]) >= 4
        assert tidied(root).startswith("Of experiments without a name the last 2 are kept; 4 older ones are deleted.")
        until = time.monotonic() + 60
        while any(each.folder.exists() for each in old[1:5]):
            assert time.monotonic() < until
            time.sleep(0.01)
    assert sorted(path.name for path in root.iterdir()) == sorted(
        ["my churn", "churn-2026", young.name, old[0].name, old[5].name]
    )
    (tmp_path / "config" / "jupyter_lumina_config.json").write_text('{"Lumina": {"automl_keep": 0}}')
    assert tidied(root) == ""


def test_a_name_that_somebody_has_chosen_keeps_an_experiment_whatever_it_looks_like(tmp_path: Path) -> None:
    chosen = Experiment.create("sales-20261122-101010", "sales", root=tmp_path)
    made = Experiment.create("", "sales", root=tmp_path)
    for each in (chosen, made):
        each.write_spec({})
    assert (chosen.is_named(), made.is_named()) == (True, False)
    assert [each.name for each in unnamed(tmp_path, keep=0)] == [made.name]
    chosen.keep_naming(chosen=False)
    assert not Experiment(chosen.folder).is_named()
    (made.folder / "naming.json").write_text("{")
    assert made.is_named(), "What can't be read is not deleted."


def test_a_name_that_is_taken_is_refused_or_gets_a_number(tmp_path: Path) -> None:
    long = "n" * 100
    for name, third in (("churn", "churn-3"), (long, f"{long[:96]}-3")):
        Experiment.create(name, "y", root=tmp_path)
        with pytest.raises(SettingUnusable, match=f"named '{name}' already"):
            Experiment.create(name, "y", root=tmp_path)
        made = [Experiment.create(SharedName(name), "y", root=tmp_path) for _ in range(2)]
        assert made[1].name == third
        check_name(third)


def test_older_experiments_are_known_by_their_names(tmp_path: Path) -> None:
    names = made_names("Preis in €/m²")
    for _ in range(3):
        assert not make(tmp_path, next(names), 0).is_named()
    for name in ("churn", "churn-2026-11"):
        assert make(tmp_path, name, 0).is_named()
