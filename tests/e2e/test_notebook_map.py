"""The notebook map in the sidebar: what is stale and why, and running it again."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.e2e.accessibility import violations
from tests.e2e.page import THEMES, LabPage

SHOW = "lumina:show-notebook-map"
CELLS = ["rate = 2", "total = rate * 10\ntotal", "apart = 1", "print(total)", *(f"n{at} = {at}" for at in range(30))]


def the_map(page: LabPage) -> Locator:
    """The panel."""
    return page.page.get_by_role("region", name="Notebook Map")


def test_what_is_stale_is_told_and_run_again(plain_page: LabPage) -> None:
    page = plain_page
    page.begin_anew()
    page.command(SHOW)
    expect(the_map(page)).to_contain_text("Open a notebook")
    page.turn_to("map.ipynb", CELLS)
    page.command(SHOW)
    verdict = the_map(page).get_by_role("status")
    expect(verdict).to_have_text("Nothing is stale.")
    for at in range(4):
        page.run_cell(at)
    expect(page.cell(3).locator(".jp-OutputArea-output")).to_have_text("20")
    # An edit, and a variable whose code is gone.
    page.set_source(0, "rate = 3")
    page.set_source(2, "print('something else entirely, and nothing of what there was before')")
    expect(verdict).to_have_text("4 cells are stale.")
    stale = the_map(page).get_by_role("region", name="Stale").get_by_role("button")
    expect(stale).to_have_count(4)
    expect(stale.first).to_contain_text("It was edited since it ran.")
    expect(stale.nth(1)).to_contain_text("It uses rate of cell #1, which is edited.")
    elsewhere = the_map(page).get_by_role("region", name="Variables from code that changed")
    expect(elsewhere).to_contain_text("apart")
    expect(the_map(page)).to_contain_text("#1, #2, #3, #4")
    for theme in THEMES:
        page.theme(theme)
        page.screenshot(f"notebook-map-{theme}")
        assert violations(page.page, "#lumina-notebook-map") == []
    # A row leads to its cell, also from far away.
    page.page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 33; }")
    page.cell(33).scroll_into_view_if_needed()
    stale.nth(1).click()
    expect(page.cell(1)).to_have_class(re.compile("jp-mod-active"))
    expect(page.cell(1)).to_be_in_viewport()
    the_map(page).get_by_role("button", name="Run These Cells").click()
    expect(page.cell(3).locator(".jp-OutputArea-output")).to_have_text("30")
    expect(verdict).to_have_text("Nothing is stale.")
    expect(stale).to_have_count(0)
    page.screenshot("notebook-map-fresh")
    assert page.errors == []


def test_the_map_is_drawn_while_a_cell_runs_and_running_again_is_interrupted(plain_page: LabPage) -> None:
    page = plain_page
    page.turn_to("busy.ipynb", ["import time\npause = 0", "print(pause)\ntime.sleep(pause)", "after = pause"])
    page.command(SHOW)
    for at in range(3):
        page.run_cell(at)
    page.set_source(0, "import time\npause = 600")
    panel = the_map(page)
    expect(panel.get_by_role("status")).to_have_text("3 cells are stale.")
    panel.get_by_role("button", name="Run These Cells").click()
    expect(page.cell(1).locator(".jp-InputPrompt")).to_have_text("[*]:")
    # A cell that waits for its turn is marked in the same way.
    expect(page.cell(1).locator(".jp-OutputArea-output")).to_have_text("600")
    panel.get_by_role("button", name="Refresh").click()
    expect(panel).not_to_contain_text("edits are not noticed")
    panel.get_by_role("button", name="Interrupt").click()
    expect(page.cell(1).locator(".jp-OutputArea-output").last).to_contain_text("KeyboardInterrupt")
    expect(panel.get_by_role("button", name="Running…")).to_have_count(0)
    expect(page.cell(2).locator(".jp-InputPrompt")).not_to_have_text("[*]:")
    assert page.errors == []


def test_a_server_that_does_not_answer_is_told_and_asked_again(plain_page: LabPage) -> None:
    page = plain_page
    page.turn_to("away.ipynb", ["rate = 2"])
    page.page.route("**/lumina/api/context/map*", lambda route: route.abort())
    page.command(SHOW)
    panel = the_map(page)
    expect(panel.get_by_role("alert")).to_contain_text("The Jupyter server cannot be reached.")
    page.page.unroute("**/lumina/api/context/map*")
    panel.get_by_role("button", name="Try Again").click()
    expect(panel.get_by_role("status")).to_have_text("Nothing is stale.")
    expect(panel.get_by_role("alert")).to_have_count(0)
