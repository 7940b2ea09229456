"""The chat panel: what a person asks, sees, keeps and shares."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.accessibility import violations
from tests.e2e.chat import CODE, PANEL, ChatPanel, conversation_of
from tests.e2e.page import DARK, HIGH_CONTRAST, LIGHT, LabPage
from tests.e2e.provider import ReplayedProvider, settings_for
from tests.e2e.server import LabServer, running_lab, started_again


def test_first_use_offers_what_fits_the_notebook(chat: ChatPanel) -> None:
    expect(chat.panel).to_contain_text("lab/m is ready to answer.")
    things = chat.panel.get_by_role("list", name="Things to try")
    expect(things).to_contain_text("Plot what is interesting in df")
    chat.lab.run_cell(1)
    expect(things).to_contain_text("Fix the error in cell 2")
    chat.lab.screenshot("chat-first-use", LIGHT, DARK)
    chat.lab.theme(HIGH_CONTRAST)
    chat.lab.screenshot("chat-first-use-contrast")
    assert violations(chat.page, PANEL) == []
    chat.button(re.compile("Plot what is interesting in df")).click()
    expect(chat.turns).to_have_count(1)
    # Not to be asked while the next test has the provider say something else.
    expect(chat.turns.locator(".jp-LuminaChat-footer")).to_be_visible()


def test_ask_again_edit_and_go_back_to_the_first_version(chat: ChatPanel, provider: ReplayedProvider) -> None:
    provider.say("One.")
    chat.ask("First?")
    expect(chat.wait_for_answer("First?")).to_contain_text("One.")
    provider.say("Another one.")
    chat.button("Ask again", chat.turn("First?")).click()
    expect(chat.answer("First?")).to_contain_text("Another one.")
    expect(chat.turn("First?").get_by_role("group", name="Version 2 of 2")).to_be_visible()
    chat.button("Edit the question and ask again", chat.turn("First?")).click()
    expect(chat.input).to_have_value("First?")
    expect(chat.input).to_be_focused()
    chat.lab.screenshot("chat-edit")
    provider.say("Changed.")
    chat.ask("First, but otherwise?")
    expect(chat.wait_for_answer("First, but otherwise?")).to_contain_text("Changed.")
    expect(chat.turns).to_have_count(1)
    chat.button("Version before").click()
    expect(chat.answer("First?")).to_contain_text("Another one.")
    chat.button("Version before").click()
    expect(chat.answer("First?")).to_contain_text("One.")
    # The model is asked anew, and is told nothing of the other versions.
    assert "Another one." not in str(provider.questions[-1])


def test_a_branch_goes_on_from_an_earlier_turn(chat: ChatPanel, provider: ReplayedProvider) -> None:
    for question, answer in (("First?", "One."), ("Second?", "Two.")):
        provider.say(answer)
        chat.ask(question)
        expect(chat.wait_for_answer(question)).to_contain_text(answer)
    chat.button("Go on from here in a branch", chat.turn("First?")).click()
    expect(chat.panel).to_contain_text("Your question follows “First?”.")
    provider.say("Other.")
    chat.ask("Instead?")
    expect(chat.wait_for_answer("Instead?")).to_contain_text("Other.")
    expect(chat.turn("Second?")).to_have_count(0)
    told = str(provider.questions[-1])
    assert "One." in told
    assert "Two." not in told


def test_mentions_and_commands_are_completed(chat: ChatPanel) -> None:
    chat.lab.run_cell(0)
    options = chat.panel.get_by_role("listbox", name="Suggestions").get_by_role("option")
    # A kernel that is asked for the first time now and then answers too late: a person types on.
    for typed in ("Look at @d", "Look at @df", "Look at @d"):
        chat.input.fill(typed)
        with contextlib.suppress(AssertionError):
            expect(options.filter(has_text="df").first).to_be_visible(timeout=10_000)
            break
    expect(options.filter(has_text="df").first).to_be_visible()
    expect(chat.input).to_have_attribute("aria-activedescendant", re.compile(".+"))
    chat.lab.screenshot("chat-mentions")
    assert violations(chat.page, PANEL) == []
    chat.input.press("Escape")
    expect(options).to_have_count(0)
    chat.input.fill("/expl")
    expect(options.first).to_contain_text("/explain")
    chat.input.press("Tab")
    expect(chat.input).to_have_value(re.compile("^/explain"))
    chat.write("/help")
    chat.input.press("Enter")
    help_box = chat.panel.get_by_role("dialog", name="What you can write")
    expect(help_box).to_contain_text("/explain")
    expect(help_box).to_contain_text("@selection")
    expect(help_box).to_be_focused()
    chat.lab.screenshot("chat-help")
    assert violations(chat.page, PANEL) == []
    chat.page.keyboard.press("Escape")
    expect(help_box).to_have_count(0)


def test_a_cell_is_dragged_and_a_picture_pasted(chat: ChatPanel, provider: ReplayedProvider) -> None:
    prompt = chat.lab.cell(1).locator(".jp-InputPrompt")
    prompt.click()
    prompt.hover()
    target = chat.input.bounding_box()
    assert target
    chat.page.mouse.down()
    for step in (40, 60):
        chat.page.mouse.move(target["x"] + step, target["y"] + 20, steps=5)
    chat.page.mouse.up()
    expect(chat.input).to_have_value(re.compile(r"^@cell:\w{8} $"))
    chat.paste_picture()
    expect(chat.panel.get_by_role("list", name="Attached pictures").get_by_role("listitem")).to_have_count(1)
    chat.lab.screenshot("chat-attached")
    chat.input.press("End")
    chat.input.type("What is wrong?")
    chat.input.press("Enter")
    expect(chat.turns.locator(".jp-LuminaChat-pictures img")).to_be_visible()
    sent = str(provider.wait_for_questions(1)[0])
    assert "1 / 0" in sent
    assert "data:image/png;base64," in sent


def test_conversations_are_named_searched_exported_and_deleted(chat: ChatPanel, provider: ReplayedProvider) -> None:
    provider.say("Penguins live in the south.")
    chat.ask("Where do they live?")
    chat.wait_for_answer("Where do they live?")
    chat.menu("Rename…")
    chat.dialog().get_by_role("textbox").fill("On birds")
    chat.dialog().get_by_role("button", name="Rename").click()
    expect(chat.panel.locator(".jp-LuminaChat-switch")).to_have_text("On birds")
    chat.button("New conversation").click()
    expect(chat.turns).to_have_count(0)
    rows = chat.conversations()
    expect(rows).to_have_count(2)
    chat.page.keyboard.type("penguins")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Penguins live in the south.")
    chat.lab.screenshot("chat-search")
    assert violations(chat.page, PANEL) == []
    chat.page.keyboard.press("ArrowDown")
    expect(rows.first).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(chat.answer("Where do they live?")).to_contain_text("Penguins")
    with chat.page.expect_download() as download:
        chat.menu("Export As", "Markdown")
    assert "Penguins live in the south." in download.value.path().read_text()
    chat.menu("Make Private…")
    chat.dialog().get_by_role("button", name="Make Private").click()
    expect(chat.panel.locator(".jp-LuminaChat-badge")).to_have_text("Private")
    chat.menu("Delete…")
    expect(chat.dialog()).to_contain_text("really deleted")
    chat.lab.screenshot("chat-delete")
    chat.dialog().get_by_role("button", name="Delete").click()
    expect(chat.turn("Where do they live?")).to_have_count(0)
    rows = chat.conversations()
    expect(rows).to_have_count(1)
    chat.page.keyboard.type("penguins")
    expect(chat.panel).to_contain_text("Nothing was said about “penguins”.")


def test_everything_is_done_with_the_keyboard(chat: ChatPanel, provider: ReplayedProvider) -> None:
    keyboard = chat.page.keyboard
    expect(chat.input).to_be_focused()
    keyboard.press("Escape")
    expect(chat.page.locator(".jp-NotebookPanel :focus")).to_have_count(1)
    keyboard.press("Control+Shift+A")
    expect(chat.input).to_be_focused()
    provider.say(CODE)
    keyboard.type("Code?")
    keyboard.press("Shift+Enter")
    keyboard.type("Please.")
    keyboard.press("Enter")
    expect(chat.turns).to_have_count(1)
    chat.page.locator(".jp-LuminaChat-footer").wait_for()
    insert = chat.button("Insert below the active cell")
    expect(insert).to_be_visible()
    expect(chat.input).to_be_focused()
    # Backwards out of the input: the turn's buttons, then those of the code.
    for _ in range(20):
        keyboard.press("Shift+Tab")
        if chat.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Insert below the active cell":
            break
    expect(insert).to_be_focused()
    keyboard.press("Enter")
    expect(chat.turns).to_contain_text("Inserted as cell 2.")
    chat.button("More about this conversation").focus()
    keyboard.press("Enter")
    expect(chat.page.get_by_role("menuitem", name="Rename…")).to_be_visible()
    keyboard.press("Escape")
    expect(chat.button("More about this conversation")).to_be_focused()


def name_of(context: BrowserContext, server: LabServer) -> str:
    """Who somebody is for the server, which gives whoever comes with its token a name that it draws."""
    me = context.request.get(f"{server.url}api/me", headers={"Authorization": f"token {server.token}"})
    return str(me.json()["identity"]["display_name"])


def another_person(browser: Browser, chat: ChatPanel) -> BrowserContext:
    """A browser of somebody with another name: the same one is drawn twice now and then."""
    server = chat.lab.server
    while True:
        context = browser.new_context(viewport={"width": 1400, "height": 900})
        if name_of(context, server) != name_of(chat.page.context, server):
            return context
        context.close()


def test_two_people_in_one_conversation_see_each_other_live(
    chat: ChatPanel, provider: ReplayedProvider, browser: Browser, replayed_lab: LabServer
) -> None:
    context = another_person(browser, chat)
    try:
        provider.say("Hello to you.")
        chat.ask("Hello from the first")
        chat.wait_for_answer("Hello from the first")
        other = ChatPanel(LabPage(context.new_page(), replayed_lab), chat.notebook)
        other.lab.open(chat.notebook)
        other.lab.wait_for_kernel()
        other.open()
        expect(other.answer("Hello from the first")).to_contain_text("Hello to you.")
        expect(chat.panel.get_by_role("img", name=re.compile("Here now: .+, .+"))).to_be_visible()
        other.input.type("I am")
        expect(chat.panel).to_contain_text("is writing…")
        provider.say("Hello", " to both.", hold_after=1)
        other.ask("Hello from the second")
        expect(chat.answer("Hello from the second")).to_contain_text("Hello")
        provider.go_on()
        for each in (chat, other):
            expect(each.wait_for_answer("Hello from the second")).to_contain_text("Hello to both.")
            expect(each.turn("Hello from the first").locator(".jp-LuminaChat-name")).to_be_visible()
            expect(each.turn("Hello from the second").locator(".jp-LuminaChat-name")).to_be_visible()
        first, second = (turn.locator(".jp-LuminaChat-name").inner_text() for turn in chat.turns.all())
        assert first != second
        chat.lab.screenshot("chat-two-people")
        assert violations(chat.page, PANEL) == []
        chat.menu("Make Private…")
        chat.dialog().get_by_role("button", name="Make Private").click()
        expect(other.turns).to_have_count(0)
    finally:
        context.close()


def test_a_long_conversation_scrolls_and_stays_where_it_is_read(chat: ChatPanel, provider: ReplayedProvider) -> None:
    chat.bring_in(conversation_of(2000))
    expect(chat.turn("Question 2000?")).to_be_visible()
    chat.expect_the_end()
    assert chat.turns.count() < 40
    for _ in range(20):
        chat.scroll(-700)
    jump = chat.button("Jump to latest")
    expect(jump).to_be_visible()
    provider.say("A new", " answer.", hold_after=1)
    chat.come_to_rest()
    before = chat.topmost_turn()
    # Somebody who reads further up is left there when something is said below.
    chat.say_elsewhere("Anything new?")
    expect(chat.button("The answer goes on below")).to_be_visible()
    chat.come_to_rest()
    assert chat.topmost_turn() == before
    provider.go_on()
    jump.click()
    expect(chat.turn("Anything new?")).to_be_visible()
    expect(chat.wait_for_answer("Anything new?")).to_contain_text("A new answer.")
    chat.expect_the_end()


def test_a_killed_server_loses_nothing(browser: Browser, provider: ReplayedProvider, tmp_path: Path) -> None:
    provider.forget()
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    with running_lab(tmp_path, collaboration=False, settings=settings_for(provider), forked=True) as server:
        lab = LabPage(context.new_page(), server)
        lab.open_notebook("kept.ipynb", ["1"])
        chat = ChatPanel(lab, "kept.ipynb")
        chat.open()
        provider.say("Said before.")
        chat.ask("Before?")
        expect(chat.wait_for_answer("Before?")).to_contain_text("Said before.")
        _wait_until_kept(server, "kept.ipynb")
        server.process.kill()
        server.process.wait()
        expect(chat.banner).to_contain_text("What you write is kept")
        chat.ask("Meanwhile?")
        expect(chat.answer("Meanwhile?")).to_contain_text("Not sent yet.")
        lab.screenshot("chat-offline")
        assert violations(lab.page, PANEL) == []
        provider.say("Said after.")
        with started_again(server):
            expect(chat.answer("Meanwhile?")).to_contain_text("Said after.", timeout=60_000)
            expect(chat.banner).to_have_count(0)
            expect(chat.answer("Before?")).to_contain_text("Said before.")
            assert len(provider.questions) == 2
            context.close()


def _wait_until_kept(server: LabServer, notebook: str) -> None:
    """Wait until the end of a notebook's answer is on the disk: it is shown up to half a second before."""
    (conversation,) = server.get(f"lumina/api/conversations?notebook={notebook}")["conversations"]
    deadline = time.monotonic() + 30.0
    while "message_finished" not in server.text(f"lumina/api/conversations/{conversation['id']}/events?after=0"):
        assert time.monotonic() < deadline, "The answer's end was never kept."
        time.sleep(0.05)
