"""JupyterLab's own notebook works as before with the extension installed."""

from __future__ import annotations

import re

import nbformat
from playwright.sync_api import expect

from tests.e2e.page import LabPage


def test_a_notebook_is_edited_run_and_saved(lab_page: LabPage) -> None:
    name = "edited.ipynb"
    lab_page.turn_to(name, ["x = 20", "x"])
    page = lab_page.page
    lab_page.run_cell(0)
    lab_page.press_in(lab_page.cell(1), "End")
    page.keyboard.type(" * 2 + 2")
    expect(lab_page.run_cell(1)).to_have_text("42")
    lab_page.press_in(lab_page.cell(1), "Escape")
    expect(lab_page.commanding).to_be_focused()
    page.keyboard.press("b")
    expect(lab_page.cells).to_have_count(3)
    page.keyboard.press("Enter")
    expect(lab_page.cell(2).locator(".cm-content")).to_be_focused()
    page.keyboard.type("# last")
    saved = lab_page.save()
    nbformat.validate(saved)
    assert [cell.source for cell in saved.cells] == ["x = 20", "x * 2 + 2", "# last"]
    assert saved.cells[1].outputs[0].data["text/plain"] == "42"
    # Nothing of ours is left in a notebook that used nothing of ours.
    assert "lumina" not in str(saved.metadata)
    lab_page.set_source(2, "%load_ext lumina_jupyter")
    expect(lab_page.run_cell(2)).to_have_count(0)
    assert lab_page.errors == []


def test_undo_takes_back_what_was_typed_and_deleted(lab_page: LabPage) -> None:
    lab_page.turn_to("undone.ipynb", ["first = 1", "second = 2"])
    page = lab_page.page
    editor = lab_page.edit(lab_page.cell(0))
    page.keyboard.press("End")
    # At once: what is typed slowly is taken back in parts.
    page.keyboard.insert_text("00")
    expect(editor).to_have_text("first = 100")
    page.keyboard.press("Control+z")
    expect(editor).to_have_text("first = 1")
    page.keyboard.press("Control+Shift+z")
    expect(editor).to_have_text("first = 100")
    page.keyboard.press("Escape")
    expect(lab_page.commanding).to_be_focused()
    page.keyboard.press("d")
    page.keyboard.press("d")
    expect(lab_page.cells).to_have_count(1)
    page.keyboard.press("z")
    expect(lab_page.cells).to_have_count(2)
    expect(editor).to_have_text("first = 100")
    assert lab_page.errors == []


def test_the_completer_offers_names_of_the_kernel(lab_page: LabPage) -> None:
    lab_page.turn_to("completed.ipynb", ["measured_temperature = 21.5", ""])
    page = lab_page.page
    lab_page.run_cell(0)
    editor = lab_page.edit(lab_page.cell(1))
    page.keyboard.type("measured_te")
    whole = re.compile("measured_temperature")
    item = page.locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item", has_text=whole)
    page.keyboard.press("Tab")
    # A single candidate is taken at once.
    expect(item.or_(editor.filter(has_text=whole)).first).to_be_visible()
    if item.count():
        page.keyboard.press("Enter")
    expect(editor).to_have_text("measured_temperature")
    expect(lab_page.run_cell(1)).to_have_text("21.5")
    assert lab_page.errors == []
