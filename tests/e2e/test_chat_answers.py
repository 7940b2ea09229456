"""Answers in the chat panel: how they come, how they are drawn, and what can be done with them."""

from __future__ import annotations

import re
from dataclasses import replace

from playwright.sync_api import expect

from tests.e2e.accessibility import violations
from tests.e2e.chat import CODE, PANEL, ChatPanel
from tests.e2e.page import DARK, LIGHT, THEMES
from tests.e2e.provider import ReplayedProvider
from tests.replay.recording import recordings
from tests.replay.server import Reply

RICH = (
    "# A plan\n\nWith $x^2$ and **bold** words.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n",
    "```python\nprint('hello')\n```\n\n1. First:\n\n   ```python\n   nested = 1\n   ```\n\n",
    "![chart](https://pictures.invalid/a.png)\n\n```mermaid\ngraph TD; A-->B\n```\n",
)
REFUSED = b'{"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}'
THOUGHT = "I need to use the weather tool to get this information."


def test_an_answer_streams_in_and_says_what_it_took(chat: ChatPanel, provider: ReplayedProvider) -> None:
    provider.say(*RICH, hold_after=2)
    chat.ask("A plan?")
    answer = chat.answer("A plan?")
    expect(answer.locator("table")).to_be_visible()
    expect(answer).to_have_attribute("aria-busy", "true")
    expect(chat.button("Stop the answer (Escape)")).to_be_visible()
    chat.lab.screenshot("chat-streaming")
    provider.go_on()
    chat.wait_for_answer("A plan?")
    expect(answer.locator("mjx-container")).to_be_visible()
    expect(answer.locator("figure img, .jp-RenderedMermaid img").first).to_be_visible()
    # Pictures from elsewhere are not fetched: a link stands in their place.
    expect(answer.get_by_role("link", name="chart (pictures.invalid)")).to_be_visible()
    # Code within a list has its buttons too.
    expect(chat.button("Copy code", answer)).to_have_count(2)
    turn = chat.turn("A plan?")
    expect(turn.locator(".jp-LuminaChat-footer")).to_have_text(re.compile(r"m · 10 tokens · price unknown · [\d.]+ s"))
    expect(turn.locator(".jp-LuminaChat-context")).to_contain_text("2 cells")
    chat.button(re.compile("^Saw:"), turn).click()
    expect(turn.get_by_role("list", name="What the model saw")).to_be_visible()
    for theme in THEMES:
        chat.lab.theme(theme)
        chat.lab.screenshot(f"chat-answer-{theme}")
        assert violations(chat.page, PANEL) == []


def test_diagrams_are_drawn_again_in_another_themes_colours(chat: ChatPanel, provider: ReplayedProvider) -> None:
    provider.say("```mermaid\ngraph TD; A-->B\n```\n\n- In a list:\n\n  ```mermaid\n  graph TD; C-->D\n  ```\n")
    chat.ask("Two diagrams?")
    diagrams = chat.wait_for_answer("Two diagrams?").locator("figure img")
    expect(diagrams).to_have_count(2)
    light = [diagram.get_attribute("src") or "" for diagram in diagrams.all()]
    chat.lab.theme(DARK)
    for diagram, drawn in zip(diagrams.all(), light, strict=True):
        expect(diagram).not_to_have_attribute("src", drawn)
    chat.lab.screenshot("chat-diagrams-dark")
    chat.lab.theme(LIGHT)
    expect(diagrams).to_have_count(2)


def test_thoughts_and_calls_of_tools_are_folded_away(chat: ChatPanel, provider: ReplayedProvider) -> None:
    (recorded,) = (each for each in recordings(provider="deepseek") if each.name == "vercel__deepseek-tool-call.chunks")
    first_call = recorded.body.index(b'"tool_calls"')
    thought_to_its_end = recorded.body.rindex(b"data: ", 0, first_call)
    provider.reply(replace(Reply.of(recorded), hold_after=thought_to_its_end))
    chat.ask("What is the weather?")
    answer = chat.answer("What is the weather?")
    thoughts = chat.button(re.compile("^Thinking"), answer)
    expect(thoughts).to_have_attribute("aria-expanded", "false")
    thoughts.click()
    expect(answer).to_contain_text(THOUGHT)
    # Who wants less movement gets it.
    dot = answer.locator(".jp-LuminaChat-dots i").first
    expect(dot).to_have_css("animation-name", "jp-LuminaChat-pulse")
    chat.page.emulate_media(reduced_motion="reduce")
    expect(dot).to_have_css("animation-name", "none")
    provider.go_on()
    chat.wait_for_answer("What is the weather?")
    expect(chat.button(re.compile("^Thought"), answer)).to_have_attribute("aria-expanded", "true")
    call = chat.button(re.compile("weather.*no result"), answer)
    expect(call).to_have_attribute("aria-expanded", "false")
    call.click()
    expect(answer.locator("pre", has_text="location")).to_be_visible()
    for theme in (LIGHT, DARK):
        chat.lab.theme(theme)
        chat.lab.screenshot(f"chat-tool-call-{theme}")
        assert violations(chat.page, PANEL) == []


def test_finished_parts_of_an_answer_are_drawn_once(chat: ChatPanel, provider: ReplayedProvider) -> None:
    provider.say("First paragraph.\n\n", "Second", " and more", " and more.\n\nEnd", hold_after=2)
    chat.ask("Two?")
    first = chat.answer("Two?").locator("p", has_text="First paragraph.")
    expect(chat.answer("Two?")).to_contain_text("Second")
    first.evaluate("node => { node.dataset.mine = 'yes'; }")
    provider.go_on()
    chat.wait_for_answer("Two?")
    expect(first).to_have_attribute("data-mine", "yes")


def test_escape_stops_an_answer_and_keeps_what_came(chat: ChatPanel, provider: ReplayedProvider) -> None:
    provider.say("Half of it", " and the rest", hold_after=1)
    chat.ask("Tell me a lot")
    expect(chat.answer("Tell me a lot")).to_contain_text("Half of it")
    chat.input.press("Escape")
    answer = chat.wait_for_answer("Tell me a lot")
    expect(answer).to_contain_text("Stopped.")
    expect(answer).to_contain_text("Half of it")
    provider.wait_for_answering(0)


def test_what_a_cell_asks_streams_into_an_open_panel(chat: ChatPanel, provider: ReplayedProvider) -> None:
    chat.lab.set_source(0, "%load_ext lumina_jupyter")
    chat.lab.run_cell(0)
    provider.say("The area is \\(\\pi r^2\\), half", " and half.", hold_after=1)
    chat.lab.set_source(1, "%%lumina\nWhat is it?")
    chat.lab.press_in(chat.lab.cell(1), "Control+Enter")
    answer = chat.answer("What is it?")
    expect(answer).to_contain_text("half")
    expect(answer).to_have_attribute("aria-busy", "true")
    provider.go_on()
    expect(chat.wait_for_answer("What is it?")).to_contain_text("and half.")
    expect(answer.locator("mjx-container")).to_be_visible()
    expect(answer).not_to_contain_text("\\pi")


def test_a_reload_in_mid_stream_loses_nothing(chat: ChatPanel, provider: ReplayedProvider) -> None:
    provider.say("The beginning", " and the end.", hold_after=1)
    chat.ask("How long?")
    expect(chat.answer("How long?")).to_contain_text("The beginning")
    chat.write("a draft")
    chat.page.wait_for_function("() => Object.values(localStorage).some(kept => kept.includes('a draft'))")
    chat.page.reload()
    chat.lab.wait_for_kernel()
    chat.lab.command("lumina:open-chat")
    expect(chat.answer("How long?")).to_contain_text("The beginning")
    expect(chat.input).to_have_value("a draft")
    provider.go_on()
    expect(chat.wait_for_answer("How long?")).to_contain_text("The beginning and the end.")
    assert len(provider.questions) == 1


def test_code_goes_into_the_notebook_and_can_be_taken_back(chat: ChatPanel, provider: ReplayedProvider) -> None:
    provider.say(CODE)
    chat.ask("Code?")
    answer = chat.wait_for_answer("Code?")
    chat.lab.cell(1).locator(".cm-content").click()
    chat.button("Insert below the active cell and run", answer).click()
    expect(answer).to_contain_text("Inserted as cell 3.")
    expect(chat.lab.cell(2).locator(".jp-OutputArea-output")).to_have_text("42")
    chat.lab.screenshot("chat-code-run")
    chat.button("Undo", answer).click()
    expect(answer).to_contain_text("Taken out again.")
    expect(chat.lab.page.locator(".jp-NotebookPanel .jp-Cell")).to_have_count(2)
    # What somebody has changed since is left alone.
    chat.button("Insert below the active cell", answer).click()
    expect(answer).to_contain_text("Inserted as cell")
    expect(chat.lab.cells).to_have_count(3)
    chat.lab.set_source(2, "# mine")
    chat.button("Undo", answer).click()
    expect(answer).to_contain_text("it was left as it is")
    expect(chat.lab.cell(2)).to_contain_text("# mine")


def test_a_replacement_is_shown_as_a_difference_first(chat: ChatPanel, provider: ReplayedProvider) -> None:
    provider.say(CODE)
    chat.ask("Better?")
    answer = chat.wait_for_answer("Better?")
    chat.lab.cell(1).locator(".cm-content").click()
    chat.button("Replace the active cell…", answer).click()
    expect(chat.dialog()).to_contain_text("Replace cell 2?")
    expect(chat.dialog().locator(".cm-deletedChunk")).to_contain_text("1 / 0")
    chat.lab.theme(DARK)
    chat.lab.screenshot("chat-difference-dark")
    assert violations(chat.page, ".jp-Dialog .jp-LuminaChat-change") == []
    chat.dialog().get_by_role("button", name="Keep the cell").click()
    expect(chat.lab.cell(1)).to_contain_text("1 / 0")
    chat.button("Replace the active cell…", answer).click()
    chat.dialog().get_by_role("button", name="Replace", exact=True).click()
    expect(chat.lab.cell(1)).to_contain_text("answer = 6 * 7")
    chat.button("Undo", answer).click()
    expect(chat.lab.cell(1)).to_contain_text("1 / 0")


def test_an_error_is_a_sentence_with_a_next_step(chat: ChatPanel, provider: ReplayedProvider) -> None:
    provider.reply(Reply(status=401, content_type="application/json", body=REFUSED))
    chat.ask("Hello?")
    answer = chat.wait_for_answer("Hello?")
    expect(answer).to_contain_text("Incorrect API key provided")
    expect(answer.locator(".jp-LuminaChat-hint")).to_be_visible()
    chat.lab.screenshot("chat-error")
    assert violations(chat.page, PANEL) == []
    provider.say("Hello again.")
    chat.button("Try again", answer).click()
    expect(chat.answer("Hello?")).to_contain_text("Hello again.")
