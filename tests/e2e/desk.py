"""A person at a page that shows one live notebook; perhaps with an agent that writes into its last cell."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.breakable import BreakableLab, until
from tests.e2e.page import LabPage
from tests.e2e.typist import Typist

AGENT = "agent"
"""The id of the cell that the agent writes into."""

_SHOWN = """() => [...document.querySelectorAll(
    ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell .jp-InputArea-editor .cm-content")]
    .map(each => [...each.querySelectorAll(".cm-line")].map(line => line.textContent).join("\\n"))"""


@dataclass
class Desk:
    """What the person does and sees."""

    lab: BreakableLab
    page: LabPage
    name: str
    agent: Typist | None = None

    @property
    def file(self) -> Path:
        """The notebook's file."""
        return self.lab.server.root / self.name

    def open(self, sources: Sequence[str], *, agent: bool) -> None:
        """Write the notebook and open it; with a last cell for the agent, if there is to be one."""
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
        if agent:
            notebook.cells.append(nbformat.v4.new_code_cell("", id=AGENT))
        nbformat.write(notebook, self.file)
        self.show(len(notebook.cells))
        if agent:
            server = self.lab.server
            self.agent = Typist(server.url, server.token, self.name, AGENT)
            self.agent.start()

    def show(self, cells: int) -> None:
        """Open the notebook, without a kernel, in place of what the page shows."""
        if self.page.page.url.startswith(f"{self.lab.seen.url}lab"):
            self.dismiss()
            self.page.command("application:close-all")
        else:
            self.page.open()
        self.page.command("docmanager:open", {"path": self.name, "kernelPreference": {"shouldStart": False}})
        until(lambda: self.page.cells.count() == cells, self.shown)
        self.page.cell(0).locator(".cm-content").wait_for()

    def put_cursor(self, index: int) -> bool:
        """Put the cursor to the end of a cell, if nothing is in the way; whether it is there."""
        self.dismiss()
        editor = self.page.cell(index).locator(".cm-editor")
        with suppress(PlaywrightError):
            editor.locator(".cm-content").click(timeout=2_000)
        if not editor.and_(self.page.page.locator(".cm-focused")).count():
            return False
        self.keys("Control+End")
        return True

    def type(self, index: int, text: str) -> None:
        """Type at the end of a cell until it is there: JupyterLab's complaint about the server may come between."""
        want = self.shown()[index] + text

        def typed() -> bool:
            if self.shown()[index] == want:
                return True
            if self.put_cursor(index):
                now = self.shown()[index]
                assert want.startswith(now), f"{now} should become {want}"
                self.page.page.keyboard.type(want[len(now) :])
            return self.shown()[index] == want

        until(typed, lambda: f"want {want}, shown {self.shown()}")

    def dismiss(self) -> None:
        """Put JupyterLab's complaint about the server away."""
        complaint = self.page.page.locator(".jp-Dialog[aria-label^='Server Connection Error'] button")
        with suppress(PlaywrightError):
            if complaint.count():
                complaint.first.click(timeout=2_000)

    def keys(self, *keys: str) -> None:
        """Press keys."""
        for key in keys:
            self.page.page.keyboard.press(key)

    def shown(self) -> list[str]:
        """The texts of the person's cells on the page."""
        return self._persons(self._all_shown())

    def on_disk(self) -> list[str]:
        """The texts of the person's cells in the file; nothing while it is being written."""
        return self._persons(self._all_on_disk())

    def saved(self, *want: str) -> None:
        """Wait until the person's cells are in the file like this."""
        until(lambda: self.on_disk() == list(want), lambda: f"want {want}, {self._seen()}")

    def edit_file(self, index: int, source: str) -> None:
        """Change one cell in the file, as another program does."""
        content = nbformat.read(self.file, 4)
        content.cells[index].source = source
        nbformat.write(content, self.file)

    def holds(self, *want: str) -> None:
        """Wait until the page and the file both show just this, and go on doing so after a next edit."""
        until(lambda: self.shown() == self.on_disk() == list(want), self._instead_of(want))
        # Only who is connected has this on disk: whatever comes with the connection has come by then.
        self.type(0, "!")
        everything = [want[0] + "!", *want[1:]]
        if self.agent is not None:
            self.agent.rest()
            everything.append("." * self.agent.written)
        until(lambda: self._all_shown() == self._all_on_disk() == everything, self._instead_of(everything))
        if self.agent is not None:
            agent = self.agent
            until(lambda: agent.texts == everything, self._instead_of(everything))
        self.dismiss()
        assert self.page.page.locator(".jp-Dialog").count() == 0

    def _persons(self, texts: list[str]) -> list[str]:
        return texts[:-1] if self.agent else texts

    def _all_shown(self) -> list[str]:
        texts: list[str] = self.page.page.evaluate(_SHOWN)
        return texts

    def _all_on_disk(self) -> list[str]:
        try:
            cells = json.loads(self.file.read_text())["cells"]
        except ValueError:
            return []
        return ["".join(cell["source"]) for cell in cells]

    def _instead_of(self, want: Sequence[str]) -> Callable[[], str]:
        return lambda: f"want {_brief(want)}, {self._seen()}"

    def _seen(self) -> str:
        agent = "" if self.agent is None else f", the agent sees {_brief(self.agent.texts)}"
        return f"shown {_brief(self._all_shown())}, on disk {_brief(self._all_on_disk())}{agent}"


def _brief(texts: Sequence[str]) -> list[str]:
    """Texts with the agent's dots counted."""
    return [f"{len(text)} dots" if text and not text.strip(".") else text for text in texts]
