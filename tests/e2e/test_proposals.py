"""What an agent proposes, decided by two people in a live notebook; and what it did, undone after people typed on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.accessibility import violations
from tests.e2e.agent import Agent, edit, hash_of
from tests.e2e.page import DARK, LIGHT, THEMES, LabPage
from tests.e2e.server import LabServer

NAME = "prices.ipynb"
RATES = "import pandas as pd\n\nrate = 1\nbase = 200\ntax = 0.19\ntotal = base * rate"
BETTER = "import pandas as pd\n\nrate = 1.07\nbase = 200\ntax = 0.19\ntotal = base * rate * (1 + tax)"
OLD = "print(total)"
REPORT = "print(f'{total:.2f} EUR')"


def write(server: LabServer) -> None:
    """Write the notebook."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# Prices", id="head"),
        nbformat.v4.new_code_cell(RATES, id="rates"),
        nbformat.v4.new_code_cell(OLD, id="report"),
        nbformat.v4.new_code_cell("scratch = 1", id="scratch"),
    ]
    nbformat.write(notebook, server.root / NAME)


@pytest.fixture
def people(browser: Browser, shared_lab: LabServer) -> Iterator[tuple[LabPage, LabPage]]:
    """Two people, each with a browser of their own."""
    contexts = [browser.new_context(viewport={"width": 1400, "height": 900}) for _ in range(2)]
    first, second = (LabPage(context.new_page(), shared_lab) for context in contexts)
    for page in (first.page, second.page):
        # On a busy machine jupyter-collaboration asks whether to wait on, and leaves the question there.
        wait_on = page.get_by_role("button", name="Continue waiting")
        page.add_locator_handler(wait_on, lambda button: button.click())
    yield first, second
    for context in contexts:
        context.close()


def bar(page: LabPage) -> Locator:
    """The line above the notebook."""
    return page.page.get_by_role("region", name="What Lumina proposes")


def shown(page: LabPage) -> Locator:
    """The changes that are shown in cells."""
    return page.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Lumina-proposal")


def source(page: LabPage, cell: str) -> str | None:
    """What a cell holds in the browser; None when it is not there."""
    found: str | None = page.page.evaluate(
        "id => window.jupyterapp.shell.currentWidget.content.widgets.find(each => each.model.id === id)"
        "?.model.sharedModel.getSource() ?? null",
        cell,
    )
    return found


def wait_for_source(page: LabPage, cell: str, text: str | None) -> None:
    """Wait until a cell holds a text."""
    page.page.wait_for_function(
        "([id, text]) => (window.jupyterapp.shell.currentWidget.content.widgets.find(each => each.model.id === id)"
        "?.model.sharedModel.getSource() ?? null) === text",
        arg=[cell, text],
        timeout=45_000,
    )


def test_two_people_decide_what_an_agent_proposes(people: tuple[LabPage, LabPage], shared_lab: LabServer) -> None:
    ana, ben = people
    write(shared_lab)
    agent = Agent(shared_lab, NAME)
    for page in people:
        page.open(NAME)
        page.wait_for_kernel()
    agent.propose(
        edit("rates", RATES, BETTER),
        edit("report", OLD, REPORT),
        {"kind": "insert", "source": "## Report", "cell_type": "markdown", "after": "rates"},
        {"kind": "delete", "cell": "scratch", "base_hash": hash_of("scratch", "scratch = 1")},
        reason="The total left the tax out.",
    )
    for page in people:
        expect(bar(page)).to_contain_text("Lumina proposes changes to 4 cells", timeout=45_000)
        expect(shown(page)).to_have_count(4)
    for theme in THEMES:
        ana.theme(theme)
        ana.screenshot(f"proposals-{theme}")
        assert violations(ana.page, ".jp-Lumina-proposal, .jp-Lumina-proposalBar") == []
    ana.theme(LIGHT)

    # One change is accepted with the keyboard alone, and seen by the other person.
    ana.cell(0).click()
    ana.page.keyboard.press("F7")
    ana.page.keyboard.press("F7")
    expect(ana.page.locator(":focus")).to_have_attribute("aria-label", "Proposed changes")
    ana.page.keyboard.press("Alt+y")
    half = RATES.replace("rate = 1", "rate = 1.07")
    for page in people:
        wait_for_source(page, "rates", half)
        expect(shown(page).filter(has_text="1 change left")).to_have_count(2)

    # The other person refuses what is left of it, and types into the cell that was to be deleted.
    shown(ben).nth(0).get_by_role("button", name="Refuse change").click()
    for page in people:
        expect(bar(page)).to_contain_text("changes to 3 cells")
    ben.set_source(3, "scratch = 1\nkept = scratch + 1")
    for page in people:
        expect(bar(page)).to_contain_text("1 more no longer fits")
        expect(shown(page).filter(has_text="no longer fits")).to_be_visible()
    ben.theme(DARK)
    ben.screenshot("proposals-stale-dark")
    assert violations(ben.page, ".jp-Lumina-proposal, .jp-Lumina-proposalBar") == []

    # All that fits is accepted at once; what does not is left, and dismissed.
    shown(ben).filter(has_text="print").get_by_role("button", name="Refuse", exact=True).click()
    expect(bar(ana)).to_contain_text("a change to 1 cell")
    bar(ana).get_by_role("button", name="Accept all").click()
    expect(bar(ana)).to_contain_text("One change no longer fits and was left as before")
    expect(ana.cells).to_have_count(5)
    bar(ben).get_by_role("button", name="Dismiss").click()
    for page in people:
        expect(shown(page)).to_have_count(0)
        wait_for_source(page, "rates", half)
        assert source(page, "report") == OLD
        assert source(page, "scratch") == "scratch = 1\nkept = scratch + 1"
    expect(bar(ben)).to_be_hidden()
    ana.screenshot("proposals-decided-light")

    # What was accepted last is undone after people typed on, with what they typed left there; and done again.
    ben.cell(1).locator(".cm-content").click()
    ben.page.keyboard.press("Control+End")
    ben.page.keyboard.press("Enter")
    ben.page.keyboard.type("kept = tax")
    wait_for_source(ana, "rates", f"{half}\nkept = tax")
    undo = ana.page.get_by_role("button", name=re.compile("Undo Lumina.s step"))
    for theme in (DARK, LIGHT):
        ana.theme(theme)
        ana.screenshot(f"agent-undo-{theme}")
        assert violations(ana.page, ".jp-Lumina-agent") == []
    undo.click()
    expect(ana.cells).to_have_count(4)
    expect(ben.cells).to_have_count(4)
    undo.click()
    for page in people:
        wait_for_source(page, "rates", f"{RATES}\nkept = tax")
    expect(undo).to_be_hidden()
    more = ana.page.get_by_role("button", name="More of what Lumina did")
    for cells, text in ((4, half), (5, half)):
        more.click()
        ana.page.get_by_role("menuitem", name=re.compile("Redo Lumina.s Step")).click()
        wait_for_source(ben, "rates", f"{text}\nkept = tax")
        expect(ben.cells).to_have_count(cells)
    more.click()
    ana.screenshot("agent-undo-menu-light")
    ana.page.keyboard.press("Escape")

    # The notebook holds what was accepted, by whose leave, and nothing of the rest.
    saved = ana.save()
    marked = {cell.id: cell.metadata.lumina for cell in saved.cells if "lumina" in cell.metadata}
    assert len(marked) == 2
    assert {each.model for each in marked.values()} == {"lab/m"}
    assert all(each.reviewed_by for each in marked.values())
    assert "EUR" not in nbformat.writes(saved)
    assert ana.errors == ben.errors == []
