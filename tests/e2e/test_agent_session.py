"""A session with the agent in the browser: a plan, its dry run, what a person decides, a mended step, stop and undo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, expect
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.accessibility import violations
from tests.e2e.page import DARK, LIGHT, LabPage
from tests.e2e.provider import ReplayedProvider
from tests.e2e.server import LabServer

NAME = "sales.ipynb"
LOAD = "import pandas as pd\n\nsales = pd.DataFrame({'month': [1, 2, 3], 'units': [10, 12, 18]})\nsales"
BROKEN = "total = sales['unit'].sum()\nprint('total', total)"
STILL_BROKEN = "total = sales['Units'].sum()\nprint('total', total)"
MENDED = "total = sales['units'].sum()\nprint('total', total)"
NOTE = "## Total\n\nThe units of all months."
TASK = {
    "action": "fix",
    "target_kind": "cell",
    "target": "total",
    "constraints": [],
    "expects": "the total is printed",
    "complexity": 0.4,
}
PLAN = {
    "phases": [
        {
            "title": "Mend",
            "steps": [
                {
                    "id": "s1",
                    "title": "Mend the cell that fails",
                    "tool": "edit_cell",
                    "arguments": {"cell_id": "total"},
                    "writes": "The cell without the error",
                    "writes_to": "content",
                    "expects": "The total is computed",
                    "check": {"kind": "runs"},
                }
            ],
        },
        {
            "title": "Tell",
            "steps": [
                {
                    "id": "s2",
                    "title": "Say what the total is of",
                    "tool": "add_cell",
                    "arguments": {"content": NOTE, "cell_type": "markdown"},
                    "expects": "A heading stands below",
                }
            ],
        },
    ],
    "answers": True,
}
ANSWER = "The **total** is 40 units."


class Session:
    """The agent's model, and the panel on a page."""

    def __init__(self, page: LabPage, provider: ReplayedProvider) -> None:
        self.page = page
        self.provider = provider
        self.panel = page.page.get_by_role("region", name="Lumina Activity")
        self.cards = self.panel.locator("[data-approval]")
        self.run = self.panel.locator(".jp-LuminaActivity-run")
        self.state = self.run.locator(".jp-LuminaActivity-state")

    def read_and_plan(self, plan: dict[str, Any]) -> None:
        """Have the model read the next task and plan this."""
        self.provider.say(json.dumps(TASK), when="You find out what a request")
        self.provider.say(json.dumps(plan), when="You plan work")

    def write(self, *codes: str) -> None:
        """Have it write these, one after the other."""
        for code in codes:
            self.provider.say(f"```python\n{code}\n```", when="You write Python")

    def start(self, words: str, gear: str) -> None:
        """Give the agent a task in the panel."""
        self.panel.get_by_role("textbox", name="Task for the agent").fill(words)
        form = self.panel.get_by_role("form", name="Give the agent a task")
        form.get_by_role("button", name=re.compile(rf"^Gear {gear}\b")).click()
        form.get_by_role("button", name="Start").click()

    def decide(self, card: Locator, name: str) -> None:
        """Press a card's button as long as it takes: what has just appeared, or moved, does nothing yet."""
        button = card.get_by_role("button", name=name, exact=True)
        for _ in range(100):
            if not button.count():
                return
            button.scroll_into_view_if_needed()
            expect(card).to_have_attribute("data-settled", "true")
            with suppress(PlaywrightError):
                button.click(timeout=2_000)
            with suppress(AssertionError):
                expect(button).to_have_count(0, timeout=2_000)
        raise AssertionError(f"{name} does nothing.")

    def step(self, title: str) -> Locator:
        """A step of the run that is unfolded."""
        return self.run.locator(".jp-LuminaActivity-step", has_text=title)

    def button(self, name: str) -> Locator:
        """A button of the panel."""
        return self.panel.get_by_role("button", name=name, exact=True)

    def sources(self) -> list[str]:
        """What the cells of the notebook hold."""
        found: list[str] = self.page.page.evaluate(
            "() => [...window.jupyterapp.shell.currentWidget.content.model.cells]"
            ".map(cell => cell.sharedModel.getSource())"
        )
        return found

    def expect_sources(self, *wanted: str) -> None:
        """Wait until they hold this."""
        self.page.page.wait_for_function(
            "wanted => JSON.stringify([...window.jupyterapp.shell.currentWidget.content.model.cells]"
            ".map(cell => cell.sharedModel.getSource())) === JSON.stringify(wanted)",
            arg=list(wanted),
        )

    def pictures(self, name: str) -> None:
        """Keep what is seen, in both themes."""
        for theme, suffix in ((DARK, "dark"), (LIGHT, "light")):
            self.page.theme(theme)
            self.page.screenshot(f"agent-{name}-{suffix}")


@pytest.fixture(scope="module")
def session(browser: Browser, replayed_lab: LabServer, provider: ReplayedProvider) -> Iterator[Session]:
    """The panel beside a notebook whose second cell fails."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook.cells = [
        nbformat.v4.new_code_cell(LOAD, id="load"),
        nbformat.v4.new_code_cell(BROKEN, id="total"),
    ]
    nbformat.write(notebook, replayed_lab.root / NAME)
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = LabPage(context.new_page(), replayed_lab)
    page.open(NAME)
    page.wait_for_kernel()
    page.run_cell(0)
    page.run_cell(1)
    page.command("lumina:show-activity")
    session = Session(page, provider)
    expect(session.panel).to_contain_text("The agent has done nothing in this notebook yet.")
    yield session
    assert page.errors == []
    context.close()


def test_a_plan_is_seen_approved_carried_out_mended_and_undone(session: Session) -> None:
    page, panel = session.page, session.panel
    session.read_and_plan(PLAN)
    session.write(STILL_BROKEN, MENDED)
    session.provider.say(ANSWER, when="You answer a question")
    session.provider.say(json.dumps({"faults": []}), when="You check work")
    session.start("Mend the cell that fails, and say what it is", gear="2")

    # The plan with its dry run; nothing has been done.
    plan = panel.get_by_role("region", name="The plan waits for you")
    expect(plan).to_be_visible()
    expect(plan.locator(".jp-Lumina-diff").last).to_contain_text("The units of all months.")
    expect(plan).to_contain_text("Estimated")
    assert session.sources() == [LOAD, BROKEN]
    session.pictures("plan")
    assert violations(page.page, "#lumina-activity") == []
    session.decide(plan, "Approve plan")

    # The check runs the cell, which a person is asked about: in the panel and in the status bar.
    card = session.cards.first
    expect(card).to_be_visible()
    expect(page.page.locator("#lumina-waiting")).to_contain_text("1 waits for you")
    session.pictures("approval")
    assert violations(page.page, ".jp-LuminaApproval, #lumina-waiting") == []
    session.decide(card, "Allow for this run")
    expect(session.state).to_contain_text("Done", timeout=60_000)
    session.pictures("done")
    print(panel.inner_text())
