"""The history panel: earlier moments of a notebook, compared with now, and the way back for a cell or for all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.accessibility import violations
from tests.e2e.page import THEMES, LabPage
from tests.e2e.server import LabServer
from tests.e2e.visits import Visits

SHOW = "lumina:show-notebook-history"
CELLS = [
    "import math\nradius = 2\narea = math.pi * radius**2\nprint(area)",
    "total = 3",
    "# kept as it is",
    "print(total)",
]
EDITED = "import math\nradius = 5\narea = math.pi * radius**2\nprint(round(area, 2))"


def the_history(page: LabPage) -> Locator:
    """The panel."""
    return page.page.get_by_role("region", name="Notebook History")


def sources(page: LabPage) -> list[str]:
    """What the cells of the notebook on top hold."""
    found: list[str] = page.page.evaluate(
        "() => [...window.jupyterapp.shell.currentWidget.content.model.cells].map(cell => cell.sharedModel.getSource())"
    )
    return found


def expect_sources(page: LabPage, wanted: list[str]) -> None:
    """Wait until the cells hold this."""
    page.page.wait_for_function(
        "wanted => JSON.stringify([...window.jupyterapp.shell.currentWidget.content.model.cells]"
        ".map(cell => cell.sharedModel.getSource())) === JSON.stringify(wanted)",
        arg=wanted,
    )


def confirm(page: LabPage) -> None:
    """Say yes to the dialog that asks before a restore."""
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_contain_text("kept in its history, so this can be undone")
    dialog.get_by_role("button", name="Restore").click()
    expect(dialog).to_have_count(0)


@pytest.fixture
def pages(visits: Visits, shared_lab: LabServer) -> Iterator[tuple[LabPage, LabPage]]:
    """Two pages of one person."""
    with visits.page(shared_lab) as page, visits.page(shared_lab) as other:
        yield page, other


def test_moments_are_compared_and_restored_for_everybody(pages: tuple[LabPage, LabPage]) -> None:
    page, other = pages
    page.open()
    page.command(SHOW)
    panel = the_history(page)
    expect(panel).to_contain_text("Open a notebook to see its history.")
    page.turn_to("history.ipynb", CELLS)
    other.open("history.ipynb")
    other.wait_for_kernel()

    # What was in the file is kept as soon as something is saved over it.
    page.set_source(0, EDITED)
    page.page.evaluate(
        "() => { const { sharedModel } = window.jupyterapp.shell.currentWidget.content.model;"
        " sharedModel.deleteCell(1); sharedModel.addCell({ cell_type: 'markdown', source: '# New' }); }"
    )
    now = [EDITED, CELLS[2], CELLS[3], "# New"]
    expect_sources(page, now)
    page.save()
    page.page.get_by_role("button", name="What the notebook was").click()
    rows = panel.get_by_role("listitem").get_by_role("button")
    for _ in range(20):  # a live notebook is saved by its room, in its own time
        panel.get_by_role("button", name="Refresh").click()
        expect(panel.locator("[aria-busy='true']")).to_have_count(0)
        if rows.count():
            break
        page.page.wait_for_timeout(250)
    oldest = rows.last
    expect(oldest).to_contain_text("Saved")
    expect(panel.get_by_role("heading", name="Today")).to_be_visible()
    page.screenshot("history-list")
    assert violations(page.page, "#lumina-notebook-history") == []

    # By keyboard: in, out, and the focus is where it was.
    oldest.focus()
    page.page.keyboard.press("Enter")
    status = panel.get_by_role("status")
    expect(status).to_have_text("3 cells differ from now.")
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    panel.get_by_role("button", name="All Moments").press("Enter")
    expect(oldest).to_be_focused()
    oldest.press("Enter")
    expect(status).to_have_text("3 cells differ from now.")
    changed = panel.get_by_role("region", name="Cell #1", exact=True)
    expect(changed.locator(".cm-deletedChunk").first).to_contain_text("radius = 2")
    expect(changed.locator(".cm-insertedLine, .cm-changedLine").first).to_contain_text("radius = 5")
    for theme in THEMES:
        page.theme(theme)
        expect(changed.locator(".cm-deletedChunk").first).to_be_visible()
        page.screenshot(f"history-{theme}")
        assert violations(page.page, "#lumina-notebook-history") == []

    # One cell comes back and the others stay, in every browser.
    panel.get_by_role("button", name="Restore Former cell #2").click()
    page.screenshot("history-confirm")
    confirm(page)
    expect(status).to_have_text("1 cell was restored.")
    with_cell = [EDITED, CELLS[1], CELLS[2], CELLS[3], "# New"]
    expect_sources(page, with_cell)
    expect_sources(other, with_cell)

    # All of it comes back; and so does what it replaced.
    panel.get_by_role("button", name="Restore Notebook…").click()
    confirm(page)
    expect(status).to_have_text("2 cells were restored.")
    expect_sources(page, CELLS)
    expect_sources(other, CELLS)
    page.screenshot("history-restored")
    panel.get_by_role("button", name="See What It Was Before").click()
    expect(status).to_have_text("2 cells differ from now.")
    panel.get_by_role("button", name="Restore Notebook…").click()
    confirm(page)
    expect_sources(page, with_cell)
    expect_sources(other, with_cell)

    assert page.errors == []
    assert other.errors == []

    # A server that does not answer is told, and asked again.
    page.page.route("**/lumina/api/notebooks/history*", lambda route: route.abort())
    panel.get_by_role("button", name="All Moments").click()
    expect(panel.get_by_role("alert")).to_contain_text("The Jupyter server cannot be reached.")
    page.page.unroute("**/lumina/api/notebooks/history*")
    panel.get_by_role("button", name="Try Again").click()
    expect(panel.get_by_role("alert")).to_have_count(0)
    expect(rows.first).to_contain_text("Before a restore")
    page.screenshot("history-after")
