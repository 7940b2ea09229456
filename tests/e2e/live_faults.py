"""What live notebooks lose nothing through: in a real browser, and with an agent that writes all the while.

Each fault comes over two notebooks at once: one that a person has for herself, and one in which an agent writes into
the last cell.

Named so that the suite leaves it out: half of the faults do not come out the same each time yet. It is run by its path.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.cable import Cable, cable
from tests.e2e.page import LabPage
from tests.e2e.server import LabServer, running_lab, started_again
from tests.e2e.typist import Typist

PATIENCE = 60.0
"""Seconds that a condition may take to come true on a busy machine."""
AGENT = "agent"
SETTINGS = {
    "YDocExtension.document_cleanup_delay": "0.5",
    "YDocExtension.file_poll_interval": "0.3",
}


class Lab:
    """A JupyterLab behind a cable, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self.server = self._stack.enter_context(running_lab(folder, collaboration=True, settings=SETTINGS))
        # Else there would be two more kernels for every fault.
        folder = self.server.home / ".jupyter/lab/user-settings/@jupyterlab/notebook-extension"
        folder.mkdir(parents=True)
        (folder / "tracker.jupyterlab-settings").write_text('{"kernelShutdown": true}')
        self.cable: Cable = self._stack.enter_context(cable(self.server.port))

    @property
    def seen(self) -> LabServer:
        """The server as browsers reach it."""
        return replace(self.server, port=self.cable.port)

    def kill(self) -> None:
        self.server.process.kill()
        self.server.process.wait()

    def start(self) -> None:
        self.server = self._stack.enter_context(started_again(self.server))

    def lose_data(self) -> None:
        """All that the server knows of live notebooks is gone."""
        for found in list(self.server.home.rglob("updates.db")):
            shutil.rmtree(found.parents[1])

    @property
    def history(self) -> Path:
        """The file that grows with the notebooks' history."""
        (found,) = self.server.home.rglob("updates.db-wal")
        return found

    def ended(self, rooms: int) -> None:
        """Wait until so many rooms have ended since."""
        until(lambda: self._ended() >= rooms)

    def _ended(self) -> int:
        return self.server.log.read_text(errors="replace").count("Deleting Y document from memory")

    @property
    def rooms_ended(self) -> int:
        return self._ended()

    def close(self) -> None:
        self._stack.close()


@dataclass
class Desk:
    """A person at a page that shows one notebook; perhaps with an agent in it."""

    lab: Lab
    page: LabPage
    name: str
    agent: Typist | None = None

    @property
    def file(self) -> Path:
        return self.lab.server.root / self.name

    def open(self, sources: Sequence[str], agent: bool) -> None:
        """Write the notebook and open it; with a last cell for the agent, if there is to be one."""
        notebook = nbformat.v4.new_notebook()
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
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
        if self.page.page.url.startswith(f"{self.lab.seen.url}lab"):
            self.dismiss()
            self.page.command("application:close-all")
            self.page.command("filebrowser:open-path", {"path": self.name})
        else:
            self.page.open(self.name)
        until(lambda: self.page.cells.count() == cells, self.shown)
        self.page.cell(0).locator(".cm-content").wait_for()

    def put_cursor(self, index: int) -> None:
        self.dismiss()
        with suppress(PlaywrightError):
            self.page.cell(index).locator(".cm-content").click(timeout=2_000)
        self.keys("Control+End")

    def type(self, index: int, text: str) -> None:
        """Type at the end of a cell until it is there: JupyterLab's complaint about the server may come between."""
        want = self.shown()[index] + text

        def typed() -> bool:
            now = self.shown()[index]
            if now != want and want.startswith(now):
                self.put_cursor(index)
                if self.page.cell(index).locator(".cm-focused").count():
                    self.page.page.keyboard.type(want[len(now) :])
            return self.shown()[index] == want

        until(typed, self.shown)

    def dismiss(self) -> None:
        """Put JupyterLab's complaint about the server away."""
        complaint = self.page.page.locator(".jp-Dialog[aria-label^='Server Connection Error'] button")
        with suppress(PlaywrightError):
            if complaint.count():
                complaint.first.click(timeout=2_000)

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.page.keyboard.press(key)

    def shown(self) -> list[str]:
        """The texts of the person's cells on the page."""
        texts: list[str] = self.page.page.evaluate(SHOWN)
        return texts[:-1] if self.agent else texts

    def on_disk(self) -> list[str]:
        """The texts of the person's cells in the file; nothing while it is being written."""
        texts = self.all_on_disk()
        return texts[:-1] if self.agent else texts

    def all_on_disk(self) -> list[str]:
        try:
            cells = json.loads(self.file.read_text())["cells"]
        except ValueError:
            return []
        return ["".join(cell["source"]) for cell in cells]

    def edit_file(self, index: int, source: str) -> None:
        """Change one cell in the file, as another program does."""
        content = nbformat.read(self.file, 4)
        content.cells[index].source = source
        nbformat.write(content, self.file)

    def holds(self, want: Sequence[str]) -> None:
        """Wait until the page and the file both show just this, and go on doing so after a next edit."""
        until(lambda: self.shown() == list(want), self.describe(want))
        until(lambda: self.on_disk() == list(want), self.describe(want))
        # Only who is connected has this on disk: whatever comes with the connection has come by then.
        self.type(0, "!")
        proven = [want[0] + "!", *want[1:]]
        until(lambda: self.on_disk() == proven, self.describe(proven))
        until(lambda: self.shown() == proven, self.describe(proven))
        if self.agent is not None:
            self.agent.stop()
            everything = [*proven, "." * self.agent.written]
            until(lambda: self.all_on_disk() == everything, self.describe(everything))
            until(lambda: self.page.page.evaluate(SHOWN) == everything, self.describe(everything))
            assert self.agent.texts == everything
        self.dismiss()
        assert self.page.page.locator(".jp-Dialog").count() == 0

    def describe(self, want: Sequence[str]) -> Callable[[], str]:
        return lambda: f"want {want}, shown {self.shown()}, on disk {self.on_disk()}"


SHOWN = """() => [...document.querySelectorAll(
    ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell .jp-InputArea-editor .cm-content")]
    .map(each => [...each.querySelectorAll(".cm-line")].map(line => line.textContent).join("\\n"))"""


def until(condition: Callable[[], Any], describe: Callable[[], object] = lambda: "") -> None:
    """Wait until something holds, which it must within `PATIENCE`."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"It never held; {describe()}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = Lab(tmp_path_factory.mktemp("faults"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def pages(lab: Lab, browser: Browser) -> Iterator[list[Page]]:
    contexts = [browser.new_context(viewport={"width": 1000, "height": 700}) for _ in range(2)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


Sit = Callable[..., list[Desk]]


@pytest.fixture
def sit(lab: Lab, pages: list[Page], request: pytest.FixtureRequest) -> Iterator[Sit]:
    """Opens a notebook of these cells at two pages, at the second one with an agent in it."""
    desks: list[Desk] = []

    def begin(*sources: str) -> list[Desk]:
        lab.cable.mend()
        for number, page in enumerate(pages):
            name = "".join(letter for letter in request.node.name if letter.isalnum()) + f"{number}.ipynb"
            desks.append(Desk(lab, LabPage(page, lab.seen), name))
            desks[-1].open(sources, agent=number == 1)
        return desks

    yield begin
    for desk in desks:
        if desk.agent is not None:
            desk.agent.abandon()


@contextmanager
def away(lab: Lab, ended: int) -> Iterator[None]:
    """The cable is cut until so many rooms have ended."""
    before = lab.rooms_ended
    lab.cable.cut()
    yield
    lab.ended(before + ended)
    lab.cable.mend()


def write_two_cells(desk: Desk) -> list[str]:
    desk.type(0, "one")
    desk.keys("Escape", "b")
    until(lambda: len(desk.shown()) == 2, desk.shown)
    desk.type(1, "two")
    want = desk.shown()
    until(lambda: desk.on_disk() == want, desk.on_disk)
    return want


@pytest.mark.parametrize("first", ["", "zero"])
@pytest.mark.parametrize("data", ["kept", "gone"])
def test_the_server_is_killed(lab: Lab, sit: Sit, first: str, data: str) -> None:
    desks = sit(first)
    wants = [write_two_cells(desk) for desk in desks]
    lab.kill()
    if data == "gone":
        lab.lose_data()
    lab.start()
    for desk, want in zip(desks, wants, strict=True):
        assert want == [first + "one", "two"]
        desk.holds(want)


def test_a_page_sleeps_past_the_rooms_end(lab: Lab, sit: Sit) -> None:
    desks = sit("alpha", "beta")
    for desk in desks:
        desk.type(0, "_1")
        until(lambda seen=desk: seen.on_disk()[:1] == ["alpha_1"], desk.on_disk)  # type: ignore[misc]
    with away(lab, ended=1):
        pass
    for desk in desks:
        desk.holds(["alpha_1", "beta"])


def test_somebody_edits_while_away(lab: Lab, sit: Sit) -> None:
    desks = sit("alpha", "beta")
    with away(lab, ended=1):
        for desk in desks:
            desk.type(1, "_off")
    for desk in desks:
        desk.holds(["alpha", "beta_off"])


def test_the_file_changes_while_all_are_away(lab: Lab, sit: Sit) -> None:
    desks = sit("alpha", "beta")
    for desk in desks:
        desk.type(0, "_1")
        until(lambda seen=desk: seen.on_disk()[:1] == ["alpha_1"], desk.on_disk)  # type: ignore[misc]
    before = lab.rooms_ended
    lab.cable.cut()
    lab.ended(before + 1)
    for desk in desks:
        desk.edit_file(0, "alpha_git")
    lab.cable.mend()
    for desk in desks:
        desk.holds(["alpha_git", "beta"])


def test_somebody_edits_while_away_and_the_file_changes(lab: Lab, sit: Sit) -> None:
    desks = sit("alpha", "beta")
    before = lab.rooms_ended
    lab.cable.cut()
    for desk in desks:
        desk.type(1, "_off")
    lab.ended(before + 1)
    for desk in desks:
        desk.edit_file(0, "alpha_git")
    lab.cable.mend()
    for desk in desks:
        desk.holds(["alpha_git", "beta_off"])


def test_another_program_writes_the_file_while_somebody_types(sit: Sit) -> None:
    for desk in sit("alpha", "beta"):
        desk.put_cursor(0)
        for number, letter in enumerate("abcdefghijklmnopqrst"):
            desk.page.page.keyboard.type(letter, delay=60)
            if number == 9:
                desk.edit_file(1, "beta_git")
        desk.holds(["alphaabcdefghijklmnopqrst", "beta_git"])


def test_the_server_is_killed_right_after_typing_with_nobody_left(lab: Lab, sit: Sit, pages: list[Page]) -> None:
    desks = sit("alpha")
    for desk in desks:
        watcher = Typist(lab.server.url, lab.server.token, desk.name, "")
        watcher.start()
        desk.type(0, "_late")
        until(lambda seen=watcher: seen.texts[0] == "alpha_late")  # type: ignore[misc]
        # The history is written in order: with two later edits on the disk, this one is there too.
        for _ in range(2):
            written = lab.history.stat().st_mtime_ns
            watcher.touch()
            until(lambda since=written: lab.history.stat().st_mtime_ns != since)  # type: ignore[misc]
        watcher.abandon()
    lab.cable.cut()
    lab.kill()
    for page in pages:
        page.goto("about:blank")
    lab.start()
    lab.cable.mend()
    for desk in desks:
        desk.show(2 if desk.agent else 1)
        desk.holds(["alpha_late"])


def test_somebody_types_without_a_pause(sit: Sit) -> None:
    for desk in sit(""):
        desk.put_cursor(0)
        typed = 0
        end = time.monotonic() + PATIENCE
        while desk.on_disk() in ([""], []):
            assert time.monotonic() < end, "It was not saved while somebody typed."
            desk.page.page.keyboard.type("a", delay=50)
            typed += 1
        desk.holds(["a" * typed])
