"""A notebook's history: its moments, what changed between two of them, and a way back to each.

A moment is a snapshot, or what an agent did in one run.
"""

from __future__ import annotations

import asyncio
import stat
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from ...errors import CellGone, NotebookUnreadable, NotFound
from ...storage.folders import write_atomically
from ..document.author import Author
from ..document.converge import Changes, converge
from ..document.repair import repaired
from ..document.shared_cells import content_in, copy_of
from ..document.storable import same
from ..replicas.disk_file import disk_key, serialized
from .comparison import Comparison, compare
from .gone import GoneNotebook, GoneNotebooks
from .notebook_blobs import TRUSTED
from .snapshot_index import Snapshot
from .snapshots import Snapshots

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook

    from ..document.document import NotebookDocument
    from ..replicas.notebooks import Notebooks
    from ..undo.undo import Step

AGENT_KINDS = ("agent", "proposal")
"""The kinds of authors whose runs are moments."""
NOW = "now"
"""Names the notebook as it is, where another moment could be named."""
MOST_ATTEMPTS = 3
"""How often it is kept anew before a restore while others go on editing it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of a notebook's history. `at` is in seconds since 1970.

    A run has no content of its own: `id` is its name, `steps` counts what can be undone of it, `cells` those that it
    concerned, and its reason is "run", or "undone_run" when all of it is undone. `added`, `edited` and `removed` count
    the cells that it changed; those of a snapshot, what changed since the snapshot before.
    """

    id: str
    at: float
    kind: Literal["snapshot", "run"]
    reason: str
    by: str = ""
    run: str = ""
    model: str = ""
    steps: int = 0
    cells: int = 0
    size: int = 0
    """Bytes of the notebook's JSON."""
    added: int = 0
    edited: int = 0
    removed: int = 0
    changed_by: str = ""
    """Whose edits a snapshot has beyond the one before; empty when unknown."""
    damaged: bool = False
    """Whether it is not on the disk as it was stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentView:
    """A moment with what it holds, or what changed from it to another one."""

    moment: Moment
    against: str = ""
    content: dict[str, Any] | None = None
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did, by the ids of cells. `undo` is the snapshot of the notebook as it was before.

    In place of a file that was no notebook all cells are new, and `undo` is of what the file held, if anything. Of a
    notebook that was gone all cells are new, and there is no `undo`.
    """

    snapshot: str
    undo: str
    path: str
    inserted: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    changed: bool = False
    """Whether the notebook was not as it is now before; without that there is no `undo`."""


PlaceOf = Callable[[str], Awaitable[Path | None]]
StepsOf = Callable[[str], Awaitable[Sequence["Step"]]]
"""What agents did to the notebook at a path and can be undone, the oldest first."""


class History:
    """The history of every notebook.

    Args:
        notebooks: Opens notebooks.
        snapshots: Where their earlier states are.
        place: The file of the notebook at a path, absolute; None where it is not on a disk of this machine.
        steps: What agents did.
    """

    def __init__(
        self,
        notebooks: Notebooks,
        snapshots: Snapshots,
        place: PlaceOf | None = None,
        steps: StepsOf | None = None,
    ) -> None:
        self.snapshots = snapshots
        self._notebooks = notebooks
        self._place = place
        self._steps = steps
        self._linked: set[tuple[str, str]] = set()
        self._gone = GoneNotebooks(notebooks.places, snapshots)

    async def gone(self) -> list[GoneNotebook]:
        """The notebooks that have a history and no file any more, the last kept first.

        Raises:
            StorageFailed: when the lists of moments cannot be read.
        """
        return await self._gone.all()

    async def moments(self, path: str, *, limit: int = 200, user: str = "") -> list[Moment]:
        """A notebook's moments, the newest first; also of one that is gone.

        Raises:
            NotFound: when there is no such notebook, and nothing is kept of one.
            LuminaError: when its history cannot be read.
        """
        try:
            document = await self._open(path, user)
        except NotFound as missing:
            key = await self._gone.key(path, missing)
            return await asyncio.to_thread(self._snapshot_moments, key, limit)
        found = await asyncio.to_thread(self._snapshot_moments, document.key, limit)
        runs = [] if self._steps is None else run_moments(await self._steps(document.path))
        return sorted([*found, *runs], key=lambda each: each.at, reverse=True)[:limit]

    async def view(self, path: str, given: str, *, against: str = "", user: str = "") -> MomentView:
        """A moment's notebook; or with `against`, a snapshot's id or "now", what changed from it to that.

        Raises:
            NotFound: when there is no such notebook or moment.
            SnapshotDamaged: when it is not as it was stored.
        """
        document: NotebookDocument | None = None
        try:
            document = await self._open(path, user)
            key = document.key
        except NotFound as missing:
            key = await self._gone.key(path, missing)
        content, snapshot = await asyncio.to_thread(self._read, key, given)
        moment = _moment(snapshot)
        if not against:
            return MomentView(moment=moment, content=content)
        other = await self._content(document, key, against)
        comparison = await asyncio.to_thread(compare, content, other)
        return MomentView(moment=moment, against=against, comparison=comparison)

    async def restore(self, path: str, given: str, *, cell: str = "", user: str = "") -> Restored:
        """Make the notebook what it was, or one cell of it; everybody who has it open sees it, and it can be undone.

        What it is now is kept first. One that is gone is written anew.

        Raises:
            NotFound: when there is no such notebook or moment.
            InvalidOption: when it is gone, and only a cell of it is to come back.
            CellGone: when the moment has no such cell.
            NotebookUnreadable: when the moment is of a file that was no notebook.
            SnapshotDamaged: when it is not as it was stored; the notebook stays as it is.
            DiskFull: when what it is now cannot be kept; it stays as it is.
        """
        try:
            document = await self._open(path, user)
        except NotFound as missing:
            return await self._made_anew(path, await self._gone.key(path, missing), given, cell)
        content, snapshot = await asyncio.to_thread(self._read, document.key, given)
        if not isinstance(content.get("cells"), list):
            raise NotebookUnreadable(
                f"The moment {snapshot.id} holds what a file held that was no notebook.",
                hint=f"`lumina notebook history PATH --show {snapshot.id}` prints it; choose another moment to restore.",
            )
        if cell:
            _place_of(content, cell, snapshot)
        author = Author(run=f"restore-{uuid4().hex[:12]}", kind="restore", user=user)
        for left in reversed(range(MOST_ATTEMPTS)):
            try:
                state, before = await _state(document)
            except NotebookUnreadable:
                place = None if cell or self._place is None else await self._place(document.path)
                if place is None:
                    raise
                named = (document.key, document.path)  # not in a thread, for a server's ids belong to the event loop's
                return await asyncio.to_thread(self._put_back, *named, place, content, snapshot, user)
            target = _with_cell(before, content, cell) if cell else content
            if await asyncio.to_thread(_alike, before, target):
                break
            keep = partial(self.snapshots.take, reason="before_restore", by=user, run=author.run, path=document.path)
            kept = await asyncio.to_thread(keep, document.key, before)
            make = partial(_make, content=content, cell=cell, target=target, known=state if left else None)
            changes = await document.write(author, make)
            if changes is not None:
                return _told(snapshot, kept, document.path, changes)
        return Restored(snapshot=snapshot.id, undo="", path=document.path)

    async def _made_anew(self, path: str, key: str, given: str, cell: str) -> Restored:
        content, snapshot = await asyncio.to_thread(self._read, key, given)
        cells = await self._gone.write(path, content, key, snapshot, cell)
        return Restored(snapshot=snapshot.id, undo="", path=path, inserted=tuple(cells), changed=True)

    def _put_back(
        self, key: str, path: str, place: Path, content: dict[str, Any], snapshot: Snapshot, user: str
    ) -> Restored:
        """Write a notebook in place of a file that is none; what the file holds is kept first."""
        raw = place.read_bytes().decode("utf-8", "replace")
        kept = ""
        if raw.strip():
            damaged = {"damaged": raw}
            kept = self.snapshots.take(key, damaged, reason="recovery", by=user, path=path).id
        whole = repaired(content, path)
        write_atomically(place, serialized(whole), mode=stat.S_IMODE(place.stat().st_mode))
        cells = tuple(each["id"] for each in whole["cells"])
        return Restored(snapshot=snapshot.id, undo=kept, path=path, inserted=cells, changed=True)

    async def _open(self, path: str, user: str) -> NotebookDocument:
        document = await self._notebooks.open(path, user)
        place = None if self._place is None else await self._place(document.path)
        pair = (document.key, "" if place is None else disk_key(place))
        if place is not None and pair not in self._linked:
            await self._gone.adopt(document.key, place)
            # A process without a server knows the notebook by its place alone.
            await asyncio.to_thread(self.snapshots.link, *pair)
            self._linked.add(pair)
        return document

    async def _content(self, document: NotebookDocument | None, key: str, given: str) -> dict[str, Any]:
        if given != NOW:
            return (await asyncio.to_thread(self._read, key, given))[0]
        # Of a notebook that is gone, nothing is there now.
        return {"cells": [], "metadata": {}} if document is None else (await _state(document))[1]

    def _read(self, key: str, given: str) -> tuple[dict[str, Any], Snapshot]:
        snapshot = self.snapshots.find(key, given)
        return self.snapshots.content(snapshot), snapshot

    def _snapshot_moments(self, key: str, limit: int) -> list[Moment]:
        """The newest ones, each with what changed since the one before, which may be beyond the limit."""
        snapshots = self.snapshots.moments(key)[: limit + 1]
        looks = [self.snapshots.looks(each) for each in snapshots]
        found = []
        for at, snapshot in enumerate(snapshots[:limit]):
            mine, older = looks[at], looks[at + 1] if at + 1 < len(looks) else None
            moment = _moment(snapshot)
            if mine is None:
                moment = replace(moment, damaged=True)
            elif older is not None:
                edited = sum(1 for cell, look in mine.items() if older.get(cell, look) != look)
                moment = replace(
                    moment, added=len(mine.keys() - older), removed=len(older.keys() - mine), edited=edited
                )
            found.append(moment)
        return found


def run_moments(steps: Sequence[Step]) -> list[Moment]:
    """A moment for each run of an agent, as it ended."""
    runs: dict[str, list[Step]] = {}
    for step in steps:
        if step.kind in AGENT_KINDS:
            runs.setdefault(step.run, []).append(step)
    return [_run_moment(run, done) for run, done in runs.items()]


def _run_moment(run: str, steps: Sequence[Step]) -> Moment:
    cells: dict[str, str] = {}
    for step in steps:
        for cell, what in step.cells.items():
            cells[cell] = what if cells.get(cell) != "inserted" else "inserted"
    fates = Counter(what for cell, what in cells.items() if cell)
    last = max(steps, key=lambda step: step.at)
    return Moment(
        id=run,
        at=last.at,
        kind="run",
        reason="undone_run" if all(step.undone for step in steps) else "run",
        by=last.user,
        run=run,
        model=last.model,
        steps=len(steps),
        cells=fates.total(),
        added=fates["inserted"],
        edited=fates["changed"] + fates["moved"],
        removed=fates["deleted"],
    )


def _moment(snapshot: Snapshot) -> Moment:
    return Moment(
        id=snapshot.id,
        at=snapshot.at,
        kind="snapshot",
        reason=snapshot.reason,
        by=snapshot.by,
        run=snapshot.run,
        changed_by=snapshot.changed_by,
        cells=snapshot.cells,
        size=snapshot.size,
    )


async def _state(document: NotebookDocument) -> tuple[bytes, dict[str, Any]]:
    """The document as it is now: as an update that tells it from every other state, and as content."""
    await document.read()  # brings a file's document up to date
    update = document.replica.document.ydoc.get_update()
    return update, await asyncio.to_thread(lambda: content_in(copy_of(update)))


def _make(
    document: YNotebook, *, content: dict[str, Any], cell: str, target: dict[str, Any], known: bytes | None
) -> Changes | None:
    """Restore; nothing when the document is no longer in the state that was kept.

    Without a known state it is restored whatever came in between, for whoever goes on editing must not keep others
    from it; what the journal has of it can still be undone.
    """
    if known is not None and document.ydoc.get_update() != known:
        return None
    if known is None and cell:
        target = _with_cell(content_in(document), content, cell)
    return converge(document, _with_trust(target, content_in(document)))


def _with_trust(target: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The target with the trust that cells have now; what comes back from the past is not trusted."""
    trusted = {each["id"]: each["metadata"][TRUSTED] for each in now["cells"] if TRUSTED in each.get("metadata", {})}
    same_now = {each["id"]: each for each in now["cells"] if each.get("id") in trusted}

    def cell(each: dict[str, Any]) -> dict[str, Any]:
        present = same_now.get(each.get("id"))
        kept = {key: value for key, value in (each.get("metadata") or {}).items() if key != TRUSTED}
        if present is not None and all(same(present.get(key), each.get(key)) for key in ("source", "outputs")):
            kept[TRUSTED] = trusted[each["id"]]
        return {**each, "metadata": kept}

    return {**target, "cells": [cell(each) for each in target["cells"]]}


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    found = compare(one, other)
    return not found.cells and not found.metadata


def _place_of(content: Mapping[str, Any], cell: str, snapshot: Snapshot) -> int:
    for at, each in enumerate(content.get("cells") or ()):
        if each.get("id") == cell:
            return at
    raise CellGone(f"The moment {snapshot.id} has no cell {cell[:64]!r}.", hint="Choose a moment that has it.")


def _with_cell(now: Mapping[str, Any], then: Mapping[str, Any], cell: str) -> dict[str, Any]:
    """The notebook as it is now, but for one cell: where it stands now, else after the cells that it stood behind."""
    old = list(then["cells"])
    at = next(number for number, each in enumerate(old) if each.get("id") == cell)
    cells = list(now["cells"])
    here = {each.get("id"): number for number, each in enumerate(cells)}
    if cell in here:
        cells[here[cell]] = old[at]
    else:
        before = next((here[each["id"]] for each in reversed(old[:at]) if each.get("id") in here), -1)
        cells.insert(before + 1, old[at])
    return {**now, "cells": cells}


def _told(snapshot: Snapshot, kept: Snapshot, path: str, changes: Changes) -> Restored:
    return Restored(
        snapshot=snapshot.id,
        undo=kept.id,
        path=path,
        inserted=changes.inserted,
        deleted=changes.deleted,
        moved=changes.moved,
        edited=changes.edited,
        changed=bool(changes),
    )
