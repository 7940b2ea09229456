"""A model trains a model: in a new cell of a live notebook, where everybody sees it, and it can be undone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.jobs import tools as automl_tools
from lumina_jupyter.tools import Actor, ToolCall, ToolContext

from .conftest import Face
from .live import NAME, Notebook

TABLE = """
import numpy as np, pandas as pd
random = np.random.default_rng(0)
df = pd.DataFrame({"months": random.integers(1, 72, 200), "fee paid": random.normal(70, 20, 200)})
df["will leave"] = np.where(df["months"] + random.normal(0, 5, 200) < 30, "yes", "no")
"""


@pytest.fixture
def jp_server_config(jp_server_config: Config, tmp_path: Path) -> Config:
    extensions = jp_server_config["ServerApp"]["jpserver_extensions"]
    extensions |= {"jupyter_server_ydoc": True, "jupyter_server_fileid": True}
    jp_server_config["SQLiteYStore"]["db_path"] = str(tmp_path / "rooms.db")
    jp_server_config["BaseFileIdManager"]["db_path"] = str(tmp_path / "ids.db")
    return jp_server_config


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_model_is_trained_in_a_cell_that_everybody_sees(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook(face, "room")
    (table,) = await notebook.make(TABLE)
    room = await notebook.open_room()
    engine = await face.extension.service.engine()
    context = ToolContext(actor=Actor("user", "ada", run="run_1"), notebook=NAME, active_cell=table)

    async def call(tool: str, /, **arguments: Any) -> Any:
        return await engine.tools.call(ToolCall("c", tool, arguments), context)

    for wrong in ({}, {"frame": "df", "file": "a.csv"}, {"frame": "df; print()"}, {"frame": "df", "seconds": 0}):
        refused = await call("train_model", **{"target": "will leave", **wrong})
        assert refused.error_code == "invalid_arguments", refused.text
    assert (await call("train_model", target="y", file="../a.csv")).error_code == "forbidden"
    assert (await call("look_at_training", name="nothing")).error_code == "experiment_missing"

    assert not (await call("run_cell", cell_id=table)).is_error
    monkeypatch.setattr(automl_tools, "WAIT_SECONDS", 0.0)
    begun = await call("train_model", target="will leave", frame="df", seconds=8)
    assert not begun.is_error, begun.text
    assert "It is not over." in begun.text
    cell = str(room.ycells[1]["source"])
    assert cell.startswith(
        "%load_ext lumina_jupyter\n%lumina automl df --target 'will leave' --time 8 --name will_leave-"
    )
    name = cell.rpartition(" ")[2]
    assert name in begun.text
    text = ""
    while "done after" not in text:
        looked = await call("look_at_training", name=name, wait_seconds=60)
        assert not looked.is_error, looked.text
        text = looked.text
    assert "Leaderboard" in text
    assert "Verdict" in text or "Warning" in text
    assert "will leave" in text
    # What may not be seen of a kernel's table is not told of it in other words either.
    found = "How models were tested"
    assert found in text
    engine.settings.variable_policy = "schema-only"
    assert found not in (await call("look_at_training", name=name)).text
    engine.settings.variable_policy = "values"
    # The kernel's experiment is the server's as well, and the model is in the kernel.
    assert (await engine.automl.get(name, "")).state == "done"
    assert not (await call("add_cell", content="print(len(best_model.predict(df)))")).is_error
    last = str(room.ycells[2]["id"])
    assert "200" in (await call("run_cell", cell_id=last)).text
    # A name that the tool has made is nobody's choice, though it stands in the cell.
    monkeypatch.setattr(automl_tools, "WAIT_SECONDS", 300.0)
    over = await call("train_model", target="will leave", frame="df", seconds=3)
    (named,) = re.findall(r"Experiment (\S+): done", over.text)
    assert named != name
    assert not Experiment.open(named, root=engine.settings.experiments_path).is_named()
    await engine.undoing.undo(NAME, run="run_1")
    assert [str(cell["source"]) for cell in room.ycells] == [TABLE]
