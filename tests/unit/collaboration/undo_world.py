"""People and an agent in one notebook, with slow and unordered connections; and what people's edits alone produce.

Every character, output and value that anybody writes is unique. So it is known of each, with no replay and no Yjs, who
wrote it and who took it away, and whether it is to be there when all that the agent did is undone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jupyter_ydoc import YNotebook
from pycrdt import Doc

from lumina_jupyter.collaboration.document.converge import converge
from lumina_jupyter.collaboration.document.shared_cells import content_in
from lumina_jupyter.collaboration.document.splices import apply_pieces
from lumina_jupyter.collaboration.undo.replay import Replay
from lumina_jupyter.collaboration.undo.undone import Change

AGENT = "agent"
FIRST_CHARACTER = 0x4E00


@dataclass
class Told:
    """Who wrote a thing and who of the people took it away."""

    by: str
    cell: str
    taken: bool = False


@dataclass
class Peer:
    """One replica, and what is on its way to it."""

    name: str
    notebook: YNotebook
    inbox: list[tuple[str, bytes]] = field(default_factory=list)
    outbox: list[bytes] = field(default_factory=list)

    @property
    def doc(self) -> Doc[Any]:
        doc: Doc[Any] = self.notebook.ydoc
        return doc


class World:
    """All of them. `step` makes one thing happen, chosen by four numbers."""

    def __init__(self, people: int = 2) -> None:
        self._number = 0
        self.things: dict[str, Told] = {}
        self.cells: dict[str, Told] = {}
        self.values: dict[tuple[str, str], list[tuple[str, int | None]]] = {}
        self.orders: set[tuple[str, ...]] = set()
        self.cell_orders: set[tuple[tuple[str, str], ...]] = set()
        self.server = Peer("server", YNotebook(Doc(client_id=1)))
        self.server.notebook.set(
            {"cells": [self._cell("base", 3) for _ in range(3)], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        )
        base = self.server.doc.get_update()
        self.people = [Peer(f"p{number}", YNotebook(Doc(client_id=10 + number))) for number in range(people)]
        for person in self.people:
            person.doc.apply_update(base)
        self.journal: list[tuple[bytes, int | None, Change | None]] = []
        self.base = base
        self.replay = Replay(base)
        self.writes: list[int] = []

    # --- unique things ----------------------------------------------------------------------------

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _text(self, by: str, cell: str, length: int) -> str:
        text = "".join(chr(FIRST_CHARACTER + self._next()) for _ in range(length))
        self.things.update((character, Told(by, cell)) for character in text)
        return text

    def _cell(self, by: str, length: int) -> dict[str, Any]:
        cell_id = f"c{self._next()}"
        self.cells[cell_id] = Told(by, cell_id)
        source = self._text(by, cell_id, length)
        return {
            "id": cell_id,
            "cell_type": "code",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "_place": by,
        }

    def _output(self, by: str, cell: str) -> dict[str, Any]:
        name = f"o{self._next()}"
        self.things[name] = Told(by, cell)
        numbers = {"whole": self._number, "other": [self._number / 2]}
        return {"output_type": "display_data", "data": {"text/plain": name}, "metadata": numbers}

    # --- what happens -----------------------------------------------------------------------------

    def step(self, what: int, a: int, b: int, c: int) -> None:
        if what < 60:
            self.by_agent(a, b, c, count=1 + what % 3)
        elif what < 190:
            self.by_person(self.people[what % len(self.people)], a, b, c)
        elif what < 215:
            self.deliver(what, a, b)
        elif what < 235:
            self.undo(a, b, undone=True)
        elif what < 245:
            self.undo(a, b, undone=False)
        else:
            self.settle()
        for peer in [self.server, *self.people]:
            self._look_at(peer)

    def by_agent(self, a: int, b: int, c: int, count: int = 1) -> None:
        number = len(self.journal)

        def edits() -> None:
            for at in range(count):
                self._edit(self.server, AGENT, (a + 37 * at) % 256, b, c)

        update = self._captured(self.server, edits, f"lumina:agent:run:{number}")
        if update:
            self.replay.add(update, number)
            self.journal.append((update, number, None))
            self.writes.append(number)
            self._tell(update, AGENT)

    def by_person(self, person: Peer, a: int, b: int, c: int) -> None:
        if a % 16 == 7:
            self._move_by_person(person, b, c)
            return
        update = self._captured(person, lambda: self._edit(person, person.name, a, b, c), None)
        if update:
            person.outbox.append(update)

    def _move_by_person(self, person: Peer, b: int, c: int) -> None:
        # Yjs itself loses what one person writes into a cell while another moves it.
        self._send_all()
        for other in self.people:
            late = len(other.inbox) if other is person else 0
            while late and other.inbox[late - 1][0] == AGENT:
                late -= 1
            self._receive_all(other, keep=late if other is person and c % 2 else None)
        update = self._captured(person, lambda: self._move(person, person.name, b, c), None)
        if update:
            person.outbox.append(update)
        self.settle()

    def deliver(self, what: int, a: int, b: int) -> None:
        person = self.people[what % len(self.people)]
        for _ in range(1 + b % 4):
            if person.outbox:
                self._arrive(person.outbox.pop(0), person)
            if person.inbox:
                # What different people sent comes in any order; what one sent, in its own.
                sender = person.inbox[a % len(person.inbox)][0]
                first = next(at for at, (name, _) in enumerate(person.inbox) if name == sender)
                person.doc.apply_update(person.inbox.pop(first)[1])

    def settle(self) -> None:
        """Everything arrives everywhere."""
        self._send_all()
        for person in self.people:
            self._receive_all(person)

    def undo(self, a: int, b: int, *, undone: bool) -> None:
        cell = None
        if b % 4 == 0:
            cells = [cell["id"] for cell in content_in(self.server.notebook)["cells"]]
            cell = cells[a % len(cells)] if cells else None
        writes = self.writes if b % 3 == 0 else self.writes[a % len(self.writes) :][:1] if self.writes else []
        self.change(Change(tuple(writes), undone, cell))

    def change(self, change: Change) -> None:
        # What is typed while an undo takes a cell away is lost with it, as with any delete.
        self.settle()
        after = self.replay.undone.after(change)
        target = self.replay.content(after)
        texts = self.replay.texts(after)
        number = len(self.journal)

        def edits() -> None:
            apply_pieces(self.server.notebook, texts)
            converge(self.server.notebook, target)

        update = self._captured(self.server, edits, f"lumina:undo:run:{number}") or b"\0\0"
        self.replay.add_undo(update, number, change)
        self.journal.append((update, number, change))
        self._tell(update, AGENT)
        self.settle()

    # --- wires ------------------------------------------------------------------------------------

    def _captured(self, peer: Peer, edits: Callable[[], object], origin: str | None) -> bytes:
        updates: list[bytes] = []
        subscription = peer.doc.observe(lambda event: updates.append(event.update))
        with peer.doc.transaction(origin=origin):
            edits()
        peer.doc.unobserve(subscription)
        return updates[0] if updates and updates[0] != b"\0\0" else b""

    def _tell(self, update: bytes, sender: str) -> None:
        for person in self.people:
            if person.name != sender:
                person.inbox.append((sender, update))

    def _arrive(self, update: bytes, person: Peer) -> None:
        self.replay.add(update)
        self.journal.append((update, None, None))
        self.server.doc.apply_update(update)
        self._tell(update, person.name)

    def _send_all(self) -> None:
        for person in self.people:
            while person.outbox:
                self._arrive(person.outbox.pop(0), person)

    def _receive_all(self, person: Peer, keep: int | None = None) -> None:
        arriving = person.inbox if keep is None else person.inbox[:keep]
        person.inbox = [] if keep is None else person.inbox[keep:]
        for _, update in arriving:
            person.doc.apply_update(update)

    # --- edits ------------------------------------------------------------------------------------

    def _edit(self, peer: Peer, by: str, a: int, b: int, c: int) -> None:
        cells = peer.notebook.ycells
        kind = a % 16
        if kind == 0 or not len(cells):
            cells.insert(b % (len(cells) + 1), self._shared(peer, self._cell(by, c % 3)))
        elif kind == 1 and by == AGENT:
            self._move(peer, by, b, c)
        elif kind == 2:
            self._delete_cell(peer, by, b % len(cells))
        elif kind < 5:
            self._set_value(peer, by, b, c)
        elif kind < 7:
            self._set_outputs(peer, by, b, c)
        else:
            self._type(peer, by, b, c)

    def _shared(self, peer: Peer, cell: dict[str, Any]) -> Any:
        return peer.notebook.create_ycell(cell)

    def _type(self, peer: Peer, by: str, b: int, c: int) -> None:
        shared = peer.notebook.ycells[b % len(peer.notebook.ycells)]
        text = shared["source"]
        now = str(text)
        begin = c % (len(now) + 1)
        end = min(begin + (b >> 4) % 3, len(now))
        if end > begin:
            del text[3 * begin : 3 * end]
            self._taken(now[begin:end], by)
        if (b >> 6) or end == begin:
            text.insert(3 * begin, self._text(by, shared["id"], 1 + c % 3))

    def _taken(self, things: Any, by: str) -> None:
        for thing in things:
            if by != AGENT:
                self.things[thing].taken = True

    def _delete_cell(self, peer: Peer, by: str, at: int) -> None:
        cell_id = peer.notebook.ycells[at]["id"]
        if by != AGENT:
            self.cells[cell_id].taken = True
        del peer.notebook.ycells[at]

    def _move(self, peer: Peer, by: str, b: int, c: int) -> None:
        cells = peer.notebook.ycells
        if not len(cells):
            return
        at = b % len(cells)
        cell = cells[at].to_py()
        # Who moves which: two copies of one cell, made at the same time, are two cells for Yjs.
        if (int(cell["id"][1:]) % 2 == 0) != (by == AGENT):
            return
        cell["_place"] = by if by == AGENT else f"{by}{self._next()}"
        del cells[at]
        cells.insert(c % (len(cells) + 1), self._shared(peer, cell))

    def _set_value(self, peer: Peer, by: str, b: int, c: int) -> None:
        shared = peer.notebook.ycells[b % len(peer.notebook.ycells)]
        key = self.people[c % len(self.people)].name if by == AGENT else by
        metadata = shared["metadata"]
        value = None if c % 4 == 0 else self._next()
        if value is not None:
            metadata[key] = value
        elif key in metadata:
            del metadata[key]
        else:
            return
        if by != AGENT:
            self.values.setdefault((shared["id"], key), []).append((by, value))

    def _set_outputs(self, peer: Peer, by: str, b: int, c: int) -> None:
        shared = peer.notebook.ycells[b % len(peer.notebook.ycells)]
        outputs = shared["outputs"]
        if c % 3 == 0 and len(outputs):
            self._taken([output["data"]["text/plain"] for output in outputs.to_py()], by)
            outputs.clear()
        else:
            outputs.extend(peer.notebook._create_youtputs([self._output(by, shared["id"])]))

    # --- what is to be ----------------------------------------------------------------------------

    def _look_at(self, peer: Peer) -> None:
        cells = peer.notebook.ycells.to_py() or []
        for cell in cells:
            self.orders.add(tuple(cell["source"]))
            self.orders.add(tuple(output["data"]["text/plain"] for output in cell["outputs"]))
        self.cell_orders.add(
            tuple((cell["id"], cell["_place"]) for cell in cells if cell.get("_place", AGENT) != AGENT)
        )

    def check_alone(self, content: dict[str, Any]) -> None:
        """That a content is what people's edits alone produce."""
        left = {
            name
            for name, told in self.things.items()
            if told.by != AGENT and not told.taken and not self.cells[told.cell].taken
        }
        kept = {self.things[name].cell for name in left if len(name) == 1}
        cells = {name for name, told in self.cells.items() if not told.taken and (told.by != AGENT or name in kept)}
        assert [cell["id"] for cell in content["cells"]].count("") == 0
        assert sorted(cell["id"] for cell in content["cells"]) == sorted(cells)
        left = {name for name in left if self.things[name].cell in cells}
        found: set[str] = set()
        for cell in content["cells"]:
            outputs = [output["data"]["text/plain"] for output in cell["outputs"]]
            for sequence in (list(cell["source"]), outputs):
                assert {self.things[name].cell for name in sequence} <= {cell["id"]}
                assert len(set(sequence)) == len(sequence)
                found.update(sequence)
                self._check_order(sequence)
            self._check_values(cell)
        assert found == left
        self._check_cell_order(content)

    def _check_order(self, sequence: list[str]) -> None:
        place = {name: at for at, name in enumerate(sequence)}
        for seen in self.orders:
            places = [place[name] for name in seen if name in place]
            assert places == sorted(places)

    def _check_cell_order(self, content: dict[str, Any]) -> None:
        place = {(cell["id"], cell.get("_place", AGENT)): at for at, cell in enumerate(content["cells"])}
        for seen in self.cell_orders:
            places = [place[each] for each in seen if each in place]
            assert places == sorted(places)

    def _check_values(self, cell: dict[str, Any]) -> None:
        wanted = {}
        for (cell_id, key), written in self.values.items():
            if cell_id == cell["id"] and written[-1][1] is not None:
                wanted[key] = written[-1][1]
        assert cell["metadata"] == wanted
