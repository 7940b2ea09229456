"""Ghost text in a real browser, with the real embedded model: suggested, taken in parts, stopped, switched off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Request, expect

from tests.e2e.page import DARK, LIGHT, LabPage
from tests.e2e.server import LabServer
from tests.e2e.visits import Visits

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

ROUTE = "lumina/api/completions"
FIRST = 60_000
"""Milliseconds for a suggestion, with other tests beside it and the model not loaded."""
CELLS = ["import numpy as np\nimport pandas as pd", "df = pd.DataFrame({'city': ['Rome'], 'sales': [3]})", ""]
GHOST = ".jp-GhostText:not(.jp-GhostText-lineSpacer, .jp-GhostText-letterSpacer)"
NONE = 'data: {"type":"message_finished","reason":"stop"}\n\n'
GAVE_WAY = 'data: {"type":"message_finished","reason":"cancelled"}\n\n'


@pytest.fixture(scope="module")
def page(visits: Visits, embedded_lab: LabServer) -> Iterator[LabPage]:
    """A page on which the tests open their notebooks one after the other."""
    with visits.page(embedded_lab, width=1200, height=700) as page:
        yield page


def asked(page: LabPage) -> list[dict[str, Any]]:
    """The requests for suggestions, as they are sent from now on."""
    bodies: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if ROUTE in request.url:
            bodies.append(json.loads(request.post_data or "{}"))

    page.page.on("request", note)
    return bodies


def source(page: LabPage) -> str:
    """The text of the editor that somebody types in."""
    text = page.page.evaluate(
        "() => { const { content } = window.jupyterapp.shell.currentWidget;"
        " return (content.activeCell ?? content).model.sharedModel.getSource(); }"
    )
    return str(text)


def type_in(page: LabPage, cell: Locator, text: str) -> Locator:
    """Type at a person's pace into an empty cell; its ghost text."""
    page.edit(cell)
    page.page.keyboard.type(text, delay=60)
    return cell.locator(GHOST)


def expect_whole(cell: Locator, ghost: Locator) -> None:
    """Wait for a suggestion until all of it has come."""
    expect(ghost).to_be_visible(timeout=FIRST)
    expect(cell.locator(".jp-GhostText-streamingIndicator")).to_have_count(0, timeout=FIRST)


def test_a_suggestion_is_taken_by_word_by_line_and_whole(page: LabPage) -> None:
    page.turn_to("whole.ipynb", CELLS)
    cell = page.cell(2)
    ghost = type_in(page, cell, "def total_sales(frame):\n")
    expect_whole(cell, ghost)
    for theme in (LIGHT, DARK):
        page.theme(theme)
        page.edit(cell)
        # Changing the theme takes the focus, and with it the ghost text: Alt+\ asks for it again.
        page.page.keyboard.press("Alt+\\")
        expect_whole(cell, ghost)
        page.screenshot(f"ghost-text-{theme}")
    before = source(page)
    page.page.keyboard.press("Control+ArrowRight")
    by_word = _changed(page, before)
    assert by_word.startswith(before)
    assert len(by_word[len(before) :].split()) == 1
    expect(ghost).to_be_visible()
    page.page.keyboard.press("Control+ArrowDown")
    by_line = _changed(page, by_word)
    assert by_line.startswith(by_word)
    assert page.errors == []
    cell.locator(".cm-content").press("Control+a")
    page.page.keyboard.press("Delete")
    expect(type_in(page, cell, "df.hea")).to_contain_text("d(", timeout=FIRST)
    expect_whole(cell, ghost)
    before = source(page)
    page.page.keyboard.press("Tab")
    assert _changed(page, before).startswith("df.head(")


def _changed(page: LabPage, before: str) -> str:
    page.page.wait_for_function(
        "before => { const { content } = window.jupyterapp.shell.currentWidget;"
        " return (content.activeCell ?? content).model.sharedModel.getSource() !== before; }",
        arg=before,
    )
    return source(page)


def test_a_model_that_answers_somebody_is_asked_again_while_the_cursor_stays(page: LabPage) -> None:
    page.turn_to("busy.ipynb", CELLS)
    busy = iter((GAVE_WAY, GAVE_WAY, 'data: {"type":"text_delta","text":"d()"}\n\n' + NONE))
    page.page.route(
        f"**/{ROUTE}*", lambda route: route.fulfill(content_type="text/event-stream", body=next(busy, NONE))
    )
    page.edit(page.cell(2))
    page.page.keyboard.insert_text("df.hea")
    expect(page.cell(2).locator(GHOST)).to_have_text("d()", timeout=FIRST)
    assert page.errors == []


def test_typing_what_is_suggested_asks_nobody_and_typing_on_stops_the_model(page: LabPage) -> None:
    page.turn_to("typing.ipynb", CELLS)
    cell = page.cell(2)
    ghost = type_in(page, cell, "total = df.sales.su")
    expect(ghost).to_contain_text("m()", timeout=FIRST)
    bodies = asked(page)
    page.page.keyboard.type("m", delay=60)
    expect(ghost).to_have_text("()")
    assert bodies == []
    # A request that is under way, here kept from its answer so that it surely is, ends with the next key.
    page.page.keyboard.type("()", delay=60)
    page.page.route(f"**/{ROUTE}", lambda _route: None)
    with page.page.expect_event("requestfailed", lambda request: ROUTE in request.url, timeout=FIRST):
        with page.page.expect_request(lambda request: ROUTE in request.url, timeout=FIRST):
            page.page.keyboard.type("\n# a class with ten methods for matrices\n", delay=30)
        page.page.keyboard.type("q")
    page.page.unroute_all(behavior="ignoreErrors")
    assert page.errors == []


def test_a_notebook_that_wants_none_gets_none(page: LabPage) -> None:
    page.turn_to("policy.ipynb", CELLS)
    bodies = asked(page)
    page.edit(page.cell(2))
    page.command("lumina:ghost-text-toggle-notebook")
    expect(page.page.get_by_text("Lumina suggests no code in this notebook")).to_be_visible()
    # At once: what is told goes after some seconds.
    page.page.get_by_role("button", name="Undo").click()
    assert "lumina" not in page.save().metadata
    page.command("lumina:ghost-text-toggle-notebook")
    type_in(page, page.cell(2), "df.he")
    page.page.keyboard.press("Alt+\\")
    assert page.save().metadata["lumina"] == {"policy": {"ghost_text": False}}
    assert bodies == []
    page.command("lumina:ghost-text-toggle-notebook")
    ghost = type_in(page, page.cell(2), "a")
    expect(ghost).to_be_visible(timeout=FIRST)
    assert "lumina" not in page.save().metadata
    assert page.errors == []


def test_files_get_suggestions_too(page: LabPage) -> None:
    (page.server.root / "sums.py").write_text("import os\n\n", encoding="utf-8")
    page.open("sums.py")
    editor = page.page.locator(".jp-FileEditor .cm-content")
    editor.click()
    expect(editor).to_be_focused()
    page.page.keyboard.press("Control+End")
    bodies = asked(page)
    page.page.keyboard.type("for name in os.list", delay=60)
    expect(page.page.locator(f".jp-FileEditor {GHOST}")).to_contain_text("dir(", timeout=FIRST)
    assert bodies[-1]["language"] == "python"
    assert bodies[-1]["path"] == "sums.py"
    page.page.keyboard.press("Tab")
    assert _changed(page, "import os\n\nfor name in os.list").startswith("import os\n\nfor name in os.listdir(")
    assert page.errors == []


def test_the_completer_is_as_it_was(page: LabPage) -> None:
    page.turn_to("completer.ipynb", ["import os", ""])
    page.run_cell(0)
    menu = page.page.locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item")
    # A suggestion is shown and then typed past, with none after it: Tab is the completer's again.
    suggested = 'data: {"type":"text_delta","text":"lolo()"}\n\n' + NONE
    page.page.route(f"**/{ROUTE}*", lambda route: route.fulfill(content_type="text/event-stream", body=suggested))
    ghost = type_in(page, page.cell(1), "os.getc")
    expect(ghost).to_have_text("lolo()", timeout=FIRST)
    page.page.route(f"**/{ROUTE}*", lambda route: route.fulfill(content_type="text/event-stream", body=NONE))
    page.page.keyboard.type("w")
    expect(ghost).to_have_count(0)
    page.page.keyboard.press("Tab")
    expect(menu.filter(has_text="getcwd").first).to_be_visible(timeout=FIRST)
    page.page.keyboard.press("Enter")
    assert _changed(page, "os.getcw").startswith("os.getcwd")
    assert page.errors == []
