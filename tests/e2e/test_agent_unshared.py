"""The agent in a notebook that is not edited together, and an approval for which nobody comes in time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.activity import Session
from tests.e2e.page import LabPage
from tests.e2e.provider import ReplayedProvider, settings_for
from tests.e2e.server import LabServer, running_lab

NAME = "own.ipynb"
FIRST = "a = 20"
ADDED = "b = a + 22\nb"
PLAN = {
    "phases": [
        {
            "title": "Compute",
            "steps": [
                {"id": "s1", "title": "Add the sum", "tool": "add_cell", "arguments": {"content": ADDED}},
                {
                    "id": "s2",
                    "title": "Run it",
                    "tool": "run_cell",
                    "arguments": {},
                    "from_steps": {"cell_id": "s1"},
                },
            ],
        }
    ],
    "answers": False,
}
SECONDS = 1


@pytest.fixture(scope="module")
def hasty_lab(tmp_path_factory: pytest.TempPathFactory, provider: ReplayedProvider) -> Iterator[LabServer]:
    """A JupyterLab without shared notebooks, in which approvals expire soon."""
    settings = {**settings_for(provider), "Lumina.approval_minutes": str(SECONDS / 60)}
    with running_lab(
        tmp_path_factory.mktemp("hasty-lab"), collaboration=False, settings=settings, forked=True
    ) as server:
        yield server


def test_what_nobody_allows_is_not_done(browser: Browser, hasty_lab: LabServer, provider: ReplayedProvider) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = LabPage(context.new_page(), hasty_lab)
    page.open_notebook(NAME, [FIRST])
    page.run_cell(0)
    page.command("lumina:show-activity")
    provider.forget()
    session = Session(page, provider)
    # An edit that is not saved is saved before the agent looks, and the cell that it adds is shown beside it.
    page.edit(page.cell(0))
    page.page.keyboard.press("Control+End")
    page.page.keyboard.type(" + 0")
    session.read_and_plan(PLAN)
    session.start("Add twenty-two", gear="3")
    expect(session.state).to_contain_text("Stopped", timeout=90_000)
    expect(session.step("Run it")).to_contain_text("Nobody decided in time.")
    expect(session.panel.get_by_role("region", name="Report")).to_contain_text("Add the sum")
    expect(session.cards).to_have_count(0)
    session.expect_sources(f"{FIRST} + 0", ADDED)
    expect(page.cell(1).locator(".jp-InputPrompt")).to_have_text("[ ]:")
    session.pictures("expired")
    session.button("Undo Run").click()
    session.expect_sources(f"{FIRST} + 0")
    expect(session.state).to_contain_text("Undone")
    assert page.errors == []
    context.close()
