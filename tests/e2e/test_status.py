"""The status item: which model answers, and whether it can."""

from __future__ import annotations

from playwright.sync_api import Locator, Route, expect

from tests.e2e.page import DARK, LIGHT, LabPage

DETAILS = ".jp-Lumina-details"
HEALTH = "**/lumina/api/health*"


def settled(lab: LabPage) -> Locator:
    """The status item, once it has stopped asking."""
    item = lab.page.locator("#lumina-status [role=button]")
    expect(item).to_be_visible()
    expect(item).not_to_have_attribute("data-tone", "busy")
    return item


def test_it_is_active_and_says_that_no_model_is_there_and_what_to_do(lab_page: LabPage) -> None:
    lab_page.open()
    item = settled(lab_page)
    assert lab_page.has_plugin("lumina-jupyter:status")
    assert lab_page.has_plugin("lumina-jupyter:prompt-cells")
    expect(item).to_have_text("No model")
    expect(item).to_have_attribute("data-tone", "attention")
    for theme in (LIGHT, DARK):
        lab_page.theme(theme)
        item.click()
        details = lab_page.page.locator(DETAILS)
        expect(details.locator(".jp-Lumina-hint code").first).to_contain_text("lumina pull")
        expect(details).to_contain_text(str(lab_page.server.home))
        lab_page.screenshot(f"status-no-model-{theme}")
        lab_page.page.keyboard.press("Escape")
        expect(details).to_have_count(0)
        expect(item).to_be_focused()
    assert lab_page.errors == []


def test_says_what_failed_recovers_and_names_the_model_that_answers(plain_page: LabPage) -> None:
    failures = {403: "Log in", 404: "jupyter server extension enable", 502: "lumina doctor"}
    status = 403
    plain_page.page.route(HEALTH, lambda route: route.fulfill(status=status, body="<html>not JSON</html>"))
    plain_page.open()
    item = settled(plain_page)
    item.click()
    details = plain_page.page.locator(DETAILS)
    refresh = details.get_by_role("button", name="Refresh")
    for status, says in failures.items():
        if status != 403:
            refresh.click()
        expect(details).to_contain_text(says)
        expect(item).to_have_attribute("data-tone", "bad")
    plain_page.page.unroute(HEALTH)
    refresh.click()
    expect(item).to_have_attribute("data-tone", "attention")

    # No provider can be reached here, so the server's own answer is changed on its way to the page.
    def with_model(route: Route) -> None:
        health = route.fetch().json()
        route.fulfill(json={**health, "status": "ok", "ready": True, "hint": "", "default_model": "openai/gpt-5-mini"})

    plain_page.page.route(HEALTH, with_model)
    refresh.click()
    expect(item).to_have_text("gpt-5-mini")
    expect(item).to_have_attribute("data-tone", "good")
    plain_page.screenshot("status-ready", LIGHT, DARK)


def test_copies_diagnostics(plain_page: LabPage) -> None:
    plain_page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    plain_page.begin_anew()
    settled(plain_page)
    plain_page.command("lumina:copy-diagnostics")
    copied = str(plain_page.page.evaluate("navigator.clipboard.readText()"))
    assert f"Data folder: {plain_page.server.home}" in copied
    assert plain_page.server.token not in copied


def test_prompt_cells_are_markdown_and_others_python(plain_page: LabPage) -> None:
    prompt = "%%lumina\n# A heading\nclass of *things* for me"
    plain_page.turn_to("prompt.ipynb", [prompt, "class Thing: pass"])
    first, second = plain_page.cell(0), plain_page.cell(1)
    expect(first.locator(".cm-content")).to_have_attribute("data-language", "markdown")
    expect(second.locator(".cm-content")).to_have_attribute("data-language", "python")
    plain_page.screenshot("prompt-cells")
    plain_page.press_in(second, "Control+Home")
    plain_page.page.keyboard.type("%%lumina\n")
    expect(second.locator(".cm-content")).to_have_attribute("data-language", "markdown")
    plain_page.page.keyboard.press("Control+a")
    plain_page.page.keyboard.type("x = 1")
    expect(second.locator(".cm-content")).to_have_attribute("data-language", "python")
    saved = plain_page.save()
    assert [cell["cell_type"] for cell in saved["cells"]] == ["code", "code"]
    assert plain_page.errors == []
