"""One attempt at a step: arguments, what is read before, the call, the check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...collaboration.document.cell import Cell
from ...errors import AnswerUnusable, CellGone, LuminaError
from ...tools import ToolCall, ToolOutcome
from ..ledger import StepRecord
from ..live_run import LiveRun
from ..plan import Step
from ..reporting import output_hash
from ..run_events import StepCalled, StepWrote
from ..scene import Scene
from ..team.colleagues import with_colleagues
from .arguments import EDITS, INSERTS, RUNS, WRITES, known_arguments, place_of_text, reading_before
from .calling import call_tool, worth_another_try
from .checks import Checks
from .failure import StepFailure
from .means import Means

SAME = "The model wrote the same again."
RESULT_CHARACTERS = 4_000
"""Characters of a result that are kept in the log and shown to the model later."""
_MADE = re.compile(r"^(?:Added|Inserted) the cell ([A-Za-z0-9_-]{1,64})")


class StepWork:
    """Carries out the steps of one run, one attempt at a time.

    Args:
        means: What it works with.
        run: The run.
    """

    def __init__(self, means: Means, run: LiveRun) -> None:
        self._means = means
        self._run = run
        self._checks = Checks(means, run)
        self._hashes: dict[str, str] = {}
        """The cells as they were when steps were planned with text of their own, or as the run has left them."""

    async def scene(self) -> Scene:
        """What there is now."""
        run = self._run
        if not run.kernel_id:
            kernel = await self._means.kernels.kernel(run.notebook)
            run.kernel_id = "" if kernel is None else kernel.id
        scene = await self._means.scenes.look(run.context(), run.ledger.done)
        return await with_colleagues(scene, run, self._means.personas, self._means.settings.agent_depth)

    async def planned(self) -> Scene:
        """The same, for a plan: from now on it is known whether somebody changes a cell before its step is due."""
        scene = await self.scene()
        self._hashes = {cell.id: _hash(cell.kind, cell.source) for cell in scene.notebook.cells}
        return scene

    async def attempt(self, step: Step, number: int, fault: str) -> None:
        """Try a step once, up to and with its check.

        Raises:
            StepFailure: when it did not come to what it should.
            LuminaError: when the run cannot go on.
        """
        run = self._run
        await run.control.go()
        run.check_budget()
        record = run.ledger.records[step.id]
        tool, arguments = step.tool, known_arguments(step, run.ledger)
        asked = _rewritten(step) if fault else step
        place = place_of_text(asked)
        if record.cell and tool in INSERTS:
            # The attempt before has made the cell, and this one goes on with it.
            path = {"file_path": arguments["file_path"]} if arguments.get("file_path") else {}
            tool, arguments = "edit_cell", {"cell_id": record.cell, "content": arguments.get("content", ""), **path}
            place = place and "content"
        await self._checks.look(step, number, arguments)
        await self._read(number, tool, arguments, checked=not place)
        if place:
            arguments[place] = await self._written(step, asked, fault)
        elif fault and tool in RUNS:
            await self._mend(step, number, arguments, fault)
        await self._called(step, number, tool, arguments)

    async def _called(self, step: Step, number: int, tool: str, arguments: dict[str, Any]) -> None:
        run = self._run

        async def ready() -> None:
            await self._means.checkpoints.before(run, step, number, tool, arguments)

        outcome = await call_tool(run, self._means.toolbox, step.id, number, tool, arguments, ready)
        cell = _cell(tool, arguments, outcome)
        run.log.add(
            StepCalled(
                step.id,
                tool,
                outcome.shown[:RESULT_CHARACTERS],
                is_error=outcome.is_error,
                cell=cell,
                seconds=round(outcome.duration, 3),
            )
        )
        if outcome.is_error:
            raise StepFailure(outcome.shown[:RESULT_CHARACTERS], retry=worth_another_try(outcome))
        if tool in EDITS and cell and not arguments.get("file_path"):
            self._hashes.pop(cell, None)
        same = step if step.tool == tool else replace(step, tool=tool)
        try:
            await self._checks.verify(same, number, arguments, outcome, cell)
        except StepFailure as failure:
            # What neither the model writes nor an earlier step wrote comes to the same again.
            failure.retry = failure.retry and (tool in WRITES or tool in RUNS)
            raise

    # --- reading and writing --------------------------------------------------------------------------

    async def _read(self, number: int, tool: str, arguments: Mapping[str, Any], *, checked: bool) -> None:
        """Read what is to be changed: a tool changes only what the actor has read."""
        reading = reading_before(tool, arguments)
        if reading is None:
            return
        name, given = reading
        if checked and name == "read_cell":
            await self._unchanged(given)
        # Where it cannot be read there may be nothing yet; the call itself says what is wrong.
        await self._means.toolbox.call(ToolCall(f"read_{self._run.id}", name, given), self._run.context(number))

    async def _unchanged(self, given: Mapping[str, Any]) -> None:
        """Nothing when the cell is as it was when the step was planned: its new text was made for that one.

        Raises:
            StepFailure: when somebody has changed it since.
        """
        known = self._hashes.get(str(given["cell_id"]), "")
        if not known or given.get("file_path"):
            return
        document = await self._means.notebooks.open(self._run.notebook, self._run.request.user)
        try:
            now = (await document.cell(str(given["cell_id"]))).hash
        except CellGone:
            return
        if now != known:
            raise StepFailure(f"Somebody has changed the cell {given['cell_id']} since this was planned.", retry=False)

    async def _written(self, step: Step, asked: Step, fault: str) -> str:
        """What the model writes for a step; `asked` is the step that says what is to be written.

        Raises:
            StepFailure: when it is nothing of use, or the same that has failed.
        """
        run = self._run
        task = run.ledger.task
        record = run.ledger.records[step.id]
        if task is None:
            raise StepFailure("It is not known what was asked.", retry=False)
        if not fault and record.written:
            return record.written  # before the server ended; it was not used then
        await run.control.go()
        run.check_budget()
        before = record.written
        try:
            text = await self._means.mind().write(task, asked, await self.scene(), run.thinking(step.id), fault=fault)
        except AnswerUnusable as error:
            raise StepFailure(error.message) from error
        run.log.add(StepWrote(step.id, text))
        run.check_budget()
        if fault and text == before:
            raise StepFailure(fault if fault.startswith(SAME) else f"{SAME} {fault}")
        return text

    async def _mend(self, step: Step, number: int, arguments: Mapping[str, Any], fault: str) -> None:
        """Write the cell anew that did not run, where this run has written it.

        Raises:
            StepFailure: when it is not the run's, or cannot be written.
        """
        cell = str(arguments.get("cell_id") or "")
        author = self._author_of(cell)
        if author is None:
            raise StepFailure(fault, retry=False)
        path = {"file_path": arguments["file_path"]} if arguments.get("file_path") else {}
        await self._read(number, "edit_cell", {"cell_id": cell, **path}, checked=False)
        text = await self._written(step, _rewritten(author.step), fault)
        edit = {"cell_id": cell, "content": text, **path}

        async def ready() -> None:
            await self._means.checkpoints.before(self._run, step, number, "edit_cell", edit)

        outcome = await call_tool(self._run, self._means.toolbox, step.id, number, "edit_cell", edit, ready)
        if outcome.is_error:
            raise StepFailure(outcome.shown[:RESULT_CHARACTERS], retry=worth_another_try(outcome))

    def _author_of(self, cell: str) -> StepRecord | None:
        """The step of this run that wrote a cell."""
        records = [each for each in self._run.ledger.records.values() if each.cell == cell and cell]
        return next((each for each in records if each.step.tool in EDITS), None)

    async def end(self, step: Step) -> tuple[str, str]:
        """The step is done; the hashes of its cell, of the outputs only where it ran."""
        run = self._run
        cell = run.ledger.records[step.id].cell
        try:
            await self._means.checkpoints.after(run, step)
        except LuminaError as error:
            raise StepFailure(error.message, retry=False) from error
        if not cell or step.arguments.get("file_path"):
            return "", ""
        try:
            now = await (await self._means.notebooks.open(run.notebook, run.request.user)).cell(cell)
        except LuminaError:
            return "", ""  # it is gone again, which makes the step's evidence stale
        ran = step.tool in RUNS or step.check.kind in ("runs", "has_output", "same")
        return now.hash, output_hash(now.outputs) if ran else ""


def _rewritten(step: Step) -> Step:
    """The step as one whose text the model writes: what the plan gave it did not do."""
    if step.writes or step.tool not in WRITES:
        return step
    return replace(step, writes=step.expects or step.title, writes_to=WRITES[step.tool])


def _cell(tool: str, arguments: Mapping[str, Any], outcome: ToolOutcome) -> str:
    """The cell that a call made, changed or ran."""
    if tool in INSERTS:
        made = None if outcome.is_error else _MADE.match(outcome.text)
        return "" if made is None else made[1]
    return str(arguments.get("cell_id") or "")


def _hash(kind: str, source: str) -> str:
    return Cell(id="", type=kind, source=source).hash  # type: ignore[arg-type]  # the same three words
