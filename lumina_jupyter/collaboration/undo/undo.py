"""Undo and redo of what an agent did, a step, a cell or a run; whatever people wrote since stays."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...errors import NotFound
from ..document.author import Author
from ..document.converge import converge
from ..document.document import NotebookDocument
from ..document.shared_cells import content_in
from ..document.splices import Pieces, apply_pieces
from ..merging.merge import merge
from .epochs import Epoch, epochs_of
from .journal_file import Entry
from .journal_recorder import JournalRecorder
from .undone import Change, Undone

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook

ATTEMPTS = 3
"""How often it is worked out anew when people write meanwhile; after that, what they wrote is merged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an agent did in one step of a run."""

    run: str
    step: int
    kind: str
    at: float
    """When it was done last, in seconds since 1970."""
    user: str
    model: str
    cells: dict[str, str]
    """Of each cell that it concerned what became of it; `""` stands for the notebook's metadata."""
    undone: bool
    """Whether all of it is undone."""
    undone_cells: tuple[str, ...]
    """The cells for which it is undone."""
    summary: str
    """One line for a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoResult:
    """What an undo or redo did."""

    run: str
    steps: tuple[int, ...]
    cells: tuple[str, ...]
    """Those of which it took something back, or brought it again."""


@dataclass(slots=True)
class _Plan:
    """One history's part of an undo."""

    change: Change
    before: dict[str, Any]
    after: dict[str, Any]
    texts: dict[str, Pieces]
    number: int
    """That of the next entry when it was worked out."""


@dataclass(slots=True)
class _Found:
    entries: list[Entry] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)


class _Outdated(Exception):
    """Somebody wrote meanwhile."""


class Undo:
    """Takes back what agents did to a notebook, and brings it again.

    Args:
        notebook: The notebook.
        recorder: What records its history; the same that `notebook` was given.
    """

    def __init__(self, notebook: NotebookDocument, recorder: JournalRecorder) -> None:
        self._notebook = notebook
        self._recorder = recorder

    async def steps(self) -> list[Step]:
        """What can be undone or redone, the oldest first.

        Raises:
            LuminaError: when the history cannot be read.
        """
        return steps_of(await self._recorder.entries())

    async def begin(self) -> None:
        """Have the notebook go on with its history, so that `steps` are those that reached its file.

        Raises:
            LuminaError: when the notebook or its history cannot be read or written.
        """
        async with self._notebook.held():
            await self._recorder.attach()

    async def undo(
        self, run: str, step: int | None = None, cell: str | None = None, *, author: Author | None = None
    ) -> UndoResult:
        """Take back a run, one of its steps, or what it did to one cell.

        Args:
            run: The run.
            step: Only this step of it.
            cell: Only what was done to this cell; `""` is the notebook's metadata.
            author: Who undoes it; by default nobody in particular.

        Raises:
            NotFound: when there is nothing of that name that is not undone already.
            LuminaError: when the notebook or its history cannot be read or written; nothing is undone then.
        """
        return await self._change(run, step, cell, author or Author(run=run, step=step or 0, kind="undo"), undone=True)

    async def redo(
        self, run: str, step: int | None = None, cell: str | None = None, *, author: Author | None = None
    ) -> UndoResult:
        """Bring again what was undone; the same arguments and errors."""
        return await self._change(run, step, cell, author or Author(run=run, step=step or 0, kind="redo"), undone=False)

    async def _change(
        self, run: str, step: int | None, cell: str | None, author: Author, *, undone: bool
    ) -> UndoResult:
        await self.begin()
        for attempt in range(ATTEMPTS + 1):
            found = _Found(await self._recorder.entries())
            found.epochs = await asyncio.to_thread(epochs_of, found.entries)
            writes = [
                entry for entry in _chosen(found.entries, run, step, cell) if _can(entry, found.epochs, cell, undone)
            ]
            if not writes:
                raise NotFound(
                    f"There is nothing to {'undo' if undone else 'redo'} here.",
                    hint="List the agent's steps to see what can be undone; old ones are forgotten after a while.",
                )
            try:
                await self._write(found, writes, cell, author, undone=undone, is_last=attempt == ATTEMPTS)
            except _Outdated:
                continue
            break
        cells = sorted({each for entry in writes for each in entry.cells} if cell is None else {cell})
        return UndoResult(run=run, steps=tuple(sorted({entry.step for entry in writes})), cells=tuple(cells))

    async def _write(
        self, found: _Found, writes: Sequence[Entry], cell: str | None, author: Author, *, undone: bool, is_last: bool
    ) -> None:
        for epoch in reversed(found.epochs):
            numbers = tuple(entry.number for entry in writes if entry.number in epoch.numbers)
            if not numbers:
                continue
            change = Change(numbers, undone, cell)
            plan = await asyncio.to_thread(_planned, epoch, change, found.entries[-1].number + 1)
            is_current = epoch is found.epochs[-1]

            def apply(document: YNotebook, plan: _Plan = plan, is_current: bool = is_current) -> None:
                if is_current and not is_last and self._recorder.journal.next_number != plan.number:
                    raise _Outdated
                _apply(document, plan)

            self._recorder.announce(author, change)
            await self._notebook.write(author, apply)


def steps_of(entries: Sequence[Entry]) -> list[Step]:
    """The agent's steps in a history, the oldest first."""
    undone = Undone()
    for entry in entries:
        if entry.change is not None:
            undone = undone.after(entry.change)
    grouped: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        if entry.is_write:
            grouped.setdefault((entry.run, entry.step), []).append(entry)
    return [_step(group, undone) for group in grouped.values()]


def _step(entries: Sequence[Entry], undone: Undone) -> Step:
    cells: dict[str, str] = {}
    for entry in entries:
        for cell, what in entry.cells.items():
            cells[cell] = what if cells.get(cell, "changed") == "changed" else cells[cell]
    gone = tuple(
        cell for cell in cells if all(undone.covers(entry.number, cell) for entry in entries if cell in entry.cells)
    )
    last = entries[-1]
    return Step(
        run=last.run,
        step=last.step,
        kind=last.kind,
        at=last.at,
        user=last.user,
        model=last.model,
        cells=cells,
        undone=len(gone) == len(cells),
        undone_cells=gone,
        summary=_summary(cells),
    )


def _summary(cells: dict[str, str]) -> str:
    counts = dict.fromkeys(("inserted", "changed", "moved", "deleted"), 0)
    for cell, what in cells.items():
        if cell:
            counts[what] = counts.get(what, 0) + 1
    parts = [f"{count} cell{'s' if count > 1 else ''} {what}" for what, count in counts.items() if count]
    if "" in cells:
        parts.append("notebook metadata changed")
    return ", ".join(parts)


def _chosen(entries: Sequence[Entry], run: str, step: int | None, cell: str | None) -> list[Entry]:
    return [
        entry
        for entry in entries
        if entry.is_write
        and entry.run == run
        and (step is None or entry.step == step)
        and (cell is None or cell in entry.cells)
    ]


def _can(entry: Entry, epochs: Sequence[Epoch], cell: str | None, undone: bool) -> bool:
    """Whether any of it is not yet as it is to be."""
    cells = [cell] if cell is not None else list(entry.cells) or [""]
    view = next((epoch.undone for epoch in epochs if entry.number in epoch.numbers), Undone())
    return any(view.covers(entry.number, each) != undone for each in cells)


def _planned(epoch: Epoch, change: Change, number: int) -> _Plan:
    replay = epoch.replay()
    # What was written into a later document undid or redid some of this one, too.
    before = epoch.undone
    after = before.after(change)
    return _Plan(change, replay.content(before), replay.content(after), dict(replay.texts(after)), number)


def _apply(document: YNotebook, plan: _Plan) -> None:
    now = content_in(document)
    if now == plan.before:
        apply_pieces(document, plan.texts)
        converge(document, plan.after)
    else:
        converge(document, merge(plan.before, plan.after, now).content)
