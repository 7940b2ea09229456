"""The activity panel as a person uses it, and the model behind the agent."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, expect

from tests.e2e.page import DARK, LIGHT, LabPage
from tests.e2e.provider import ReplayedProvider

TASK = {
    "action": "fix",
    "target_kind": "cell",
    "target": "total",
    "constraints": [],
    "expects": "the total is printed",
    "complexity": 0.4,
}


class Session:
    """The agent's model, and the panel on a page."""

    def __init__(self, page: LabPage, provider: ReplayedProvider) -> None:
        self.page = page
        self.provider = provider
        self.panel = page.page.get_by_role("region", name="Lumina Activity")
        self.cards = self.panel.locator("[data-approval]")
        self.run = self.panel.locator(".jp-LuminaActivity-run")
        self.state = self.run.locator(".jp-LuminaActivity-state")

    def read_and_plan(self, plan: dict[str, Any]) -> None:
        """Have the model read the next task and plan this."""
        self.provider.say(json.dumps(TASK), when="You find out what a request")
        self.provider.say(json.dumps(plan), when="You plan work")

    def write(self, *codes: str) -> None:
        """Have it write these, one after the other."""
        for code in codes:
            self.provider.say(f"```python\n{code}\n```", when="You write Python")

    def start(self, words: str, gear: str, button: str = "Start") -> None:
        """Give the agent a task in the panel."""
        self.panel.get_by_role("textbox", name="Task for the agent").fill(words)
        form = self.panel.get_by_role("form", name="Give the agent a task")
        form.get_by_role("button", name=re.compile(rf"^Gear {gear}\b")).click()
        form.get_by_role("button", name=button, exact=True).click()

    def decide(self, card: Locator, name: str) -> None:
        """Press a card's button as long as it takes: what has just appeared, or moved, does nothing yet."""
        button = card.get_by_role("button", name=name, exact=True)
        expect(button).to_be_visible()
        for _ in range(100):
            if not button.count():
                return
            button.scroll_into_view_if_needed()
            expect(card).to_have_attribute("data-settled", "true")
            with suppress(PlaywrightError):
                button.click(timeout=2_000)
            with suppress(AssertionError):
                expect(button).to_have_count(0, timeout=2_000)
        raise AssertionError(f"{name} does nothing.")

    def step(self, title: str) -> Locator:
        """A step of the run that is unfolded."""
        return self.run.locator(".jp-LuminaActivity-step", has_text=title)

    def button(self, name: str) -> Locator:
        """A button of the panel."""
        return self.panel.get_by_role("button", name=name, exact=True)

    def sources(self) -> list[str]:
        """What the cells of the notebook hold."""
        found: list[str] = self.page.page.evaluate(
            "() => [...window.jupyterapp.shell.currentWidget.content.model.cells]"
            ".map(cell => cell.sharedModel.getSource())"
        )
        return found

    def expect_sources(self, *wanted: str) -> None:
        """Wait until they hold this."""
        self.page.page.wait_for_function(
            "wanted => JSON.stringify([...window.jupyterapp.shell.currentWidget.content.model.cells]"
            ".map(cell => cell.sharedModel.getSource())) === JSON.stringify(wanted)",
            arg=list(wanted),
        )

    def pictures(self, name: str) -> None:
        """Keep what is seen, in both themes."""
        self.page.screenshot(f"agent-{name}", DARK, LIGHT)
