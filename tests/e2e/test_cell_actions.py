"""What can be done with a cell: errors mended, edits by instruction with a diff, tests, explanations."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.e2e.page import DARK, LIGHT, LabPage
from tests.e2e.provider import ReplayedProvider

FIXED = "Here it is:\n\n```python\ntotal = 6\nprint(total / 2)\n```\n\nIt divided by zero."


def action(page: LabPage) -> Locator:
    """The action that is open in a cell."""
    return page.page.locator(".jp-Lumina-action")


def source(page: LabPage, index: int) -> str:
    """What a cell of the notebook on top holds."""
    text: str = page.page.evaluate(
        "index => window.jupyterapp.shell.currentWidget.content.widgets[index].model.sharedModel.getSource()", index
    )
    return text


def test_an_error_is_mended_end_to_end(replayed_page: LabPage, provider: ReplayedProvider) -> None:
    page = replayed_page
    page.open_notebook("mend.ipynb", ["total = 6\nprint(total / 0)", "print('well')"])
    page.run_cell(1)
    buttons = page.page.locator(".jp-Lumina-errorButtons")
    expect(buttons).to_have_count(0)
    page.run_cell(0)
    expect(buttons).to_have_count(1)
    for theme in (LIGHT, DARK):
        page.theme(theme)
        page.screenshot(f"cell-error-buttons-{theme}")
    provider.say(FIXED, when="ZeroDivisionError")
    page.cell(0).get_by_role("button", name="Fix").click()
    expect(action(page)).to_contain_text("1 change")
    expect(action(page)).to_contain_text("It divided by zero.")
    for theme in (LIGHT, DARK):
        page.theme(theme)
        page.screenshot(f"cell-fix-diff-{theme}")
    assert source(page, 0) == "total = 6\nprint(total / 0)"
    page.page.keyboard.press("Control+Enter")
    expect(action(page)).to_have_count(0)
    assert source(page, 0) == "total = 6\nprint(total / 2)"
    expect(page.cell(0).locator(".cm-content")).to_be_focused()
    page.page.keyboard.press("Control+Enter")
    expect(page.cell(0).locator(".jp-OutputArea-output")).to_have_text(re.compile(r"3\.0"))
    expect(buttons).to_have_count(0)
    page.save()
    assert "umina" not in (page.server.root / "mend.ipynb").read_text(encoding="utf-8")
    assert page.errors == []
