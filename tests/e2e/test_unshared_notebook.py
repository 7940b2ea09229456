"""An agent in a notebook that is not edited together: what it writes to the file is shown beside unsaved edits."""

from __future__ import annotations

import re
import time

import nbformat
from playwright.sync_api import Locator, expect

from tests.e2e.accessibility import violations
from tests.e2e.agent import Agent
from tests.e2e.page import DARK, LIGHT, LabPage

NAME = "unshared.ipynb"
PATIENCE = 90.0
"""Seconds that a condition may take to come true on a busy machine."""
CELLS = {"first": "a = 1", "second": "b = 2", "third": "import time\ntime.sleep(600)"}


def wait_for_source(page: LabPage, index: int, text: str) -> None:
    """Wait until a cell holds a text."""
    page.page.wait_for_function(
        "([index, text]) => window.jupyterapp.shell.currentWidget.content.widgets[index]"
        "?.model.sharedModel.getSource() === text",
        arg=[index, text],
    )


def is_dirty(page: LabPage) -> bool:
    """Whether there is something to save."""
    return bool(page.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.dirty"))


def type_at_the_end(page: LabPage, index: int, text: str) -> None:
    """Type behind what a cell holds."""
    page.edit(page.cell(index))
    page.page.keyboard.press("Control+End")
    page.page.keyboard.type(text)


def warning(page: LabPage) -> Locator:
    """The newest notification of cells that both sides changed."""
    return page.page.locator(".Toastify__toast").filter(has_text="unsaved edits").last


def test_an_agents_writes_are_shown_beside_unsaved_edits(plain_page: LabPage) -> None:
    page = plain_page
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook.cells = [nbformat.v4.new_code_cell(text, id=cell) for cell, text in CELLS.items()]
    nbformat.write(notebook, page.server.root / NAME)
    agent = Agent(page.server, NAME)
    page.open(NAME)
    page.wait_for_kernel()
    page.save()
    dialogs = page.page.locator(".jp-Dialog")

    # Each wrote in another cell: both are there, and what was not saved is unsaved still.
    type_at_the_end(page, 0, "0")
    agent.write("second", "b = 20", run="one")
    wait_for_source(page, 1, "b = 20")
    wait_for_source(page, 0, "a = 10")
    assert is_dirty(page)
    status = page.page.locator(".jp-Lumina-agent").get_by_role("status")
    deadline = time.monotonic() + PATIENCE
    while status.inner_text() != "Lumina is editing cell 2":
        # It leaves soon after an edit, so it goes on with it until it is seen.
        assert time.monotonic() < deadline, "The agent is not seen."
        agent.write("second", "b = 20", run="one")
        page.page.wait_for_timeout(500)
    saved = page.save()
    assert [cell.source for cell in saved.cells][:2] == ["a = 10", "b = 20"]
    expect(dialogs).to_have_count(0)

    # Both wrote in one cell: the person's stays until they want the other.
    type_at_the_end(page, 0, "1")
    agent.write("first", "a = 'agent'", run="two")
    expect(warning(page)).to_contain_text("Lumina changed cell #1, in which you have unsaved edits. Yours were kept.")
    wait_for_source(page, 0, "a = 101")
    page.screenshot("unshared-conflict", DARK, LIGHT)
    warning(page).get_by_role("button", name=re.compile("Take Lumina.s")).click()
    wait_for_source(page, 0, "a = 'agent'")
    saved = page.save()
    assert [cell.source for cell in saved.cells][:2] == ["a = 'agent'", "b = 20"]
    expect(dialogs).to_have_count(0)

    # What it runs is told and can be stopped here, too, and its outputs come by themselves.
    type_at_the_end(page, 1, "  # mine")
    agent.run("third")
    expect(status).to_have_text("Lumina is running cell 3")
    item = page.page.locator(".jp-Lumina-agent")
    expect(item.locator(".jp-Lumina-agentTime")).to_have_text(re.compile(r"^00:0[2-9]|00:[1-5]\d$"))
    page.screenshot("unshared-running")
    assert violations(page.page, ".jp-Lumina-agent") == []
    item.get_by_role("button", name="Stop Lumina").click()
    expect(page.cell(2).locator(".jp-OutputArea-output")).to_contain_text("KeyboardInterrupt")
    expect(status).to_have_text("")
    wait_for_source(page, 1, "b = 20  # mine")
    saved = page.save()
    assert [cell.source for cell in saved.cells] == ["a = 'agent'", "b = 20  # mine", CELLS["third"]]
    assert saved.cells[2].outputs[0].ename == "KeyboardInterrupt"
    expect(dialogs).to_have_count(0)
    assert page.errors == []
