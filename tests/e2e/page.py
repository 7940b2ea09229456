"""JupyterLab as a person sees it: one browser page, and what can be done with it."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.e2e.server import LabServer

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
PRESSES = 5
LIGHT, DARK, HIGH_CONTRAST = "JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"
THEMES = (LIGHT, DARK, HIGH_CONTRAST)


class LabPage:
    """A page that shows one JupyterLab; `errors` collects what went wrong in it."""

    def __init__(self, page: Page, server: LabServer) -> None:
        self.page = page
        self.server = server
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._note)
        # On a busy machine a live notebook takes its time, and JupyterLab asks in a dialog what to do about it.
        slow = page.get_by_role("dialog").filter(has_text="The document is taking some time to load")
        page.add_locator_handler(slow, lambda dialog: dialog.get_by_role("button", name="Continue waiting").click())

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "lumina" in f"{message.text} {message.location}".lower():
            self.errors.append(message.text)

    def open(self, path: str = "") -> None:
        """Open the Lab, on a notebook when `path` names one, with nothing left of an earlier workspace."""
        tree = f"/tree/{path}" if path else ""
        self.page.goto(f"{self.server.url}lab{tree}?reset&token={self.server.token}")
        self.page.wait_for_selector("#jp-main-dock-panel", timeout=60_000)
        self.page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)

    def open_notebook(self, name: str, sources: Iterable[str]) -> None:
        """Write a notebook of code cells, open it, and wait until its kernel is idle."""
        self.write_notebook(name, sources)
        self.open(name)
        self.wait_for_kernel()

    def write_notebook(self, name: str, sources: Iterable[str]) -> None:
        """Write a notebook of code cells into the folder that the server serves."""
        notebook = nbformat.v4.new_notebook()
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
        notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
        nbformat.write(notebook, self.server.root / name)

    def wait_for_kernel(self) -> None:
        """Wait until the notebook's content and its kernel are there."""
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
        self.page.wait_for_selector(
            ".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status='idle']", timeout=60_000
        )

    @property
    def cells(self) -> Locator:
        """The cells of the notebook on top."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell")

    def cell(self, index: int) -> Locator:
        """A cell of the notebook on top."""
        return self.cells.nth(index)

    def run_cell(self, index: int, *, timeout: float = 60.0) -> Locator:
        """Run a cell as a person does, wait for its end (seconds), and give back its outputs."""
        cell = self.cell(index)
        cell.scroll_into_view_if_needed()
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text().strip()
        started = re.compile(rf"^(?!{re.escape(before)}$)\[(\d+|\*)\]:$")
        # Right after a notebook has opened JupyterLab now and then swallows the keys.
        for _ in range(PRESSES):
            cell.locator(".cm-content").click()
            self.page.keyboard.press("Control+Enter")
            with contextlib.suppress(AssertionError):
                expect(prompt).to_have_text(started, timeout=3_000)
                break
        expect(prompt).to_have_text(re.compile(r"^\[\d+\]:$"), timeout=timeout * 1000)
        return cell.locator(".jp-OutputArea-output")

    def set_source(self, index: int, source: str) -> None:
        """Write a cell of the notebook on top without its editor, as somebody else would."""
        self.page.evaluate(
            "([index, source]) => window.jupyterapp.shell.currentWidget.content.widgets[index]"
            ".model.sharedModel.setSource(source)",
            [index, source],
        )

    def save(self) -> None:
        """Save the notebook on top until nothing is left to save: a kernel that starts adds what it speaks."""
        dirty = self.page.locator(".jp-mod-dirty")
        for _ in range(20):
            self.command("docmanager:save")
            if dirty.count() == 0:
                return
            self.page.wait_for_timeout(250)
        raise AssertionError("The notebook cannot be saved.")

    def command(self, command: str, arguments: dict[str, Any] | None = None) -> Any:
        """Run a command of JupyterLab; its result when that is plain data."""
        return self.page.evaluate(
            "async ([id, args]) => { const r = await window.jupyterapp.commands.execute(id, args);"
            " try { return JSON.parse(JSON.stringify(r ?? null)); } catch { return null; } }",
            [command, arguments or {}],
        )

    def has_plugin(self, plugin: str) -> bool:
        """Whether a plugin of JupyterLab is active."""
        active = self.page.evaluate("id => window.jupyterapp.isPluginActivated(id)", plugin)
        return bool(active)

    def theme(self, name: str) -> None:
        """Change to a theme, wait until it is there and JupyterLab has put its splash away, and go on where one was.

        A next change within the 200 ms in which the splash fades has JupyterLab remove the splash twice, which is an
        error of the page; and while JupyterLab hides the application to redraw it, whatever has the focus may lose it.
        """
        focused = self.page.evaluate_handle("document.activeElement")
        self.command("apputils:change-theme", {"theme": name})
        self.page.wait_for_selector(f"body[data-jp-theme-name={json.dumps(name)}]", state="attached")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")
        focused.evaluate("node => document.activeElement === document.body && node?.focus({ preventScroll: true })")

    def screenshot(self, name: str) -> Path:
        """Keep what the page shows as test-results/NAME.png, for people to look at."""
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{name.lower().replace(' ', '-')}.png"
        self.page.screenshot(path=path, animations="disabled")
        return path
