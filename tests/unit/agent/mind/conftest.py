"""The built-in tools, as the mind knows them: by their names, schemas and checks."""

from __future__ import annotations

import pytest

from lumina_jupyter.engine import Engine
from lumina_jupyter.settings import Lumina
from lumina_jupyter.tools import Tool
from lumina_jupyter.tools.builtin.assembly import builtin_tools


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tool]:
    """The built-in tools by name; none of them is called."""
    engine = Engine(Lumina(data_dir=str(tmp_path_factory.mktemp("lumina"))), {})
    made = builtin_tools(engine.settings, engine.notebooks, engine.runs, None, None, engine.notebook_view)
    return {tool.name: tool for tool in made}
