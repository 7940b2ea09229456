"""The chat panel as a person uses it."""

from __future__ import annotations

import json
import re
import secrets
import urllib.request
from typing import Any

from playwright.sync_api import Locator, expect

from tests.e2e.page import LabPage

PANEL = "#lumina-chat"
CODE = "Try this:\n\n```python\nanswer = 6 * 7\nprint(answer)\n```\n\nIt prints the answer."
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
SCROLLER = f"{PANEL} [data-virtuoso-scroller]"

# Ends when for so many frames, and so long, nothing has changed.
_AT_REST = """scroller => new Promise(resolve => {
  const node = document.querySelector(scroller);
  let [seen, frames, since] = ["", 0, 0];
  const look = now => {
    const { scrollTop, scrollHeight } = node;
    const shown = `${scrollTop} ${scrollHeight} ${node.querySelectorAll(".jp-LuminaChat-turn").length}`;
    if (shown !== seen) { [seen, frames, since] = [shown, 0, now]; }
    else if (++frames > 10 && now - since > 400) { return resolve(); }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


class ChatPanel:
    """The panel on one page."""

    def __init__(self, lab: LabPage, notebook: str) -> None:
        self.lab = lab
        self.notebook = notebook
        self.page = lab.page
        self.panel = lab.page.locator(PANEL)
        self.input = self.panel.get_by_label("Question to Lumina")
        self.turns = self.panel.get_by_role("article")
        self.banner = self.panel.locator(".jp-LuminaChat-banner")

    def open(self) -> None:
        """Open it by its command, and wait until something can be written."""
        self.lab.command("lumina:open-chat")
        expect(self.input).to_be_enabled()
        expect(self.input).to_be_focused()

    def write(self, text: str) -> None:
        """Put a text into the input; what is suggested for a command is left alone."""
        self.input.fill(text)
        if text.startswith("/"):
            suggested = self.panel.get_by_role("listbox", name="Suggestions")
            expect(suggested).to_be_visible()
            self.input.press("Escape")
            expect(suggested).to_have_count(0)

    def ask(self, text: str) -> Locator:
        """Ask a question; its turn, as soon as it stands in the list."""
        self.write(text)
        self.input.press("Enter")
        turn = self.turn(text)
        expect(turn).to_be_visible()
        return turn

    def turn(self, text: str) -> Locator:
        """The last turn whose question is this."""
        return self.turns.filter(has=self.page.locator(".jp-LuminaChat-questionText", has_text=exactly(text))).last

    def answer(self, text: str) -> Locator:
        """The answer to that question."""
        return self.turn(text).locator(".jp-LuminaChat-answer")

    def wait_for_answer(self, text: str) -> Locator:
        """Wait until the answer to a question is over, however it ended."""
        answer = self.answer(text)
        expect(answer).to_have_attribute("aria-busy", "false")
        expect(answer.locator(".jp-LuminaChat-working")).to_have_count(0)
        return answer

    def button(self, name: str | re.Pattern[str], within: Locator | None = None) -> Locator:
        """A button of the panel, or of a part of it."""
        return (within or self.panel).get_by_role("button", name=name, exact=isinstance(name, str))

    def menu(self, *names: str) -> None:
        """Choose from the conversation's menu; the last name may stand in a submenu."""
        self.button("More about this conversation").click()
        for name in names:
            # An item that opens a submenu has no role of its own.
            self.page.locator(".lm-Menu-item", has_text=name).click()

    def dialog(self) -> Locator:
        """JupyterLab's dialog that is open."""
        return self.page.locator(".jp-Dialog")

    def conversations(self) -> Locator:
        """Open the list of conversations; its rows."""
        self.panel.locator(".jp-LuminaChat-switch").click()
        listed = self.panel.get_by_role("dialog", name="Conversations")
        expect(listed.get_by_role("searchbox")).to_be_focused()
        return listed.locator(".jp-LuminaChat-row")

    def expect_the_end(self) -> None:
        """Wait until the end of the conversation is shown, and nothing moves any more."""
        self.come_to_rest()
        self.page.wait_for_function(
            "scroller => { const { scrollHeight, clientHeight, scrollTop } = document.querySelector(scroller);"
            " return scrollHeight - clientHeight - scrollTop < 2; }",
            arg=SCROLLER,
        )

    def come_to_rest(self) -> None:
        """Wait until the conversation has stopped scrolling, and what it shows has its height."""
        self.page.evaluate(_AT_REST, SCROLLER)

    def topmost_turn(self) -> str:
        """The question of the turn at the top of what is shown."""
        found = self.page.locator(SCROLLER).evaluate(
            """node => {
              const { left, top } = node.getBoundingClientRect();
              const turn = document.elementFromPoint(left + 40, top + 30)?.closest(".jp-LuminaChat-turn");
              return turn?.querySelector(".jp-LuminaChat-questionText")?.textContent ?? "";
            }"""
        )
        return str(found)

    def paste_picture(self) -> None:
        """Paste a small picture into the input."""
        self.input.evaluate(
            """(node, data) => {
              const bytes = Uint8Array.from(atob(data), character => character.charCodeAt(0));
              const clipboardData = new DataTransfer();
              clipboardData.items.add(new File([bytes], "picture.png", { type: "image/png" }));
              node.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
            }""",
            PICTURE,
        )

    def bring_in(self, exported: dict[str, Any], *, look: bool = True) -> str:
        """Make a conversation of the notebook from an exported one, and look at it; its title."""
        content = json.dumps(exported)
        made = self._post("import", {"notebook": self.notebook, "format": "json", "content": content})
        self.conversation, title = str(made["id"]), str(made["title"])
        if look:
            self.conversations().filter(has_text=title).click()
        return title

    def say_elsewhere(self, text: str) -> None:
        """Ask a question of the conversation from somewhere else."""
        self._post(f"{self.conversation}/turns", {"text": text, "request_id": f"req_{secrets.token_hex(8)}"})

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        server = self.lab.server
        request = urllib.request.Request(
            f"{server.url}lumina/api/conversations/{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"token {server.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60.0) as response:
            return json.loads(response.read())

    def scroll(self, pixels: int) -> None:
        """Turn the mouse wheel over the conversation."""
        self.page.locator(SCROLLER).hover()
        self.page.mouse.wheel(0, pixels)


def conversation_of(questions: int) -> dict[str, Any]:
    """An exported conversation with so many questions, each with an answer that holds prose and code."""
    events: list[dict[str, Any]] = []

    def add(turn: str, kind: str, data: dict[str, Any]) -> None:
        at = 1_700_000_000 + 60 * len(events)
        events.append({"turn": turn, "author": "ada", "kind": kind, "data": data, "at": at})

    for number in range(1, questions + 1):
        turn, parent = f"t{number}", f"t{number - 1}" if number > 1 else ""
        words = "Some more words about it. " * (number % 7 * 5)
        answer = f"Answer {number}.\n\n```python\nx = {number}\n```\n\n{words}"
        add(turn, "question", {"text": f"Question {number}?", "model": "", "parent": parent})
        add(turn, "message_started", {"request_id": turn, "provider": "lab", "model": "lab/m"})
        add(turn, "text_delta", {"text": answer})
        add(turn, "message_finished", {"reason": "stop"})
    return {"format": "lumina-conversation", "version": 1, "title": "A long one", "events": events, "attachments": []}


def exactly(text: str) -> re.Pattern[str]:
    """Matches that text alone."""
    return re.compile(rf"^\s*{re.escape(text)}\s*$")
