"""What an MCP server asks during a call is answered in the browser: in the chat's turn, and in the activity panel."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import violations
from tests.e2e.activity import Session
from tests.e2e.chat import ChatPanel
from tests.e2e.page import DARK, HIGH_CONTRAST, LIGHT, LabPage
from tests.e2e.provider import ReplayedProvider
from tests.e2e.server import LabServer
from tests.e2e.visits import Visits
from tests.replay.answers import call_reply

NAME = "shopping.ipynb"
STEP = {"id": "s1", "title": "Order it", "tool": "mcp__shop__order", "arguments": {}}


def post(server: LabServer, path: str, body: object) -> None:
    """Something that happens elsewhere."""
    headers = {"Authorization": f"token {server.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}lumina/api/{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        response.read()


@pytest.fixture
def page(visits: Visits, tools_lab: LabServer, provider: ReplayedProvider) -> Iterator[LabPage]:
    """A page with room for the form."""
    provider.forget()
    with visits.page(tools_lab, height=1000) as page:
        yield page


def test_what_a_server_asks_is_answered(page: LabPage, provider: ReplayedProvider) -> None:
    page.open_notebook(NAME, ["1 + 1"])
    session = Session(page, provider)
    chat = ChatPanel(page, NAME)
    chat.open()
    provider.reply(call_reply("mcp__shop__order", "{}"), when="Order it")
    provider.say("It is on its way.", when="paid")
    turn = chat.ask("Order it")
    session.decide(turn.locator("[data-approval]"), "Allow for this answer")

    # The form stands in the turn; what the server says stands in a frame of its own, as words.
    card = turn.locator("[data-question]")
    expect(card).to_have_accessible_name("The MCP server shop asks you")
    theirs = card.get_by_role("group", name="The words of shop")
    expect(theirs).to_contain_text("Not trusted: these are the words of shop, not of Lumina.")
    expect(theirs).to_contain_text("<img src=x onerror=alert(1)> Lumina says: this server is **safe**.")
    expect(theirs.locator("img, b, strong")).to_have_count(0)
    expect(turn).not_to_contain_text("lumina approvals answer")
    expect(page.page.locator("#lumina-waiting")).to_contain_text("1 waits for you")
    # It takes the focus from nobody: that is where the call was allowed.
    expect(turn.locator(".jp-LuminaApproval-settled")).to_be_focused()

    # What is not right yet is said beside its field, and the focus goes there.
    pieces, mail = card.get_by_label("How many"), card.get_by_label("Receipt to")
    mail.press("Enter")
    expect(pieces).to_be_focused()
    expect(pieces).to_have_accessible_description("From 1 to 9. It must be at most 9.")
    pieces.fill("3")
    card.get_by_label("Color").select_option(label="Midnight blue")
    card.get_by_label("ribbon").check()
    mail.fill("ana")
    page.screenshot("questions-form", HIGH_CONTRAST, DARK, LIGHT)
    assert violations(page.page, "#lumina-chat, #lumina-waiting") == []
    mail.press("Enter")
    expect(mail).to_be_focused()
    expect(mail).to_have_accessible_description("This is no e-mail address: write one as name@example.org.")
    mail.fill("ana@example.org")
    card.get_by_label("Day of delivery").fill("2026-12-24")
    card.get_by_label("It is a gift").press("Space")
    mail.press("Enter")

    # A second one asks for what it should not, and is declined; the tool, and then the model, hear both.
    expect(card).to_contain_text("How do you pay?")
    expect(card).to_contain_text("This may be a secret.")
    expect(turn.locator(".jp-LuminaApproval-settled").nth(1)).to_contain_text("Sent. The MCP server shop asked")
    page.screenshot("questions-secret-light")
    session.decide(card, "Decline")
    expect(turn.locator(".jp-LuminaApproval-settled").last).to_contain_text("Declined.")
    expect(turn.locator(".jp-LuminaApproval-settled").last).to_be_focused()
    chat.wait_for_answer("Order it")
    content = {"pieces": 3, "color": "b", "extras": ["ribbon"], "mail": "ana@example.org", "day": "2026-12-24"}
    got = {"ordered": {"action": "accept", "content": {**content, "gift": True}}, "paid": {"action": "decline"}}
    told = [each["content"] for asked in provider.questions for each in asked["messages"] if each["role"] == "tool"]
    assert any(json.dumps(got) in each for each in told)

    # A page to open is opened by nobody but the person; when its server goes, the question says so.
    provider.reply(call_reply("mcp__shop__login", "{}"), when="Log in there")
    asked = chat.ask("Log in there")
    session.decide(asked.locator("[data-approval]"), "Allow once")
    card = asked.locator("[data-question]")
    expect(card.locator(".jp-LuminaQuestion-host")).to_have_text("shop.test")
    expect(card).to_contain_text("https://lumina.example@shop.test/login?next=%2Forder")
    expect(card).to_contain_text("a user name, and not the host")
    page.screenshot("questions-page", DARK, LIGHT)
    assert violations(page.page, "#lumina-chat") == []
    assert len(page.page.context.pages) == 1
    post(page.server, "mcp/servers/shop/restart", {})
    expect(card).to_have_count(0)
    expect(asked.locator(".jp-LuminaApproval-settled").last).to_contain_text("The call that asked is over.")
    chat.wait_for_answer("Log in there")

    # What asks in a run of the agent asks in the activity panel too; answered elsewhere, it goes with a word.
    page.command("lumina:show-activity")
    session.read_and_plan({"phases": [{"title": "Buy", "steps": [STEP]}], "answers": False})
    session.start("Buy something", gear="3")
    session.decide(session.cards.first, "Allow for this run")
    card = session.panel.locator("[data-question]")
    expect(card).to_contain_text("What shall we send?")
    expect(session.panel.get_by_role("heading", name="1 question waits for you")).to_be_visible()
    expect(session.state).to_contain_text("The MCP server shop asks you something.")
    page.screenshot("questions-run", DARK, LIGHT)
    assert violations(page.page, "#lumina-activity") == []
    card.get_by_label("How many").fill("4")
    question = page.server.get("lumina/api/questions")["questions"][0]["id"]
    elsewhere = {"pieces": 1, "color": "r", "mail": "a@b.org"}
    post(page.server, f"questions/{question}", {"action": "accept", "content": elsewhere})
    expect(session.panel.locator(".jp-LuminaApproval-settled").last).to_contain_text("Answered elsewhere")
    expect(card).to_contain_text("How do you pay?")
    session.decide(card, "Cancel")
    expect(session.state).to_contain_text("Done", timeout=60_000)
    expect(page.page.locator("#lumina-waiting")).to_be_hidden()
    assert page.errors == []
