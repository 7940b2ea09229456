"""Takes steps of a run back, and brings them again: cells, files and variables; what people did since stays."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from ..collaboration.undo.undo import Step, UndoResult
from ..errors import LuminaError, NotFound
from ..tools import Actor, Toolbox, ToolCall, ToolContext
from ..tools.builtin.file_changes import FileChange, FileChanges
from ..tools.builtin.file_root import hash_of
from .checkpoints.checkpoints import after_key
from .checkpoints.variables import KernelVariables
from .ledger import StepRecord
from .live_run import LiveRun
from .run_events import StepRedone, StepUndone


class UndoesCells(Protocol):
    """The histories of notebooks."""

    async def steps(self, path: str) -> list[Step]:
        """What agents did to a notebook."""
        ...

    async def undo(
        self, path: str, *, run: str = "", step: int | None = None, cell: str | None = None, user: str = ""
    ) -> UndoResult:
        """Take back a run or a step of it."""
        ...

    async def redo(
        self, path: str, *, run: str = "", step: int | None = None, cell: str | None = None, user: str = ""
    ) -> UndoResult:
        """Bring again what was undone."""
        ...


class Undoer:
    """Undoes and redoes.

    Args:
        cells: The histories of notebooks.
        changes: What tools did to files.
        toolbox: Writes files, as the person for whom it is.
        variables: The variables of kernels.
    """

    def __init__(self, cells: UndoesCells, changes: FileChanges, toolbox: Toolbox, variables: KernelVariables) -> None:
        self._cells = cells
        self._changes = changes
        self._toolbox = toolbox
        self._variables = variables

    async def cells_of_step(self, path: str, run: str, number: int) -> tuple[str, ...]:
        """The cells that a step has written and that are not as before, by the notebook's history.

        Raises:
            LuminaError: when it cannot be read.
        """
        steps = [each for each in await self._cells.steps(path) if each.run == run and each.step == number]
        return tuple(cell for each in steps for cell in each.cells if cell and cell not in each.undone_cells)

    def file_was_written(self, run: str, number: int, content: str) -> bool:
        """Whether a step has written a file with that content; blocks."""
        made = hash_of(content.encode())
        return any(each.step == number and each.after == made for each in self._changes.known(run))

    async def undo(self, run: LiveRun, records: Sequence[StepRecord], by: str = "") -> tuple[str, ...]:
        """Take steps back, the last first, and log it; what could not be brought back, as sentences."""
        left: list[str] = []
        for record in sorted(records, key=lambda each: -each.number):
            missed = [
                *await self._cells_of(run, record, by, undo=True),
                *await self._files(run, record, undo=True),
                *await self._names(run, record, undo=True),
            ]
            run.log.add(StepUndone(record.step.id, by, tuple(missed)))
            left += missed
        return tuple(dict.fromkeys(left))

    async def redo(self, run: LiveRun, records: Sequence[StepRecord], by: str = "") -> tuple[str, ...]:
        """Bring steps again, the first first; what could not be."""
        left: list[str] = []
        for record in sorted(records, key=lambda each: each.number):
            missed = [
                *await self._cells_of(run, record, by, undo=False),
                *await self._files(run, record, undo=False),
                *await self._names(run, record, undo=False),
            ]
            run.log.add(StepRedone(record.step.id, by, tuple(missed)))
            left += missed
        return tuple(dict.fromkeys(left))

    async def _cells_of(self, run: LiveRun, record: StepRecord, by: str, *, undo: bool) -> list[str]:
        act = self._cells.undo if undo else self._cells.redo
        paths = (record.checkpoint.notebooks if record.checkpoint is not None else ()) or ()
        left = []
        for path in paths:
            here = run.notebook if path == run.request.notebook else path
            try:
                await act(here, run=run.id, step=record.number, user=by or run.request.user)
            except NotFound as nothing:
                if not nothing.message.startswith("There is nothing to"):
                    left.append(f"the cells of {here}: {nothing.message}")
            except LuminaError as error:
                left.append(f"the cells of {here}: {error.message}")
        return left

    async def _files(self, run: LiveRun, record: StepRecord, *, undo: bool) -> list[str]:
        tag = f"undo{record.undos if not undo else record.undos + 1}_{run.id}"
        changes = await asyncio.to_thread(self._changes.known, run.id if undo else tag)
        left = []
        for change in changes:
            if change.step == record.number:
                left += await self._restored(run, record, change, tag if undo else f"redo_{run.id}")
        return left

    async def _restored(self, run: LiveRun, record: StepRecord, change: FileChange, tag: str) -> list[str]:
        # As the person for whom the run was: what is taken back is theirs, and the gate looks at policies all the same.
        context = ToolContext(
            actor=Actor("user", run.request.user, run=tag),
            notebook=run.notebook,
            kernel_id=run.kernel_id,
            allowed=frozenset(run.request.rights),
            step=record.number,
        )
        outcome = await self._toolbox.call(
            ToolCall(f"undo_{change.id}", "restore_file", {"change": change.id}), context
        )
        return [f"the file {change.path}: {outcome.text}"] if outcome.is_error else []

    async def _names(self, run: LiveRun, record: StepRecord, *, undo: bool) -> list[str]:
        made = record.checkpoint
        if made is None or not made.variables or not made.notebooks:
            return []
        before, then = made.variables, after_key(made.variables)
        expected, target = (then, before) if undo else (before, then)
        path = run.notebook if made.notebooks[0] == run.request.notebook else made.notebooks[0]
        return list((await self._variables.bring(path, expected=expected, target=target)).left)


def can_be_undone(record: StepRecord) -> bool:
    """Whether a step has changed anything that is not taken back already."""
    return record.checkpoint is not None and not record.undone


def can_be_redone(record: StepRecord) -> bool:
    """Whether a step was taken back."""
    return record.checkpoint is not None and record.undone
