"""The template notebook runs from top to bottom: profile, search, explanations, alternatives, code, card."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
NOTEBOOK = NOTEBOOKS / "automl.ipynb"


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_every_step_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOK.parents[1]))
    shutil.copytree(NOTEBOOKS / "data", tmp_path / "data")
    # A part of the table tells as much as all of it whether the steps fit together.
    table = tmp_path / "data" / "sacramento.csv"
    table.write_text("\n".join(table.read_text().splitlines()[::4]) + "\n")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in _code(notebook)), "Stored without outputs."
    (parameters,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    # As few models as will do, whatever the machine is busy with.
    parameters.source = "SECONDS = 900\nTRIALS = 3"
    for cell in _code(notebook):
        cell.source = cell.source.replace("importance(seconds=10)", "importance(seconds=1)")
    client = NotebookClient(
        notebook, timeout=500, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    await client.async_execute()
    nbformat.validate(notebook)

    assert "matters" in _shown(notebook, "explained.importance")
    assert "prediction" in _shown(notebook, "explained.worst_errors")
    assert "mae" in _shown(notebook, "explained.scores")
    assert "hist_gradient_boosting" in _shown(notebook, "model.leaderboard_")
    assert "import pandas" in _shown(notebook, "code = model.to_code")
    assert _shown(notebook, "AutoML.open(").startswith("array(")
    assert _shown(notebook, "AutoML.open(") == _shown(notebook, "AutoML.load("), "The model is what it was."
    for name in ("price_model.py", "price_model.skops", "price_model.html"):
        assert (tmp_path / name).stat().st_size > 1000
    compile((tmp_path / "price_model.py").read_text(), "price_model.py", "exec")
    links = [cell.source for cell in notebook.cells if "data/SOURCE.md" in cell.source]
    assert links
    assert "MIT License" in (tmp_path / "data" / "SOURCE.md").read_text()


def _code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _shown(notebook: Any, beginning: str) -> str:
    """The plain text of the outputs of the cell that has this in it."""
    (cell,) = [cell for cell in _code(notebook) if beginning in cell.source]
    parts = [output.text if output.output_type == "stream" else output.data["text/plain"] for output in cell.outputs]
    return "\n".join(parts)
