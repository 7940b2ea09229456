"""A step that had begun when the server ended: was it done, or is it to be done anew."""

from __future__ import annotations

import asyncio

from ...collaboration.document.cell import Cell
from ...collaboration.document.storable import storable_text
from ...errors import LuminaError
from ..ledger import StepRecord
from ..live_run import LiveRun
from ..plan import Step
from ..run_events import StepCalled, StepChecked
from .arguments import EDITS, WRITES, known_arguments, place_of_text
from .failure import StepFailure
from .means import Means

WAS_DONE = -1


async def resumed(means: Means, run: LiveRun, step: Step) -> int:
    """The number under which a step goes on: 0 for a new one, -1 when it turns out to be done.

    An edit counts as done when the notebook's history has it and the cell reads as it should; a file when it is as it
    was written. What runs code is never taken as done: nobody knows how far it came.
    """
    record = run.ledger.records.get(step.id)
    if record is None or record.status is not None or not run.was_interrupted:
        return 0
    if step.tool in EDITS and step.check.kind in ("none", "reads_back"):
        cell = await _edited(means, run, step, record)
        if cell:
            run.log.add(StepCalled(step.id, step.tool, "Done before the server ended.", cell=cell))
            run.log.add(StepChecked(step.id, True, f"The cell {cell} reads as it should."))
            return WAS_DONE
    elif step.tool == "write_file" and await _written(means, run, step, record):
        run.log.add(StepChecked(step.id, True, "The file is as it was written."))
        return WAS_DONE
    # What was left half done goes first.
    if record.checkpoint is not None and not record.undone:
        await means.undoer.undo(run, [record])
    return 0


async def _edited(means: Means, run: LiveRun, step: Step, record: StepRecord) -> str:
    """The cell that the step has written; empty when it has not."""
    try:
        arguments = known_arguments(step, run.ledger)
        content = record.written if place_of_text(step) else str(arguments.get("content", ""))
        path = str(arguments.get("file_path") or run.notebook)
        touched = await means.undoer.cells_of_step(path, run.id, record.number)
        document = await means.notebooks.open(path, run.request.user)
        for cell in touched:
            now = await document.cell(cell)
            if now.hash == Cell(id=now.id, type=now.type, source=storable_text(content)).hash:
                return cell
    except (LuminaError, StepFailure):
        return ""
    return ""


async def _written(means: Means, run: LiveRun, step: Step, record: StepRecord) -> bool:
    content = record.written if step.writes else str(step.arguments.get(WRITES["write_file"], ""))
    return await asyncio.to_thread(means.undoer.file_was_written, run.id, record.number, content)
