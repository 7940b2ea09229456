"""The browser tests' own tools: the labs, the provider that a test scripts, and what tells of accessibility."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import violations
from tests.e2e.page import THEMES, LabPage
from tests.e2e.provider import ReplayedProvider
from tests.e2e.server import LabServer


def test_the_scripted_provider_answers_in_a_notebook(replayed_page: LabPage, provider: ReplayedProvider) -> None:
    provider.say("Forty-", "two.", hold_after=1, when="six times seven")
    replayed_page.open_notebook("asks.ipynb", ["%load_ext lumina_jupyter", "%%lumina\nWhat is six times seven?"])
    replayed_page.run_cell(0)
    replayed_page.press_in(replayed_page.cell(1), "Control+Enter")
    output = replayed_page.cell(1).locator(".jp-OutputArea-output")
    output.get_by_text("Forty-").wait_for()
    assert output.get_by_text("two").count() == 0
    provider.go_on()
    output.get_by_text("Forty-two.").wait_for()
    assert len(provider.questions) == 1
    assert replayed_page.errors == []


def test_the_embedded_lab_has_its_model(embedded_lab: LabServer) -> None:
    assert embedded_lab.get("lumina/api/health")["default_model"] == "embedded/qwen2.5-coder-0.5b"


@pytest.mark.parametrize("kind", ["plain", "shared"])
def test_only_the_shared_lab_shares_notebooks(kind: str, request: pytest.FixtureRequest) -> None:
    server: LabServer = request.getfixturevalue(f"{kind}_lab")
    page = server.text("lab")
    assert ('"disableRTC": false' in page) == (kind == "shared")


def test_what_axe_finds_is_told(plain_page: LabPage) -> None:
    plain_page.begin_anew()
    plain_page.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<button id=\"lumina-mute\"></button>')")
    (told,) = violations(plain_page.page, "#lumina-mute")
    assert told.startswith("button-name (critical)")
    assert '<button id="lumina-mute">' in told
    plain_page.page.evaluate("document.getElementById('lumina-mute').remove()")


def test_the_status_bar_is_accessible(plain_page: LabPage) -> None:
    plain_page.begin_anew()
    details = plain_page.page.locator(".jp-Lumina-details")
    for theme in THEMES:
        plain_page.theme(theme)
        plain_page.page.locator("#lumina-status [role=button]").click()
        details.wait_for()
        assert violations(plain_page.page) == []
        plain_page.page.keyboard.press("Escape")
        expect(details).to_have_count(0)
