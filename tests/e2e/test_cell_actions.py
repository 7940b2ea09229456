"""What can be done with a cell: errors mended, edits by instruction with a diff, tests, explanations."""

from __future__ import annotations

import json
import re
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.accessibility import violations
from tests.e2e.page import DARK, LIGHT, LabPage
from tests.e2e.provider import ReplayedProvider

FIXED = "Here it is:\n\n```python\ntotal = 6\nprint(total / 2)\n```\n\nIt divided by zero."
FOUR_LINES = "a = 1\nb = 2\n\n\nc = 3\nd = 4"
TWO_CHANGES = "```python\na = 10\nb = 2\n\n\nc = 3\nd = 40\n```"
CHAT = re.compile(r"/lumina/api/chat(\?|$)")


def action(page: LabPage) -> Locator:
    """The action that is open in a cell."""
    return page.page.locator(".jp-Lumina-action")


def source(page: LabPage, index: int) -> str:
    """What a cell of the notebook on top holds."""
    return str(in_notebook(page, f"notebook.widgets[{index}].model.sharedModel.getSource()"))


def expect_source(page: LabPage, index: int, text: str) -> None:
    """Wait until a cell of the notebook on top holds this."""
    page.page.wait_for_function(
        "([index, text]) => window.jupyterapp.shell.currentWidget.content.widgets[index]"
        "?.model.sharedModel.getSource() === text",
        arg=[index, text],
    )


def expect_diff(page: LabPage, text: str) -> None:
    """Wait until a diff is shown whose head says this, and keys go to it."""
    expect(action(page)).to_contain_text(text)
    expect(action(page).locator(".jp-Lumina-diff .cm-content")).to_be_focused()


def in_notebook(page: LabPage, expression: str) -> Any:
    """The value of an expression over `notebook`, the one on top."""
    return page.page.evaluate(
        f"() => {{ const notebook = window.jupyterapp.shell.currentWidget.content; return {expression}; }}"
    )


def instruct(page: LabPage, index: int, text: str) -> None:
    """Ask for an edit of a cell, with the keyboard alone."""
    page.press_in(page.cell(index), "Control+Shift+E")
    expect(action(page).get_by_role("textbox", name="What should change")).to_be_focused()
    page.page.keyboard.type(text)
    page.page.keyboard.press("Enter")


@pytest.fixture
def page(lasting_page: LabPage, provider: ReplayedProvider) -> LabPage:
    """A page on which explanations are given in the cell, as they are without the chat panel."""
    provider.forget()
    folder = lasting_page.server.home / ".jupyter" / "lab" / "user-settings" / "lumina-jupyter"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cell-actions.jupyterlab-settings").write_text('{"explainInChat": false}', encoding="utf-8")
    return lasting_page


def test_an_error_is_mended_end_to_end(page: LabPage, provider: ReplayedProvider) -> None:
    page.turn_to("mend.ipynb", ["total = 6\nprint(total / 0)", "print('well')"])
    page.run_cell(1)
    buttons = page.page.locator(".jp-Lumina-errorButtons")
    expect(buttons).to_have_count(0)
    page.run_cell(0)
    expect(buttons).to_have_count(1)
    for theme in (DARK, LIGHT):
        page.theme(theme)
        page.screenshot(f"cell-error-buttons-{theme}")
        assert violations(page.page, ".jp-Lumina-errorButtons") == []
    provider.say(FIXED, when="ZeroDivisionError")
    page.cell(0).get_by_role("button", name="Fix").click()
    expect_diff(page, "1 change")
    expect(action(page)).to_contain_text("It divided by zero.")
    expect(action(page)).not_to_contain_text("Here it is")
    page.screenshot("cell-fix-diff", DARK, LIGHT)
    assert source(page, 0) == "total = 6\nprint(total / 0)"
    page.page.keyboard.press("Control+Enter")
    expect(action(page)).to_have_count(0)
    expect_source(page, 0, "total = 6\nprint(total / 2)")
    expect(page.cell(0).locator(".cm-content")).to_be_focused()
    page.page.keyboard.press("Control+Enter")
    expect(page.cell(0).locator(".jp-OutputArea-output")).to_have_text(re.compile(r"3\.0"))
    expect(buttons).to_have_count(0)
    page.save()
    assert "umina" not in (page.server.root / "mend.ipynb").read_text(encoding="utf-8")


def test_one_change_is_accepted_another_refused_and_undo_restores(page: LabPage, provider: ReplayedProvider) -> None:
    page.turn_to("edit.ipynb", [FOUR_LINES, "untouched = 1"])
    provider.say(TWO_CHANGES, when="ten times")
    instruct(page, 0, "ten times as much")
    expect_diff(page, "2 changes")
    for theme in (DARK, LIGHT):
        page.theme(theme)
        page.screenshot(f"cell-edit-diff-{theme}")
        assert violations(page.page, ".jp-Lumina-action") == []
    expect_diff(page, "2 changes")
    page.page.keyboard.press("Alt+y")
    expect(action(page)).to_contain_text("1 accepted, 1 left")
    assert source(page, 0) == FOUR_LINES
    action(page).get_by_role("button", name="Refuse change").click()
    expect(action(page)).to_have_count(0)
    expect_source(page, 0, FOUR_LINES.replace("a = 1", "a = 10"))
    expect(page.cell(0).locator(".cm-content")).to_be_focused()
    page.page.keyboard.press("Control+z")
    expect_source(page, 0, FOUR_LINES)
    assert source(page, 1) == "untouched = 1"


def test_everything_is_refused_with_one_key(page: LabPage, provider: ReplayedProvider) -> None:
    page.turn_to("refuse.ipynb", [FOUR_LINES])
    provider.say(TWO_CHANGES)
    instruct(page, 0, "ten times as much")
    expect_diff(page, "2 changes")
    page.page.keyboard.press("F7")
    page.page.keyboard.press("Escape")
    expect(action(page)).to_have_count(0)
    assert source(page, 0) == FOUR_LINES
    expect(page.cell(0).locator(".cm-content")).to_be_visible()
    expect(page.cell(0).locator(".cm-content")).to_be_focused()


def test_an_answer_is_stopped_and_the_instruction_can_be_changed(page: LabPage, provider: ReplayedProvider) -> None:
    page.turn_to("stop.ipynb", [FOUR_LINES])
    provider.say("```python\n", "a = 10\n", "b = 20\n", "```", hold_after=2)
    instruct(page, 0, "ten times")
    expect(action(page)).to_contain_text("m is writing…")
    expect(action(page).locator("pre")).to_contain_text("a = 10")
    page.screenshot("cell-edit-writing-light")
    expect(action(page).get_by_role("button", name="Stop")).to_be_focused()
    provider.wait_for_answering(1)
    page.page.keyboard.press("Escape")
    box = action(page).get_by_role("textbox", name="What should change")
    expect(box).to_have_value("ten times")
    expect(box).to_be_focused()
    provider.wait_for_answering(0)
    page.page.keyboard.press("Escape")
    expect(action(page)).to_have_count(0)
    assert source(page, 0) == FOUR_LINES


def test_a_cell_that_others_change_is_never_overwritten(page: LabPage, provider: ReplayedProvider) -> None:
    page.turn_to("shared.ipynb", [FOUR_LINES])
    provider.say(TWO_CHANGES)
    instruct(page, 0, "ten times as much")
    expect_diff(page, "2 changes")
    other = "notebook.widgets[0].model.sharedModel"
    in_notebook(page, f"{other}.setSource({json.dumps(FOUR_LINES.replace('b = 2', 'b = 22'))})")
    expect(action(page).get_by_role("alert")).to_contain_text("changed meanwhile")
    in_notebook(page, f"{other}.setSource({json.dumps(FOUR_LINES.replace('d = 4', 'd = 44'))})")
    expect(action(page).get_by_role("alert")).to_contain_text("Ask again")
    page.screenshot("cell-edit-stale-light")
    expect(action(page).get_by_role("button", name="Accept all")).to_have_count(0)
    provider.say("```python\nd = 444\n```")
    action(page).get_by_role("button", name="Ask again").click()
    expect(action(page).get_by_role("button", name="Accept all")).to_be_visible()
    action(page).get_by_role("button", name="Accept all").click()
    expect(action(page)).to_have_count(0)
    expect_source(page, 0, "d = 444")


def test_a_failure_is_a_sentence_with_a_next_step(page: LabPage, provider: ReplayedProvider) -> None:
    page.turn_to("failure.ipynb", [FOUR_LINES])
    page.page.route(CHAT, lambda route: route.abort())
    instruct(page, 0, "ten times")
    alert = action(page).get_by_role("alert")
    expect(alert).to_contain_text("The Jupyter server cannot be reached.")
    expect(action(page).get_by_role("button", name="Try again")).to_be_focused()
    page.screenshot("cell-edit-offline", DARK)
    page.page.unroute(CHAT)
    provider.say("I would rather not.")
    expect(action(page).get_by_role("button", name="Try again")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(alert).to_contain_text("The answer holds no code.")
    expect(alert).to_contain_text("I would rather not.")
    provider.say(f"```python\n{FOUR_LINES}\n```")
    action(page).get_by_role("button", name="Try again").click()
    expect(action(page)).to_contain_text("Nothing to change")
    expect(action(page).get_by_role("button", name="Close")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(action(page)).to_have_count(0)


def test_tests_go_into_a_cell_below_and_explanations_into_the_cell(page: LabPage, provider: ReplayedProvider) -> None:
    page.turn_to("below.ipynb", ["def double(x):\n    return 2 * x", "last = 1"])
    page.cell(0).locator(".cm-content").click()
    provider.say("```python\nassert double(2) == 4\n```", when="Write tests")
    page.command("lumina:test-cell")
    expect(page.cells).to_have_count(3)
    expect(action(page)).to_have_count(0)
    assert [source(page, index) for index in range(3)][1:] == ["assert double(2) == 4", "last = 1"]
    page.cell(0).locator(".cm-content").click()
    provider.say("It **doubles** ", "a number.", when="Explain briefly")
    page.command("lumina:explain-cell")
    expect(action(page).locator("strong")).to_have_text("doubles")
    for theme in (DARK, LIGHT):
        page.theme(theme)
        page.screenshot(f"cell-explain-{theme}")
        assert violations(page.page, ".jp-Lumina-action") == []
    action(page).get_by_role("button", name="Close").click()
    expect(action(page)).to_have_count(0)


def test_an_explanation_belongs_into_the_chat_panel(replayed_page: LabPage, provider: ReplayedProvider) -> None:
    page = replayed_page
    page.server.forget_choices()
    page.open_notebook("chat.ipynb", ["1 / 0"])
    page.run_cell(0)
    provider.say("You cannot divide by zero.", when="ZeroDivisionError")
    page.cell(0).get_by_role("button", name="Explain").click()
    expect(page.page.get_by_role("paragraph").filter(has_text="You cannot divide by zero.")).to_be_visible()
    page.screenshot("cell-explain-in-chat-light")
    expect(action(page)).to_have_count(0)


def test_a_long_notebook_shows_the_buttons_of_errors_that_it_was_saved_with(page: LabPage) -> None:
    name = "long.ipynb"
    page.write_notebook(name, [*(f"x = {number}" for number in range(80)), "1 / 0"])
    notebook = nbformat.read(page.server.root / name, as_version=4)
    notebook.cells[80].outputs = [
        nbformat.v4.new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=["no"])
    ]
    nbformat.write(notebook, page.server.root / name)
    page.open(name)
    page.wait_for_kernel()
    buttons = page.page.locator(".jp-Lumina-errorButtons")
    fix = buttons.get_by_role("button", name="Fix")
    in_notebook(page, "notebook.scrollToItem(80)")
    expect(fix).to_be_visible()
    in_notebook(page, "notebook.scrollToItem(0)")
    expect(fix).not_to_be_in_viewport()
    in_notebook(page, "notebook.scrollToItem(80)")
    expect(fix).to_be_in_viewport()
    page.page.emulate_media(media="print")
    expect(buttons).to_be_hidden()


def test_the_toolbar_and_the_context_menu_offer_what_fits(page: LabPage) -> None:
    page.turn_to("offer.ipynb", ["x = 1", "1 / 0"])
    page.cell(0).locator(".cm-content").click()
    page.cell(0).locator('[data-command="lumina:cell-menu"]').click()
    menu = page.page.locator(".lm-Menu")
    expect(menu.get_by_text("Explain Cell")).to_be_visible()
    expect(menu.get_by_text("Fix Cell")).to_have_count(0)
    page.screenshot("cell-menu-light")
    page.page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    page.run_cell(1)
    page.cell(1).locator(".jp-InputPrompt").click(button="right")
    page.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Lumina$")).hover()
    expect(page.page.get_by_text("Fix Cell")).to_be_visible()
    page.screenshot("cell-context-menu-light")


def test_without_permission_of_the_notebook_nothing_is_offered(page: LabPage) -> None:
    page.turn_to("policy.ipynb", ["x = 1"])
    in_notebook(page, "notebook.model.setMetadata('lumina', {policy: {assistant: false}})")
    enabled = page.page.evaluate("() => window.jupyterapp.commands.isEnabled('lumina:edit-cell')")
    assert enabled is False
