"""The agent where there is no server: it changes notebooks' files, as far as they allow it, and cells have it in their conversation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from lumina_jupyter.agent import RunRequest, RunView
from lumina_jupyter.collaboration import DiskPlaces
from lumina_jupyter.context.surroundings import Surroundings, WorkingFolder
from lumina_jupyter.engine import Engine
from lumina_jupyter.errors import NotFound
from lumina_jupyter.settings import Lumina

from .scripted import Scripted, add, plan


def write(file: Path, **policy: str) -> None:
    """A notebook, as any editor leaves it."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1", id="one")])
    made.metadata.update({"lumina": {"policy": policy}} if policy else {})
    nbformat.write(made, file)


async def test_a_cell_without_a_server_has_the_agent_change_its_file(tmp_path: Path) -> None:
    # Nobody is reached there: the model is a double.
    settings = Lumina(
        data_dir=str(tmp_path / "lumina"),
        endpoints={"lab": {"base_url": "http://127.0.0.1:9/v1"}},
        models={"lab/m": {"context": 8192}},
        default_model="lab/m",
        ollama_url="",
        agent_autonomy="trusted",
    )
    engine = Engine(settings, {}, Surroundings(folders=WorkingFolder()), DiskPlaces(tmp_path))
    mind = Scripted(plans=[plan(add(source="y = 2"), answers=True)])
    engine.agents._means = replace(engine.agents._means, mind=lambda: mind)

    async def done(notebook: str) -> RunView:
        run = await engine.start_run(RunRequest(words="Add y.", notebook=notebook, gear="4", asked_by="magic"))
        return await engine.agents.ended(run.id)

    try:
        write(tmp_path / "a.ipynb")
        run = await done("a.ipynb")
        assert run.state == "done", run.why
        assert [cell.source for cell in nbformat.read(tmp_path / "a.ipynb", 4).cells] == ["x = 1", "y = 2"]
        assert [cell.id for cell in mind.scenes[0].notebook.cells] == ["one"]
        [talk] = await engine.conversations("a.ipynb")
        assert (talk.id, talk.current) == (run.conversation, True)
        # What a notebook's author forbids holds here too.
        write(tmp_path / "b.ipynb", tools="read-only")
        run = await done("b.ipynb")
        assert run.state == "failed"
        assert [cell.source for cell in nbformat.read(tmp_path / "b.ipynb", 4).cells] == ["x = 1"]
        assert "add_cell" not in mind.scenes[-1].tools
        with pytest.raises(NotFound, match="no notebook"):
            await done("c.ipynb")
        assert await engine.conversations("c.ipynb") == []
    finally:
        await engine.close()
