"""A participant who returns with a history that the room does not share.

The room was built anew of the file, or of something else; the participant's document was built before. Were the two
joined as they are, every cell would be there twice. So what the participant has is merged by content, and the cells
of the strange history go in the same transaction in which they come: both sides then show the same, once.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ..document.author import Author
from ..document.converge import converge
from ..document.shared_cells import content_in, copy_of
from ..merging.divided import joined_ids
from ..merging.text_merge import with_common_insertions
from .histories import beginnings, forget_other_beginnings
from .merging import deleted_by, merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pycrdt import Array, Doc

    from .room import LiveRoom


class Stranger:
    """One such participant.

    Args:
        room: The room that it comes to.
        updates: All of its document.
    """

    def __init__(self, room: LiveRoom, updates: Iterable[bytes]) -> None:
        from pycrdt import Doc

        self._room = room
        self._whole: Doc[Any] = Doc()
        for update in updates:
            self._whole.apply_update(update)
        self._last: dict[str, Any] = {}
        self._found: dict[str, Any] = {}
        """What the room was when it came: it may have much of the strange history, by way of the file."""

    async def welcome(self) -> Stranger:
        """Take its whole document into the room; the one to go on with.

        Whoever shares the strange history with somebody who came before is the same stranger: what both of them had
        seen is there already, and only what the second one adds is new.
        """
        room, update = self._room, self._whole.get_update()
        history = beginnings(self._whole)
        # Of histories that somebody else began, two may have nothing in common.
        known = room.strangers.get(history) if history else None
        if known is not None:
            known.edits(update, arrives=True)
            return known
        await room.remembered()
        theirs = self._last = await asyncio.to_thread(lambda: content_in(copy_of(update)))
        ours, _ = await room.content()
        self._found = ours
        theirs = self._last = named_alike(theirs, ours)
        snapshot = await room.keeping.keep_copy(room.key, ours, "before_reconnect", room.path)
        await room.keeping.keep_copy(room.key, theirs, "before_reconnect", room.path)
        state = self._whole.get_state()
        base = await asyncio.to_thread(room.keeping.records.ancestor, room.key, room.record, theirs, state)
        if base is not None:
            # A cell that is missing in an old copy may be younger than the copy: nothing is deleted for that.
            joined = joined_ids(base, theirs)
            there = {cell.get("id") for cell in theirs["cells"]} | joined
            base = {**base, "cells": [cell for cell in base["cells"] if cell.get("id") in there]}
            room.deletions.allow(joined)
            base = await asyncio.to_thread(with_shared, base, theirs, ours)
        conflict = join(room, update, theirs, base)
        message = "Somebody came back with a copy from before the server's data was lost; what was new in it is here."
        room.keeping.tell("conflict" if conflict else "reconnected", room.path, message, snapshot)
        room.strangers[history] = self
        return self

    def edits(self, update: bytes, *, arrives: bool = False) -> None:
        """Take in what it has edited meanwhile: in its own cells, or in the room's if it has them already.

        Some of that the room may have had before, if it is what somebody else of the same history `arrives` with.
        """
        self._whole.apply_update(update)
        room, before = self._room, self._room.read()
        now = named_alike(content_in(copy_of(self._whole.get_update())), before)
        author = Author(run=uuid4().hex[:12], kind="merge")
        with room.deletions.unseen(), room.ydoc.transaction(origin=author.origin):
            _graft(room, update, self._whole)
            # What the update did to the room's own cells is done by now.
            base = with_shared(self._last, now, self._found) if arrives else self._last
            target, _ = merged(base, room.read(), now)
            room.deletions.allow(deleted_by(before, target))
            converge(room.document, target)
        self._last = now


def with_shared(base: dict[str, Any], theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """The base with the texts that both have put into its cells since: what both have of one history is nobody's news."""
    before, now = ({cell["id"]: cell["source"] for cell in each["cells"]} for each in (ours, theirs))

    def shared(cell: dict[str, Any]) -> dict[str, Any]:
        source, here, there = cell["source"], before.get(cell["id"]), now.get(cell["id"])
        if here is None or there is None or source in (here, there):
            return cell
        return {**cell, "source": with_common_insertions(source, there, here)}

    return {**base, "cells": [shared(cell) for cell in base["cells"]]}


def named_alike(theirs: dict[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which cells that only have another id, as those of a file without ids, have the one that ours have."""
    known, used = {cell["id"] for cell in ours["cells"]}, {cell["id"] for cell in theirs["cells"]}
    free: dict[tuple[str, str], list[str]] = {}
    for cell in ours["cells"]:
        if cell["id"] not in used:
            free.setdefault((cell["cell_type"], cell["source"]), []).append(cell["id"])
    cells = []
    for cell in theirs["cells"]:
        alike = [] if cell["id"] in known else free.get((cell["cell_type"], cell["source"]), [])
        cells.append({**cell, "id": alike.pop(0)} if alike else cell)
    return {**theirs, "cells": cells}


def join(room: LiveRoom, update: bytes, theirs: Mapping[str, Any], base: Mapping[str, Any] | None) -> bool:
    """Take a whole strange document in, in one transaction; whether both had changed the same."""
    from pycrdt import Doc

    whole: Doc[Any] = Doc()
    whole.apply_update(update)
    target, conflict = merged(base, room.read(), theirs)
    author = Author(run=uuid4().hex[:12], kind="merge")
    with room.deletions.unseen(), room.ydoc.transaction(origin=author.origin):
        _graft(room, update, whole)
        converge(room.document, target)
    return conflict


def _graft(room: LiveRoom, update: bytes, whole: Doc[Any]) -> None:
    """Take an update in without the cells of the strange history, which `whole` is."""
    from pycrdt import Array

    document = room.document
    began = beginnings(room.ydoc)
    state = {name: document.ystate.get(name) for name in ("dirty", "hash", "path", "document_id")}
    strange = set(_items(whole.get("cells", type=Array))) - set(_items(document.ycells))
    room.ydoc.apply_update(update)
    items = _items(document.ycells)
    for index in range(len(items) - 1, -1, -1):
        if items[index] in strange:
            del document.ycells[index]
    forget_other_beginnings(room.ydoc, began)
    for name, value in state.items():
        if value is not None and document.ystate.get(name) != value:
            document.ystate[name] = value


def _items(cells: Array[Any]) -> list[tuple[int, int]]:
    """What names each shared cell for good: who made it, and when in that one's edits."""
    from pycrdt import Assoc

    found = []
    for index in range(len(cells)):
        item = cells.sticky_index(index, Assoc.AFTER).to_json()["item"]
        found.append((item["client"], item["clock"]))
    return found
