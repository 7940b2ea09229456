"""A JupyterLab behind a cable, which can be killed and started again."""

from __future__ import annotations

import shutil
import sqlite3
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_ydoc import YNotebook

from tests.e2e.cable import Cable, cable
from tests.e2e.server import LabServer, choose, running_lab, started_again

PATIENCE = 60.0
"""Seconds that a condition may take to come true on a busy machine."""
SETTINGS = {
    "YDocExtension.document_cleanup_delay": "0.5",
    "YDocExtension.file_poll_interval": "0.3",
}


def until(condition: Callable[[], Any], describe: Callable[[], object] = lambda: "") -> None:
    """Wait until something holds, which it must within `PATIENCE`."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"It never held; {describe()}"
        time.sleep(0.05)


class BreakableLab:
    """A JupyterLab with shared notebooks; its rooms end soon after everybody has left.

    Args:
        folder: As `running_lab`'s.
    """

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self.server = self._stack.enter_context(running_lab(folder, collaboration=True, settings=SETTINGS, forked=True))
        self.cable: Cable = self._stack.enter_context(cable(self.server.port))

    @property
    def seen(self) -> LabServer:
        """The server as browsers reach it."""
        return replace(self.server, port=self.cable.port)

    def choose(self, extension: str, plugin: str, **settings: object) -> None:
        """Set what a person may set in one of JupyterLab's own plugins; pages know it when they are loaded again."""
        choose(self.server.home, extension, plugin, **settings)

    def kill(self) -> None:
        """End the server as a crash does."""
        self.server.process.kill()
        self.server.process.wait()

    def start(self) -> None:
        """Start the killed server again."""
        self.server = self._stack.enter_context(started_again(self.server))

    def lose_data(self) -> None:
        """All that the server knows of live notebooks is gone."""
        for found in list(self.server.home.rglob("updates.db")):
            shutil.rmtree(found.parents[1])

    @contextmanager
    def away(self, ended: int) -> Iterator[None]:
        """Cut the cable, until what is done meanwhile is done and so many rooms have ended."""
        before = self._rooms_ended()
        self.cable.cut()
        yield
        until(lambda: self._rooms_ended() >= before + ended)
        self.cable.mend()

    def kept_cells(self) -> list[str]:
        """The first cells of all notebooks in the history on the disk; none while it is being written."""
        (found,) = self.server.home.rglob("updates.db")
        # The server has it for itself: what a copy holds, the disk holds.
        with TemporaryDirectory() as folder, suppress(OSError, sqlite3.DatabaseError):
            for each in found.parent.glob("updates.db*"):
                shutil.copy(each, folder)
            with closing(sqlite3.connect(Path(folder) / found.name)) as database:
                updates = database.execute("SELECT room, data, squashed FROM updates ORDER BY number").fetchall()
            rooms: defaultdict[str, YNotebook] = defaultdict(YNotebook)
            for room, update, squashed in updates:
                rooms[room].ydoc.apply_update(zlib.decompress(update) if squashed else update)
            return [str(notebook.ycells[0]["source"]) for notebook in rooms.values() if len(notebook.ycells)]
        return []

    def _rooms_ended(self) -> int:
        return self.server.log.read_text(errors="replace").count("Deleting Y document from memory")

    def close(self) -> None:
        """End it."""
        self._stack.close()
