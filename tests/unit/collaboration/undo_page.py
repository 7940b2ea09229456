"""A notebook into which a person and an agent write, one edit after the other, and what undo makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_ydoc import YNotebook
from pycrdt import Doc, Map

from lumina_jupyter.collaboration.document.converge import converge
from lumina_jupyter.collaboration.document.shared_cells import content_in
from lumina_jupyter.collaboration.document.splices import apply_pieces
from lumina_jupyter.collaboration.undo.replay import Replay
from lumina_jupyter.collaboration.undo.undone import Change


class Page:
    """A notebook with cells "a", "b", …, into which a person and an agent write; each write is known by its number."""

    def __init__(self, *sources: str, metadata: dict[str, Any] | None = None) -> None:
        self.notebook = YNotebook(Doc(client_id=1))
        cells = [code(chr(ord("a") + place), text) for place, text in enumerate(sources)]
        self.notebook.set({"cells": cells, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5})
        self.replay = Replay(self.notebook.ydoc.get_update())
        self._writes: list[int] = []
        self._number = 0

    def cell(self, id: str) -> Map[Any]:
        """The shared cell of that id."""
        return next(each for each in self.notebook.ycells if each["id"] == id)

    def move(
        self, id: str, to: int, other: Callable[[dict[str, Any]], object] = lambda copy: None
    ) -> Callable[[], None]:
        """What moves a cell, as Yjs can: a copy, of which something may be other, in the place of the cell."""

        def edit() -> None:
            cells = self.notebook.ycells
            place = next(place for place, each in enumerate(cells) if each["id"] == id)
            copy = cells[place].to_py()
            other(copy)
            del cells[place]
            cells.insert(to, self.notebook.create_ycell(copy))

        return edit

    def person(self, edit: Callable[[], object]) -> None:
        """A person does it."""
        self.replay.add(self._captured(edit))

    def agent(self, edit: Callable[[], object]) -> int:
        """The agent does it. Returns the write's number."""
        self._number += 1
        self._writes.append(self._number)
        self.replay.add(self._captured(edit), self._number)
        return self._number

    def replica(self) -> YNotebook:
        """The notebook of somebody who hears of nothing from now on."""
        notebook = YNotebook(Doc(client_id=9))
        notebook.ydoc.apply_update(self.notebook.ydoc.get_update())
        return notebook

    def arrive(self, replica: YNotebook) -> None:
        """What people wrote there arrives here."""
        update = replica.ydoc.get_update(self.notebook.ydoc.get_state())
        self.replay.add(update)
        self.notebook.ydoc.apply_update(update)

    def without(self, *writes: int, cell: str | None = None) -> dict[str, Any]:
        """The notebook without some of the agent's writes, or all, or without what they did to one cell."""
        change = Change(writes or tuple(self._writes), undone=True, cell=cell)
        return self.replay.content(self.replay.undone.after(change))

    def undo(self, *writes: int, undone: bool = True) -> dict[str, Any]:
        """Undo some of the agent's writes, or all, or redo them, in the document too. Returns what it shows then."""
        change = Change(writes or tuple(self._writes), undone)
        after = self.replay.undone.after(change)
        texts, content = self.replay.texts(after), self.replay.content(after)

        def edit() -> None:
            apply_pieces(self.notebook, texts)
            converge(self.notebook, content)

        self._number += 1
        self.replay.add_undo(self._captured(edit), self._number, change)
        assert content_in(self.notebook) == self.replay.content() == content
        return content

    def undo_and_redo(self) -> dict[str, Any]:
        """Undo all and redo it, twice. Returns what the document shows in between."""
        before = self.replay.content()
        shown = [self.undo(undone=undone) for undone in (True, False) * 2]
        assert shown == [shown[0], before] * 2
        return shown[0]

    def _captured(self, edit: Callable[[], object]) -> bytes:
        updates: list[bytes] = []
        document = self.notebook.ydoc
        subscription = document.observe(lambda event: updates.append(event.update))
        with document.transaction():
            edit()
        document.unobserve(subscription)
        return updates[0] if updates else b"\0\0"


def code(id: str, source: str) -> dict[str, Any]:
    return {"id": id, "cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
