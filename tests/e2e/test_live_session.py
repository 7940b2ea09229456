"""Two people and an agent in one notebook: everything that they do beside each other, and a server that is killed."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Error, Locator, expect

from tests.e2e.accessibility import violations
from tests.e2e.agent import Agent, edit
from tests.e2e.page import DARK, LIGHT, THEMES, LabPage
from tests.e2e.server import LabServer, running_lab, started_again

NAME = "forecast.ipynb"
PATIENCE = 90.0
"""Seconds that a condition may take to come true on a busy machine."""
LOAD = "import pandas as pd\n\nsales = pd.DataFrame({'month': [1, 2, 3], 'units': [10, None, 30]})\nsales"
CLEAN = "# drop what is missing\nclean = sales.dropna()\nclean.describe()"
BETTER_CLEAN = "# fill what is missing\nclean = sales.interpolate()\nclean.describe()"
WAIT = "import time\n\ntime.sleep(600)"
MODEL = "rate = 1\nbase = 200\ntax = 0.19\ntotal = base * rate"
BETTER_MODEL = "rate = 1.07\nbase = 200\ntax = 0.19\ntotal = base * rate * (1 + tax)"
HALF_MODEL = MODEL.replace("rate = 1\n", "rate = 1.07\n")
REPORT = "print(total)"
SETTINGS = {
    "Lumina.live_guard": "True",
    # Every save is a moment of the history.
    "Lumina.history_minutes": "0",
}
NAMES = {"IdentityProvider": {"updatable_fields": ["name", "display_name", "initials", "color"]}}
"""Lets people choose what they are called."""


class Lab:
    """A JupyterLab that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        config = folder / "home" / ".jupyter" / "jupyter_server_config.json"
        config.parent.mkdir(parents=True)
        config.write_text(json.dumps(NAMES), encoding="utf-8")
        self.server = self._stack.enter_context(running_lab(folder, collaboration=True, settings=SETTINGS, forked=True))

    def kill_and_start(self) -> None:
        self.server.process.kill()
        self.server.process.wait()
        self.server = self._stack.enter_context(started_again(self.server))

    def close(self) -> None:
        self._stack.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab with shared notebooks, for this module alone."""
    lab = Lab(tmp_path_factory.mktemp("live-session"))
    yield lab
    lab.close()


def somebody(browser: Browser, server: LabServer, name: str, color: str) -> LabPage:
    """A person with a browser and a name of their own."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    headers = {"Authorization": f"token {server.token}"}
    context.request.get(f"{server.url}api/me", headers=headers)
    who = {"name": name, "display_name": name, "initials": name[:1], "color": color}
    answer = context.request.patch(f"{server.url}api/me", headers=headers, data=who)
    assert answer.ok, answer.text()
    page = LabPage(context.new_page(), server)
    # JupyterLab tells of a server that was killed.
    away = page.page.get_by_role("dialog").filter(has_text="Server Connection Error")
    page.page.add_locator_handler(away, lambda dialog: dialog.locator(".jp-Dialog-button").last.click())
    return page


def write(server: LabServer) -> None:
    """Write the notebook."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# Forecast\n\nUnits sold a month, and what comes next.", id="head"),
        nbformat.v4.new_code_cell(LOAD, id="load"),
        nbformat.v4.new_code_cell(CLEAN, id="clean"),
        nbformat.v4.new_code_cell(WAIT, id="wait"),
        nbformat.v4.new_code_cell(MODEL, id="model"),
        nbformat.v4.new_code_cell(REPORT, id="report"),
    ]
    nbformat.write(notebook, server.root / NAME)


def sources(page: LabPage) -> dict[str, str]:
    """What the cells of the notebook hold in a browser, in their order."""
    found: dict[str, str] = page.page.evaluate(
        "() => Object.fromEntries([...window.jupyterapp.shell.currentWidget.content.model.cells]"
        ".map(cell => [cell.id, cell.sharedModel.getSource()]))"
    )
    return found


def on_disk(server: LabServer) -> dict[str, str] | None:
    """What they hold in the file; None while it is being written."""
    try:
        notebook = nbformat.read(server.root / NAME, as_version=4)
    except (OSError, ValueError):
        return None
    return {cell.id: cell.source for cell in notebook.cells}


def until(page: LabPage, condition: Callable[[], Any], what: str, *, every: float = 100) -> None:
    """Wait for a condition, and look at it each time so many milliseconds have gone by."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        page.page.wait_for_timeout(every)


def cell(page: LabPage, cell_id: str) -> Locator:
    """A cell by its id."""
    return page.cell(list(sources(page)).index(cell_id))


def agent_item(page: LabPage) -> Locator:
    """Where the notebook's toolbar tells what the agent does."""
    return page.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Lumina-agent")


def type_at_the_end(page: LabPage, cell_id: str, text: str) -> None:
    """Click into a cell and type a new last line."""
    page.edit(cell(page, cell_id))
    page.page.keyboard.press("Control+End")
    page.page.keyboard.press("Enter")
    page.page.keyboard.type(text)


def bar(page: LabPage) -> Locator:
    """The line above the notebook that tells of proposals."""
    return page.page.get_by_role("region", name="What Lumina proposes")


def shown(page: LabPage) -> Locator:
    """The changes that are shown in cells."""
    return page.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Lumina-proposal")


def wait_for(page: LabPage, cell_id: str, text: str) -> None:
    """Wait until a cell holds a text."""
    until(page, lambda: sources(page).get(cell_id) == text, f"{cell_id} should hold {text!r}")


def wait_for_all(page: LabPage, wanted: dict[str, str], otherwise: str) -> None:
    """Wait until the notebook holds exactly these cells."""
    until(page, lambda: sources(page) == wanted, otherwise)


def confirm(page: LabPage) -> None:
    """Say yes to the dialog that asks before a restore."""
    dialog = page.page.get_by_role("dialog").filter(has_text="kept in its history")
    dialog.get_by_role("button", name="Restore").click()
    expect(dialog).to_have_count(0)


def in_all_themes(page: LabPage, name: str, ours: str) -> None:
    """Keep what a page shows in each theme, and have it looked at for what shuts people out."""
    for theme in THEMES:
        page.theme(theme)
        page.screenshot(f"session-{name}-{theme}")
        assert violations(page.page, ours) == []
    page.theme(LIGHT)


class Session:
    """Ana and Ben, who have one notebook open, and an agent that works in it."""

    def __init__(self, browser: Browser, lab: Lab) -> None:
        self.lab = lab
        self.ana = somebody(browser, lab.server, "Ana", "#0b7285")
        self.ben = somebody(browser, lab.server, "Ben", "#a61e4d")
        self.people = (self.ana, self.ben)
        self.faults: list[str] = []
        """Errors of ours; JupyterLab has some of its own while its server is away."""
        for page in self.people:
            page.page.on("pageerror", self._note)
        self.report = f"{REPORT}\nprint('Ana was here')"
        self.wanted: dict[str, str] = {}

    def _note(self, error: Error) -> None:
        if "lumina" in f"{error.stack}".lower():
            self.faults.append(f"{error.stack}")

    @property
    def agent(self) -> Agent:
        """The agent."""
        return Agent(self.lab.server, NAME)

    @property
    def history(self) -> Locator:
        """Ana's panel of the notebook's history."""
        return self.ana.page.get_by_role("region", name="Notebook History")

    @property
    def moments(self) -> Locator:
        """What it lists."""
        return self.history.get_by_role("listitem")

    def the_agent_is_seen(self) -> None:
        """Who is there, and what the agent edits, is seen by both."""
        ana, ben = self.people
        type_at_the_end(ana, "report", "print('Ana was here')")
        ben.page.get_by_role("tab", name="Collaboration").click()
        others = ben.page.locator(".jp-CollaboratorsList")

        def is_seen() -> bool:
            # It leaves soon after an edit, so it goes on with it until everybody has seen it.
            self.agent.write("clean", BETTER_CLEAN, run="tidy")
            return all(self.sees_editing(page) for page in self.people) and "Lumina" in others.inner_text()

        until(ben, is_seen, "The agent is not seen.", every=500)
        ben.screenshot("session-editing")
        expect(others).to_contain_text("Ana")
        for page in self.people:
            expect(agent_item(page).get_by_role("status")).to_have_text("")
            expect(cell(page, "clean").locator(".jp-remote-cursor")).to_have_count(0)
        expect(others).not_to_contain_text("Lumina")

    def sees_editing(self, page: LabPage) -> bool:
        """Whether the agent is seen in a cell that it edits: in words, by a mark and by its cursor."""
        edited = cell(page, "clean")
        return (
            agent_item(page).get_by_role("status").inner_text() == "Lumina is editing cell 3"
            and edited.locator(".jp-Lumina-agentMark").all_inner_texts() == ["Lumina is editing"]
            and edited.locator(".jp-remote-cursor").count() == 1
        )

    def what_runs_is_stopped(self) -> None:
        """What it runs is seen, and stopped by whoever wants to, with the keyboard alone."""
        ana = self.ana
        self.agent.run("wait")
        for page in self.people:
            expect(agent_item(page).get_by_role("status")).to_have_text("Lumina is running cell 4")
            expect(agent_item(page).locator(".jp-Lumina-agentTime")).to_have_text(re.compile(r"^00:0[2-9]|00:[1-5]\d$"))
        in_all_themes(ana, "running", ".jp-Lumina-agent")
        stop = agent_item(ana).get_by_role("button", name="Stop Lumina")
        stop.focus()
        ana.page.keyboard.press("Enter")
        for page in self.people:
            expect(stop).to_have_count(0)
            expect(agent_item(page).get_by_role("status")).to_have_text("")
            expect(cell(page, "wait").locator(".jp-OutputArea-output")).to_contain_text("KeyboardInterrupt")
            expect(page.page.locator(".jp-Lumina-agentMark")).to_have_count(0)

    def proposals_are_decided(self) -> None:
        """One proposal is accepted by hunk, what is left of it and another one are refused."""
        ana, ben = self.people
        self.agent.propose(edit("model", MODEL, BETTER_MODEL), reason="The total left the tax out.", run="tax")
        expect(bar(ana)).to_contain_text("Lumina proposes a change to 1 cell")
        expect(shown(ana)).to_have_count(1)
        ana.screenshot("session-proposal", DARK, LIGHT)
        shown(ana).get_by_role("button", name="Accept change").first.click()
        for page in self.people:
            wait_for(page, "model", HALF_MODEL)
        expect(shown(ben)).to_contain_text("1 change left")
        shown(ben).get_by_role("button", name="Refuse change").click()
        self.agent.propose(
            edit("report", self.report, "print(f'{total:.2f}')"), reason="Two digits are enough.", run="digits"
        )
        expect(bar(ben)).to_contain_text("Two digits are enough.")
        bar(ben).get_by_role("button", name="Refuse all").click()
        for page in self.people:
            expect(shown(page)).to_have_count(0)
            wait_for(page, "model", HALF_MODEL)
            wait_for(page, "report", self.report)

    def an_edit_is_undone(self) -> None:
        """The agent's edit is undone after people typed on: theirs stays."""
        ana, ben = self.people
        type_at_the_end(ben, "clean", "kept_by_ben = 1")
        wait_for(ana, "clean", f"{BETTER_CLEAN}\nkept_by_ben = 1")
        cell(ana, "clean").locator(".jp-InputPrompt").click()
        agent_item(ana).get_by_role("button", name="More of what Lumina did").click()
        ana.screenshot("session-undo-menu")
        ana.page.get_by_role("menuitem", name=re.compile("Undo Lumina.s Last Change of This Cell")).click()
        for page in self.people:
            wait_for(page, "clean", f"{CLEAN}\nkept_by_ben = 1")
        ana.screenshot("session-undone")

    def the_history_has_names(self) -> None:
        """The history has the names of those who wrote."""
        ana = self.ana
        type_at_the_end(ana, "report", "ana_saw_it = 1")
        self.report += "\nana_saw_it = 1"
        until(ana, lambda: (on_disk(self.lab.server) or {}).get("report") == self.report, "It is not saved.")
        ana.page.get_by_role("button", name="What the notebook was").click()

        def all_are_named() -> bool:
            self.history.get_by_role("button", name="Refresh").click()
            named = [self.moments.filter(has_text=re.compile(rf"\bby\b.*{who}")) for who in ("Ana", "Ben", "Lumina")]
            return all(moments.count() for moments in named)

        until(ana, all_are_named, "Somebody is not named.")
        expect(self.moments.filter(has_text="Edited by an agent").first).to_contain_text("lab/m")
        in_all_themes(ana, "history", "#lumina-notebook-history")

    def the_server_is_killed(self) -> None:
        """The server is killed while both type, and nothing of it is lost."""
        ana, ben = self.people
        type_at_the_end(ana, "report", "ana_before_the_kill = 1")
        type_at_the_end(ben, "clean", "ben_before_the_kill = 1")
        self.lab.kill_and_start()
        type_at_the_end(ana, "report", "ana_after_the_kill = 1")
        self.wanted = {
            "head": "# Forecast\n\nUnits sold a month, and what comes next.",
            "load": LOAD,
            "clean": f"{CLEAN}\nkept_by_ben = 1\nben_before_the_kill = 1",
            "wait": WAIT,
            "model": HALF_MODEL,
            "report": f"{self.report}\nana_before_the_kill = 1\nana_after_the_kill = 1",
        }
        for page in self.people:
            wait_for_all(page, self.wanted, "An edit around the kill is missing.")
        until(ana, lambda: on_disk(self.lab.server) == self.wanted, "The file lacks an edit.")
        ana.screenshot("session-after-the-kill")

    def what_was_comes_back(self) -> None:
        """A cell comes back from the history, then all of the notebook."""
        ana = self.ana
        self.agent.write("model", "broken = True", run="slip")
        before = self.moments.filter(has_text="Before an agent")
        known = before.count()
        self.history.get_by_role("button", name="Refresh").click()
        expect(before).to_have_count(known + 1)
        before.first.get_by_role("button").click()
        expect(self.history.get_by_role("status")).to_have_text("1 cell differs from now.")
        self.history.get_by_role("button", name="Restore Cell #5").click()
        confirm(ana)
        for page in self.people:
            wait_for(page, "model", HALF_MODEL)
        self.history.get_by_role("button", name="All Moments").click()
        before.last.get_by_role("button").click()
        expect(self.history.get_by_role("status")).to_contain_text("differ from now.")
        ana.screenshot("session-compare", DARK, LIGHT)
        self.history.get_by_role("button", name="Restore Notebook…").click()
        confirm(ana)
        earlier = {**self.wanted, "clean": CLEAN, "model": MODEL, "report": f"{REPORT}\nprint('Ana was here')"}
        for page in self.people:
            wait_for_all(page, earlier, "The notebook is not what it was.")
        ana.screenshot("session-restored")
        self.history.get_by_role("button", name="See What It Was Before").click()
        self.history.get_by_role("button", name="Restore Notebook…").click()
        confirm(ana)

    def nothing_is_lost(self) -> None:
        """In the end nothing is lost: both see the same, and the file agrees."""
        ana, ben = self.people
        for page in self.people:
            wait_for_all(page, self.wanted, "Something is lost.")
        until(ana, lambda: on_disk(self.lab.server) == self.wanted, "The file lacks something.")
        cell(ben, "head").locator(".jp-InputPrompt, .jp-RenderedMarkdown").first.click()
        ben.screenshot("session-end")
        assert self.faults == []


@pytest.mark.timeout(900)
def test_two_people_and_an_agent(browser: Browser, lab: Lab) -> None:
    write(lab.server)
    session = Session(browser, lab)
    for page in session.people:
        page.open(NAME)
        page.wait_for_kernel()
    session.the_agent_is_seen()
    session.what_runs_is_stopped()
    session.proposals_are_decided()
    session.an_edit_is_undone()
    session.the_history_has_names()
    session.the_server_is_killed()
    session.what_was_comes_back()
    session.nothing_is_lost()
    for page in session.people:
        page.page.context.close()
