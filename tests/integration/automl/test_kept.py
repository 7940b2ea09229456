"""What becomes of searches that have ended: in Lumina's database, and side by side."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.jobs.history import History
from lumina_jupyter.automl.jobs.shelf import Shelf
from lumina_jupyter.automl.register.entry import entry_of
from lumina_jupyter.automl.register.register import Register
from lumina_jupyter.errors import ExperimentMissing
from lumina_jupyter.storage import Database

from .tables import churn


@pytest.fixture(scope="module")
def model() -> AutoML:
    made = AutoML(
        time_budget=120,
        max_trials=3,
        families=["hist_gradient_boosting", "linear"],
        folds=2,
        name="kept",
        verbose=0,
    )
    return made.fit(churn(), "churn")


async def test_the_database_has_what_has_ended_also_when_its_folder_is_gone(model: AutoML, tmp_path: Path) -> None:
    entry = entry_of(model.experiment_, owner="ada", origin="here")
    assert entry is not None
    assert (entry.name, entry.owner, entry.task, entry.trials) == ("kept", "ada", "binary", 3)
    assert entry.score == pytest.approx(model.best_score_)
    assert sum(entry.models.values()) == pytest.approx(1.0, abs=0.01)
    database = Database("", tmp_path)
    register = Register(database)
    await register.keep([entry])
    went_on = dataclasses.replace(entry, seconds=entry.seconds + 1, score=None)
    notebooks = dataclasses.replace(entry, id="other", owner="", name="\0odd\udce9", began_at=entry.began_at + 1)
    await register.keep([went_on, notebooks])
    newest, oldest = await register.all("ada", "here")
    assert (newest.id, newest.name) == ("other", "\ufffdodd?")
    assert oldest == went_on
    assert [each.id for each in await register.all("grace", "here")] == ["other"]
    assert [each.id for each in await register.all("ada", "elsewhere")] == [entry.id]
    assert await register.all("", "elsewhere") == []
    await register.forget("kept", "elsewhere")
    assert len(await register.all("ada", "here")) == 2
    await register.forget("kept", "here")
    assert [each.id for each in await register.all("ada", "here")] == ["other"]
    await database.close()


async def test_what_has_ended_is_written_down_once_and_outlives_its_models(model: AutoML, tmp_path: Path) -> None:
    root = tmp_path / "automl"
    shutil.copytree(model.experiment_.folder, root / "kept")
    shutil.copytree(model.experiment_.folder, root / "unfinished")
    (root / "unfinished" / "result.json").unlink()
    database = Database("", tmp_path)

    def opened() -> History:
        return History(Shelf(tmp_path, root), Register(database))

    await opened().keep()
    shutil.rmtree(root / "kept")
    history = opened()
    assert [each.name for each in await history.all("grace")] == ["kept"]
    with pytest.raises(ExperimentMissing, match="unfinished"):
        await history.compare(["kept", "unfinished"], "grace")
    await history.forget("kept")
    assert await history.all("grace") == []
    await database.close()
