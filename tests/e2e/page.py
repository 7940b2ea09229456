"""JupyterLab as a person sees it: one browser page, and what can be done with it."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.e2e.server import LabServer

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
LIGHT, DARK, HIGH_CONTRAST = "JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"
THEMES = (LIGHT, DARK, HIGH_CONTRAST)
SAVE_TIMEOUT = 30.0

# What a person takes for ready: content and kernel are there, and it is this notebook that keys and commands mean.
# Where a shared notebook takes its time, a dialog asks what to do, and stays until it is answered.
_NOTEBOOK_IS_READY = """() => {
  const asks = [...document.querySelectorAll('.jp-Dialog')].find(dialog =>
    dialog.textContent.includes('taking some time to load')
  );
  if (asks) {
    asks.querySelector('button.jp-mod-accept').click();
    return false;
  }
  const { shell, commands } = window.jupyterapp ?? {};
  const { context, content, sessionContext } = shell?.currentWidget ?? {};
  return Boolean(
    context?.isReady &&
    content?.widgets?.length &&
    content.activeCell &&
    content.node.contains(document.activeElement) &&
    sessionContext?.isReady &&
    sessionContext.kernelDisplayStatus === 'idle' &&
    commands.isEnabled('notebook:run-cell')
  );
}"""

# Whether all that was open is closed; it is not where nothing is loaded, or a question waits for its answer.
_CLOSE_EVERYTHING = """async () => {
  const { shell } = window.jupyterapp ?? {};
  if (!shell || document.querySelector('.jp-Dialog, .lm-Menu')) { return false; }
  const opened = [...shell.widgets('main')];
  for (const { context } of opened) {
    if (context) { context.model.dirty = false; }
  }
  shell.closeAll();
  for (let looks = 0; looks < 200 && opened.some(widget => widget.isAttached); looks++) {
    await new Promise(resolve => setTimeout(resolve, 25));
  }
  return !opened.some(widget => widget.isAttached);
}"""


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

    def begin_anew(self) -> None:
        """Close all that is open, unsaved, and end the kernels: in the light theme, without errors, as a new page.

        It is loaded only if need be.
        """
        self.page.unroute_all(behavior="ignoreErrors")
        self.page.emulate_media(media="null", reduced_motion="null")
        if self.page.evaluate(_CLOSE_EVERYTHING):
            self.server.end_kernels()
        else:
            self.open()
        if self.page.evaluate("document.body.dataset.jpThemeName") != LIGHT:
            self.theme(LIGHT)
        self.errors.clear()

    def turn_to(self, name: str, sources: Iterable[str]) -> None:
        """Begin anew with a notebook of code cells, as `open_notebook`, which loads the page each time."""
        self.begin_anew()
        self.write_notebook(name, sources)
        self.command("docmanager:open", {"path": name})
        self.wait_for_kernel()

    def write_notebook(self, name: str, sources: Iterable[str]) -> None:
        """Write a notebook of code cells into the folder that the server serves."""
        notebook = nbformat.v4.new_notebook()
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
        notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
        nbformat.write(notebook, self.server.root / name)

    def wait_for_kernel(self) -> None:
        """Wait until the notebook on top has its content, is where commands and keys go, and its kernel is idle.

        The notebook's own indicator tells less: it shows a kernel as idle before there is one.
        """
        self.page.wait_for_function(_NOTEBOOK_IS_READY, timeout=60_000)

    @property
    def cells(self) -> Locator:
        """The cells of the notebook on top."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell")

    @property
    def commanding(self) -> Locator:
        """What has the keyboard's focus in a notebook while keys are commands: the active cell, or the notebook."""
        return self.page.locator(
            ".jp-Notebook.jp-mod-commandMode:focus, .jp-Notebook.jp-mod-commandMode .jp-Cell:focus"
        )

    def cell(self, index: int) -> Locator:
        """A cell of the notebook on top."""
        return self.cells.nth(index)

    def run_cell(self, index: int, *, timeout: float = 60.0) -> Locator:
        """Run a cell as a person does, wait for its end (seconds), and give back its outputs."""
        cell = self.cell(index)
        cell.scroll_into_view_if_needed()
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text().strip()
        # Once only: a second press would run it twice.
        self.press_in(cell, "Control+Enter")
        expect(prompt).to_have_text(re.compile(rf"^(?!{re.escape(before)}$)\[\d+\]:$"), timeout=timeout * 1000)
        return cell.locator(".jp-OutputArea-output")

    def edit(self, cell: Locator) -> Locator:
        """Click into a cell's editor, and wait until keys go there; the editor."""
        editor = cell.locator(".jp-InputArea .cm-content")
        editor.click()
        expect(editor).to_be_focused()
        expect(cell).to_have_class(re.compile(r"\bjp-mod-active\b"))
        return editor

    def press_in(self, cell: Locator, keys: str) -> None:
        """Press keys in a cell's editor."""
        self.edit(cell)
        self.page.keyboard.press(keys)

    def set_source(self, index: int, source: str) -> None:
        """Write a cell of the notebook on top without its editor, as somebody else would."""
        self.page.evaluate(
            "([index, source]) => window.jupyterapp.shell.currentWidget.content.widgets[index]"
            ".model.sharedModel.setSource(source)",
            [index, source],
        )

    def save(self) -> nbformat.NotebookNode:
        """Save the notebook on top until its file holds what the page shows: a kernel that starts adds what it speaks.

        What JupyterLab marks as saved need not be all: a shared notebook is saved by the server, in its own time.
        The notebook as the file held it is the answer: a later save may be writing the file, which empties it first.
        """
        deadline = time.monotonic() + SAVE_TIMEOUT
        while True:
            self.command("docmanager:save")
            path, shown = self.page.evaluate(
                "() => { const { path, model } = window.jupyterapp.shell.currentWidget.context;"
                " return [path, model.toJSON()]; }"
            )
            kept = _read(self.server.root / str(path).removeprefix("RTC:"))
            if kept is not None and _essence(kept) == _essence(shown):
                return kept
            assert time.monotonic() < deadline, "The notebook cannot be saved."
            self.page.wait_for_timeout(250)

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

    def screenshot(self, name: str, *themes: str) -> None:
        """Keep what the page shows as test-results/NAME.png, for people to look at; nothing unless they asked for it.

        Args:
            name: Its name; with the theme's last word behind it when there are themes.
            themes: One picture of each; the page stays in the last one.
        """
        if "LUMINA_SCREENSHOTS" not in os.environ:
            return
        RESULTS.mkdir(exist_ok=True)
        for theme in themes:
            self.theme(theme)
            self._keep(f"{name}-{theme.split()[-1]}")
        if not themes:
            self._keep(name)

    def _keep(self, name: str) -> None:
        self.page.screenshot(path=RESULTS / f"{name.lower().replace(' ', '-')}.png", animations="disabled")


def _read(path: Path) -> nbformat.NotebookNode | None:
    """What a notebook's file holds; nothing while it is being written."""
    try:
        notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
        return notebook
    except (OSError, ValueError):
        return None


def _essence(notebook: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    cells = [
        (
            cell["cell_type"],
            "".join(cell["source"]),
            cell.get("execution_count"),
            [output["output_type"] for output in cell.get("outputs", [])],
        )
        for cell in notebook["cells"]
    ]
    return notebook["metadata"], cells
