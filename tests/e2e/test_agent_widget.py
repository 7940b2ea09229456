"""The widget of a run in a real JupyterLab: live, and decided on by the page's own session, which no kernel has."""

from __future__ import annotations

import json
import re
from contextlib import suppress

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, expect

from tests.e2e.accessibility import violations
from tests.e2e.page import DARK, LIGHT, LabPage
from tests.e2e.provider import ReplayedProvider

TASK = {
    "action": "write",
    "target_kind": "notebook",
    "target": "",
    "constraints": [],
    "expects": "a cell prints 42",
    "complexity": 0.4,
}
STEPS = [
    {
        "id": "s1",
        "title": "Add the cell",
        "tool": "add_cell",
        "arguments": {"content": "print(6 * 7)"},
        "expects": "it is there",
    },
    {
        "id": "s2",
        "title": "Run the cell",
        "tool": "run_cell",
        "arguments": {},
        "from_steps": {"cell_id": "s1"},
        "expects": "42",
        "check": {"kind": "contains", "text": "42"},
    },
]
PLAN = {"phases": [{"title": "Work", "steps": STEPS}], "answers": True}
SOURCES = (
    "%load_ext lumina_jupyter",
    "%%lumina --agent --gear 2\nPrint 6 times 7.",
    "from lumina_jupyter.widgets import agent_run\n\nagent_run()",
)


def press(widget: Locator, name: str) -> None:
    """Press a button until it is gone: what has just appeared does nothing yet."""
    button = widget.get_by_role("button", name=name, exact=True)
    for _ in range(60):
        with suppress(PlaywrightError):
            button.click(timeout=2_000)
        with suppress(AssertionError):
            expect(button).to_be_hidden(timeout=2_000)
            return
    raise AssertionError(f"{name} does nothing.")


def test_a_run_is_followed_decided_on_and_undone(replayed_page: LabPage, provider: ReplayedProvider) -> None:
    page = replayed_page
    provider.say(json.dumps(TASK), when="You find out what a request")
    provider.say(json.dumps(PLAN), when="You plan work")
    provider.say("It is 42.", when="42")
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.open_notebook("widget.ipynb", SOURCES)
    page.run_cell(0)
    page.run_cell(1)
    timeline = page.cell(1)
    expect(timeline).to_contain_text("The plan waits for your approval", timeout=90_000)
    widget = page.run_cell(2).get_by_role("region", name="Run of the agent")
    expect(widget.get_by_text("The plan waits for your approval")).to_be_visible(timeout=90_000)
    expect(widget.get_by_text("+print(6 * 7)")).to_be_visible()
    page.screenshot("agent-widget-plan", DARK, LIGHT)
    assert not violations(page.page, ".lumina-run")

    # A script of the page presses nothing.
    widget.get_by_role("button", name="Approve", exact=True).evaluate("button => button.click()")
    expect(widget.get_by_text("The plan waits for your approval")).to_be_visible()
    press(widget, "Approve")
    expect(widget.get_by_text(re.compile("^Waits for your approval"))).to_be_visible(timeout=90_000)
    press(widget, "Approve all like it in this run")
    expect(widget.get_by_text(re.compile("^Done[.]"))).to_be_visible(timeout=90_000)
    expect(widget.get_by_role("listitem")).to_have_count(2)
    expect(timeline).to_contain_text("2 of 2 steps")
    page.screenshot("agent-widget-done-light")
    expect(page.cells).to_have_count(4)

    widget.get_by_role("button", name="Undo", exact=True).click()
    expect(widget.get_by_role("button", name="Redo", exact=True)).to_be_visible(timeout=60_000)
    expect(page.cells).to_have_count(3)
    decisions = [
        each for each in asked if each.startswith("POST") and re.search(r"/(plan|undo|approvals/apr_\w+)$", each)
    ]
    assert len(decisions) == 3, decisions
