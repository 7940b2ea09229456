"""People and an agent at a notebook's file, which nobody has open; with restarts and crashes of whoever serves it."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from jupyter_ydoc import YNotebook

from lumina_jupyter.collaboration import Author
from lumina_jupyter.collaboration.document.repair import understood
from lumina_jupyter.collaboration.document.shared_cells import content_in
from lumina_jupyter.collaboration.replicas.places import DiskPlaces, Places
from lumina_jupyter.collaboration.replicas.watching import Watching
from lumina_jupyter.collaboration.snapshots.snapshots import Snapshots
from lumina_jupyter.collaboration.undo.undoing import Undoing
from lumina_jupyter.errors import NotFound
from lumina_jupyter.settings import Lumina

from .undo_world import AGENT, Peer, World

NAME = "n.ipynb"
PERSON = "p0"
Save = Callable[[dict[str, Any]], Awaitable[None]]


class FileWorld(World):
    """A folder with a notebook and Lumina's data. `happen` makes one thing happen, chosen by four numbers.

    Args:
        folder: Holds `notebooks/` and `data/`.
        places: Where the notebook is to be had; on this machine's disk when omitted.
        save: How people save what they wrote; into the file when omitted.
    """

    def __init__(self, folder: Path, places: Places | None = None, save: Save | None = None) -> None:
        super().__init__(people=1)
        self.folder = folder
        self._places = places
        self._save = save or self._into_the_file
        self.steps = 0
        self._unseen = False
        self.restarts = 0
        (folder / "notebooks").mkdir(parents=True, exist_ok=True)
        (folder / "data").mkdir(exist_ok=True)
        self.file = folder / "notebooks" / NAME
        self.file.write_text(json.dumps(content_in(self.server.notebook)))
        self.undoing = self._begun()

    def _begun(self) -> Undoing:
        settings = Lumina(data_dir=str(self.folder / "data"))
        places = self._places or DiskPlaces(self.folder / "notebooks")
        return Undoing(places, settings, Watching(), Snapshots(settings))

    def _cell(self, by: str, length: int) -> dict[str, Any]:
        cell = super()._cell(by, length)
        del cell["_place"]
        return cell

    def _move(self, peer: Peer, by: str, b: int, c: int) -> None:
        cells = peer.notebook.ycells
        cell = cells[b % len(cells)].to_py()
        # Who moves which: where people wrote beside what the agent moved, an undo can put that at another place.
        if (int(cell["id"][1:]) % 2 == 0) != (by == AGENT):
            return
        del cells[b % len(cells)]
        cells.insert(c % (len(cells) + 1), self._shared(peer, cell))

    # --- what happens -----------------------------------------------------------------------------

    async def happen(self, what: int, a: int, b: int, c: int) -> None:
        if what < 90:
            await self.agent_writes(a, b, c, count=1 + what % 3)
        elif what < 180:
            await self.person_saves(a, b, c)
        elif what < 205:
            await self.restart()
        elif what < 220:
            self.crash()
        elif what < 230:
            await self.crash_before_saving(a, b, c)
        else:
            await self.undo_some(a, b, redo=what >= 245)
        self._look_at(Peer("file", _document(self.on_disk())))

    async def agent_writes(self, a: int, b: int, c: int, count: int = 1) -> None:
        self.steps += 1
        document = await self.undoing.notebooks.open(NAME)

        def edits(notebook: YNotebook) -> None:
            for at in range(count):
                self._edit(Peer(AGENT, notebook), AGENT, (a + 37 * at) % 256, b, c)

        await document.write(Author(run="run", step=self.steps), edits)

    async def person_saves(self, a: int, b: int, c: int) -> None:
        if self._unseen:
            # Of two edits that are seen as one, what little lies between them counts as written anew.
            await self.all_of_it(run="nobody's")
        person = Peer(PERSON, _document(self.on_disk()))
        self._edit(person, PERSON, a, b, c)
        await self._save(content_in(person.notebook))
        # Whoever serves the notebook sees it at once, or with the next write, or only after a restart.
        self._unseen = a % 3 != 0
        if not self._unseen:
            await (await self.undoing.notebooks.open(NAME)).read()

    async def restart(self) -> None:
        self.restarts += 1
        await self.undoing.close()
        self.undoing = self._begun()

    def crash(self) -> None:
        """What is not on the disk is gone: the dead process goes on in a copy that nobody looks at."""
        self.restarts += 1
        dead = self.folder.with_name(f"{self.folder.name}-dead-{self.restarts}")
        shutil.copytree(self.folder, dead)
        for name in ("data", "notebooks"):
            (self.folder / name).rename(dead / f"{name}-open")
            shutil.copytree(dead / name, self.folder / name)
        self.undoing = self._begun()

    async def crash_before_saving(self, a: int, b: int, c: int) -> None:
        before = self.file.read_bytes()
        await self.agent_writes(a, b, c)
        self.crash()
        self.file.write_bytes(before)
        # What people do to the file before that is found out could be meant for either state of it.
        await self.all_of_it(run="nobody's")

    async def undo_some(self, a: int, b: int, *, redo: bool) -> None:
        steps = await self.undoing.steps(NAME)
        if not steps:
            return
        step = steps[a % len(steps)]
        cell = sorted(step.cells)[b % len(step.cells)] if b % 4 == 0 and step.cells else None
        act = self.undoing.redo if redo else self.undoing.undo
        with contextlib.suppress(NotFound):  # it is already so
            await act(NAME, run=step.run, step=None if b % 5 == 0 else step.step, cell=cell)

    async def all_of_it(self, *, redo: bool = False, run: str = "run") -> None:
        """Undo, or bring again, whatever the agent did."""
        with contextlib.suppress(NotFound):
            await (self.undoing.redo if redo else self.undoing.undo)(NAME, run=run)

    # --- what is there ----------------------------------------------------------------------------

    def on_disk(self) -> dict[str, Any]:
        return content_in(_document(understood(self.file.read_bytes(), NAME)))

    async def _into_the_file(self, content: dict[str, Any]) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(content))
        new.replace(self.file)


def _document(content: dict[str, Any]) -> YNotebook:
    notebook = YNotebook()
    notebook.set(content)
    if not content["cells"]:
        notebook.ycells.clear()  # it puts an empty one where there is none
    return notebook
