"""The settings page and the doctor, as a person uses them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Locator, Request, Response, expect

from tests.e2e.accessibility import violations
from tests.e2e.page import DARK, HIGH_CONTRAST, LIGHT, THEMES, LabPage
from tests.e2e.provider import ReplayedProvider, settings_for
from tests.e2e.server import LabServer, running_lab
from tests.e2e.visits import Visits
from tests.replay.server import Reply

KEY = "sk-proj-Zz91Yy82Xx73Ww64Vv55Uu46Tt37"
PAGE = ".jp-LuminaPage"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, provider: ReplayedProvider) -> Iterator[LabServer]:
    """A JupyterLab with one provider that needs a key and one that needs none."""
    endpoints = {
        "lab": {"base_url": f"{provider.url}/v1"},
        "locked": {"base_url": f"{provider.url}/v1", "key_variable": "LOCKED_API_KEY"},
    }
    models = {"lab/m": {"context": 32_768, "tools": True, "vision": True, "input_price": 0.01, "output_price": 0.02}}
    settings = {**settings_for(provider), "Lumina.endpoints": repr(endpoints), "Lumina.models": repr(models)}
    with running_lab(
        tmp_path_factory.mktemp("settings"), collaboration=False, settings=settings, forked=True
    ) as server:
        yield server


@pytest.fixture(scope="module")
def lasting_page(visits: Visits, lab: LabServer) -> Iterator[LabPage]:
    """A page on it, with room for all of the settings."""
    with visits.page(lab, width=1280, height=1500) as page:
        yield page


@pytest.fixture
def page(lasting_page: LabPage, provider: ReplayedProvider) -> LabPage:
    """That page with nothing open; the provider has forgotten earlier tests."""
    provider.forget()
    lasting_page.begin_anew()
    return lasting_page


def opened(page: LabPage, command: str = "lumina:open-settings") -> Locator:
    """The page that a command opens."""
    page.page.evaluate("command => void window.jupyterapp.commands.execute(command)", command)
    found = page.page.locator(PAGE)
    expect(found).to_be_visible()
    return found


def card(settings: Locator, title: str) -> Locator:
    """What stands there about one provider or embedded model."""
    return settings.get_by_role("region", name=title, exact=True)


def refused() -> Reply:
    """What an OpenAI-compatible server answers to a wrong key; it quotes what it was sent."""
    error = {"error": {"message": f"Incorrect API key provided: {KEY}.", "code": "invalid_api_key"}}
    return Reply(status=401, body=json.dumps(error).encode())


def tool_call() -> Reply:
    """A streamed call of the tool that a test asks for."""
    call = {"index": 0, "id": "call_1", "function": {"name": "report_weather", "arguments": '{"city": "Paris"}'}}
    chunks: list[dict[str, object]] = [
        {"id": "c", "choices": [{"index": 0, "delta": {"role": "assistant", "tool_calls": [call]}}]},
        {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
    ]
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return Reply(content_type="text/event-stream", body=body.encode())


def test_a_wrong_key_is_a_sentence_with_a_next_step_and_is_shown_nowhere(
    page: LabPage, provider: ReplayedProvider
) -> None:
    answers: list[Response] = []

    def collect(answer: Response) -> None:
        answers.append(answer)

    page.page.on("response", collect)
    settings = opened(page)
    settings.get_by_role("button", name="Add a key for locked").click()
    field = card(settings, "locked").get_by_label("Key", exact=True)
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_attribute("autocomplete", "off")
    field.fill(KEY)
    field.press("Enter")
    locked = card(settings, "locked")
    expect(locked.get_by_text("Its key is kept by Lumina.")).to_be_visible()
    provider.reply(refused(), refused())
    locked.get_by_role("button", name="Test locked").click()
    result = locked.locator("[data-state=failed]").first
    expect(result).to_contain_text("key")
    expect(result.locator(".jp-LuminaSettings-next")).not_to_be_empty()
    page.screenshot("settings-wrong-key")
    # Whoever looks at the page, at what came over the network, or at the log, finds no key.
    values = "[...document.querySelectorAll('input')].map(each => each.value).join()"
    assert KEY not in page.page.content() + page.page.evaluate(values)
    # Streams have no end that could be waited for; what they tell are approvals and writes into notebooks.
    whole = [answer for answer in answers if "event-stream" not in answer.headers.get("content-type", "")]
    texts = [_text(answer) for answer in whole if "/lumina/api/" in answer.url]
    assert sum(map(bool, texts)) >= 4
    assert KEY not in "".join(texts)
    assert KEY not in page.server.log.read_text(encoding="utf-8")
    assert not [path for path in page.server.home.rglob("*") if KEY.encode() in _bytes(path)]
    locked.get_by_role("button", name="Forget the key of locked").click()
    expect(settings.get_by_role("button", name="Add a key for locked")).to_be_visible()


def _bytes(path: Path) -> bytes:
    # Temporary files come and go while the server runs.
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


def _text(answer: Response) -> str:
    # The browser keeps no body of an answer without one.
    with contextlib.suppress(Error):
        return answer.text()
    return ""


def test_a_provider_is_tried_out_step_by_step(page: LabPage, provider: ReplayedProvider) -> None:
    settings = opened(page)
    lab = card(settings, "lab")
    provider.say("one ", "two ", "three", hold_after=1, when="Count from one")
    provider.reply(tool_call(), when="report_weather")
    lab.get_by_role("button", name="Test lab").click()
    expect(lab.get_by_text("arriving…")).to_be_visible()
    expect(lab.get_by_role("button", name="Stop the test of lab")).to_be_visible()
    provider.go_on()
    expect(lab.locator("[data-state=ok]")).to_have_count(2)
    expect(lab).to_contain_text("first piece after")
    expect(lab).to_contain_text("calls tools")
    for theme in THEMES:
        page.theme(theme)
        page.screenshot(f"settings-providers-{theme}")
        assert violations(page.page, PAGE) == []
    assert page.errors == []


def test_a_test_can_be_stopped(page: LabPage, provider: ReplayedProvider) -> None:
    settings = opened(page)
    lab = card(settings, "lab")
    provider.say("one ", "two", hold_after=1, when="Count from one")
    lab.get_by_role("button", name="Test lab").click()
    expect(lab.get_by_text("arriving…")).to_be_visible()
    lab.get_by_role("button", name="Stop the test of lab").click()
    expect(lab.get_by_role("button", name="Test lab")).to_be_visible()
    provider.wait_for_answering(0)


def test_a_model_is_found_and_chosen_and_stays_chosen(page: LabPage) -> None:
    settings = opened(page)
    settings.get_by_role("tab", name="Models").click()
    settings.get_by_label("Search").fill("LOCK")
    expect(settings.get_by_text("0 models")).to_be_visible()
    settings.get_by_label("Search").fill("lab m")
    row = settings.get_by_role("radio", name="Answer with lab/m by default")
    expect(row).to_be_checked()
    page.screenshot("settings-models", LIGHT)
    page.theme(DARK)
    page.screenshot("settings-models-dark")
    assert violations(page.page, PAGE) == []
    assert page.errors == []


def test_choices_hold_at_once_and_can_be_taken_back(page: LabPage) -> None:
    settings = opened(page)
    settings.get_by_role("tab", name="Providers").press("ArrowRight")
    settings.get_by_role("tab", name="Models").press("ArrowRight")
    tokens = settings.get_by_role("spinbutton", name="Tokens of earlier turns")
    expect(tokens).to_have_value("4000")
    tokens.fill("1234")
    tokens.press("Enter")
    expect(settings.get_by_text("Saved.")).to_be_visible()
    assert page.server.get("lumina/api/preferences")["effective"]["history_tokens"] == 1234
    page.theme(DARK)
    page.screenshot("settings-defaults-dark")
    assert violations(page.page, PAGE) == []
    settings.get_by_role("button", name="Take back the choice of: Tokens of earlier turns").click()
    expect(tokens).to_have_value("4000")
    assert page.errors == []


def test_privacy_of_all_notebooks_and_of_this_one(page: LabPage) -> None:
    name = "private.ipynb"
    page.turn_to(name, ["1"])
    page.page.evaluate("void window.jupyterapp.commands.execute('lumina:open-settings')")
    settings = page.page.locator(PAGE)
    settings.get_by_role("tab", name="Privacy").click()
    settings.get_by_label("Variables").select_option("schema-only")
    expect(settings.get_by_text("Saved.")).to_be_visible()
    notebook = settings.get_by_role("group", name="What models may see of its variables")
    notebook.get_by_label("Nothing").check()
    settings.get_by_label("Suggest code while somebody types in it").uncheck()
    for theme in (LIGHT, DARK, HIGH_CONTRAST):
        page.theme(theme)
        page.screenshot(f"settings-privacy-{theme}")
        assert violations(page.page, PAGE) == []
    page.page.get_by_role("tab", name=name).click()
    page.wait_for_kernel()
    saved = page.save()
    assert saved["metadata"]["lumina"] == {"policy": {"variables": "off", "ghost_text": False}}
    assert page.server.get("lumina/api/preferences")["effective"]["variable_policy"] == "schema-only"
    assert page.errors == []


def test_the_doctors_report_is_copied_without_keys(page: LabPage) -> None:
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.page.evaluate(
        "key => fetch('/lumina/api/keys/locked', {method: 'PUT', body: JSON.stringify({key}), headers:"
        " {'X-XSRFToken': document.cookie.match(/_xsrf=([^;]+)/)[1]}})",
        KEY,
    )
    doctor = opened(page, "lumina:open-doctor")
    expect(doctor.get_by_role("status")).to_contain_text("warning", timeout=60_000)
    expect(doctor.locator("[data-status=ok]").first).to_be_visible()
    for theme in THEMES:
        page.theme(theme)
        page.screenshot(f"doctor-{theme}")
        assert violations(page.page, PAGE) == []
    doctor.get_by_role("button", name="Copy Report").click()
    expect(doctor.get_by_role("button", name="Copied")).to_be_visible()
    copied = str(page.page.evaluate("navigator.clipboard.readText()"))
    assert "Lumina doctor" in copied
    assert "data folder" in copied
    assert "locked" in copied
    assert KEY not in copied
    assert page.server.token not in copied
    assert page.errors == []


def test_the_status_bar_shows_what_today_cost(page: LabPage, provider: ReplayedProvider) -> None:
    page.turn_to("spends.ipynb", ["%load_ext lumina_jupyter", "%%lumina\nHow much?"])
    item = page.page.locator("#lumina-status [role=button]")
    spent = item.locator(".jp-Lumina-spend")
    page.run_cell(0)
    before = sum(row["usd"] for row in page.server.get("lumina/api/usage?days=1")["usage"])
    page.run_cell(1)
    # Seven tokens in and three out, at the prices above; tests before this one have asked as well.
    expect(spent).to_have_text(f"${before + 7 * 0.01 + 3 * 0.02:.2f}")
    item.click()
    details = page.page.locator(".jp-Lumina-details")
    expect(details).to_contain_text("Today")
    expect(details).to_contain_text("tokens")
    page.screenshot("status-spend", LIGHT, DARK)
    details.get_by_role("button", name="Settings").click()
    expect(page.page.locator("#lumina-settings")).to_be_visible()
    expect(details).to_have_count(0)
    assert page.errors == []


def _saves_the_doctor(request: Request) -> bool:
    return (
        request.method == "PUT" and "/api/workspaces/" in request.url and "lumina-doctor" in (request.post_data or "")
    )


def test_both_pages_are_in_the_menus_and_come_back_after_a_reload(page: LabPage) -> None:
    page.open()
    page.page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.page.get_by_role("menuitem", name="Lumina Settings").click()
    expect(page.page.locator("#lumina-settings")).to_be_visible()
    page.page.get_by_role("menuitem", name="Help", exact=True).click()
    # JupyterLab saves its layout some time after a change.
    with page.page.expect_request_finished(_saves_the_doctor):
        page.page.get_by_role("menuitem", name="Lumina Doctor").click()
        expect(page.page.locator("#lumina-doctor")).to_be_visible()
    page.page.goto(f"{page.server.url}lab?token={page.server.token}")
    expect(page.page.locator("#lumina-doctor")).to_be_visible(timeout=60_000)
    expect(page.page.locator("#lumina-settings")).to_have_count(1)
    assert page.errors == []


def test_without_the_server_it_says_so_and_tries_again(page: LabPage) -> None:
    page.page.route("**/lumina/api/providers*", lambda route: route.abort())
    settings = opened(page)
    alert = settings.get_by_role("alert")
    expect(alert).to_contain_text("The Jupyter server cannot be reached.")
    page.screenshot("settings-offline")
    page.page.unroute("**/lumina/api/providers*")
    alert.get_by_role("button", name="Try Again").click()
    expect(settings.get_by_role("tab", name="Providers")).to_be_visible()
