"""The quickstart notebook runs from top to bottom with the embedded model and without a network."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "quickstart.ipynb"


def test_it_is_stored_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.embedded
async def test_every_step_does_what_it_says(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.mkdir()
    settings = {"models_dir": str(models_dir), "embedded_model": "qwen2.5-coder-0.5b", "ollama_url": ""}
    (config / "jupyter_lumina_config.json").write_text(json.dumps({"Lumina": settings}))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(config))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOK.parents[1]))
    for variable in [name for name in os.environ if name.startswith("LUMINA_") or name.endswith("_API_KEY")]:
        monkeypatch.delenv(variable)

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    await client.async_execute()
    nbformat.validate(notebook)
    ran = [cell for cell in notebook.cells if cell.cell_type == "code"]

    asked = [cell for cell in ran if cell.source.startswith("%%lumina") and "--dry-run" not in cell.source]
    assert len(asked) == 4
    for cell in asked:
        assert "embedded/qwen2.5-coder-0.5b" in shown(cell), cell.source
        assert len(shown(cell)) > 40, cell.source

    assert "mean" in shown(asked[0])
    assert "embedded/qwen2.5-coder-0.5b answers" in shown(found(ran, "%lumina"))
    assert "city" in shown(asked[1])
    assert "month" in shown(asked[1])
    assert "3 different cities" in shown(found(ran, "%%lumina --dry-run"))
    code = found(ran, "%%lumina -f code")
    assert "def celsius(" in shown(code)
    assert "cell below" in shown(code)
    assert shown(found(ran, "exec(answer.code)")).startswith("100")
    review = shown(found(ran, "review.data"))
    assert review.startswith("Review(product=")
    assert "stars=5" in review
    assert "positive=True" in review
    assert "NameError" in shown(found(ran, "numbers ="))
    assert "sorted(numbers)" in shown(found(ran, "%lumina fix"))
    assert "The corrected cell is the next input." in shown(found(ran, "%lumina fix"))
    assert "calls, $0 in 30 days" in shown(found(ran, "%lumina usage"))
    assert "You: /fix" in shown(found(ran, "%lumina history"))


def found(cells: list[Any], beginning: str) -> Any:
    """The cell whose source begins so (or is just that)."""
    exact = [cell for cell in cells if cell.source.strip() == beginning]
    return (exact or [cell for cell in cells if cell.source.startswith(beginning)])[0]


def shown(cell: Any) -> str:
    """The plain text of a cell's outputs."""
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append("\n".join(output.traceback))
        else:
            parts.append(output.data["text/plain"])
    return "\n".join(parts)
