"""Checks: whether a step came to what it was meant to, seen in the notebook and its kernel and not in what a model says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...collaboration.document.cell import Cell
from ...collaboration.document.storable import storable_text
from ...collaboration.execution.cell_run import INTERRUPTED
from ...errors import CellGone, RunInterrupted
from ...tools import ToolOutcome
from ..live_run import LiveRun
from ..plan import Step
from ..run_events import StepChecked
from .arguments import EDITS, RUNS
from .assertions import ASSERT_TOOL, HOLDS
from .calling import call_tool
from .failure import StepFailure
from .means import Means
from .sameness.sameness import NotSame, Sameness

FAULT_CHARACTERS = 2_000
"""Characters of what went wrong that a model is told."""
_ENDED = re.compile(r"^The run ended: (\w+)\.(.*)$", re.MULTILINE)


class Checks:
    """Verifies the steps of one run.

    Args:
        means: What it works with.
        run: The run.
    """

    def __init__(self, means: Means, run: LiveRun) -> None:
        self._means = means
        self._run = run
        self._same = Sameness(means, run, self._run_one)

    async def look(self, step: Step, number: int, arguments: Mapping[str, Any]) -> None:
        """Take note of what the check compares with, before the step changes it.

        Raises:
            StepFailure: when that is refused or interrupted.
        """
        if step.check.kind == "same" and not arguments.get("file_path"):
            await self._same.look(step, number, str(arguments.get("cell_id") or ""))

    async def verify(
        self, step: Step, number: int, arguments: Mapping[str, Any], outcome: ToolOutcome, cell: str
    ) -> None:
        """Nothing when the step is as it should be; what was found is in the log.

        Raises:
            StepFailure: when it is not, with what a model has to know to mend it.
        """
        if step.tool in EDITS:
            await self._read_back(step, arguments, cell)
        if step.tool in RUNS:
            await self.ran(step, arguments, outcome, cell)
        check = step.check
        match check.kind:
            case "runs" if step.tool not in RUNS:
                await self._run_cell(step, number, arguments, cell)
                self._passed(step, "The cell runs without an error.")
            case "runs":
                self._passed(step, "The cells ran without an error.")
            case "same":
                self._passed(step, await self._compared(step, number, cell))
            case "assert":
                await self._true(step, number, check.text)
            case "contains":
                self._found(step, check.text in outcome.text, f"{check.text[:200]!r} in what came back")
            case "has_output":
                outputs = await self._outputs(arguments, cell)
                wanted = check.text.strip()
                what = f"an output of the type {wanted}" if wanted else "an output"
                self._found(step, _has(outputs, wanted), f"{what} of the cell")
            case "reads_back" if step.tool not in EDITS:
                self._passed(step, "What was written is what can be read.")
            case _:
                pass

    async def ran(self, step: Step, arguments: Mapping[str, Any], outcome: ToolOutcome, cell: str) -> None:
        """Nothing when what ran has no error.

        Raises:
            StepFailure: when it has.
        """
        ended = list(_ENDED.finditer(outcome.text))
        error = _error_in(await self._outputs(arguments, cell)) if cell else ""
        if not ended and not error:
            return
        status = ended[-1][1] if ended else "error"
        if INTERRUPTED in (ended[-1][2] if ended else ""):
            raise self._failed(step, INTERRUPTED, interrupted=True)
        said = outcome.text[-FAULT_CHARACTERS:]
        raise self._failed(
            step, f"{error or f'The run ended: {status}.'}\n{said}".strip(), retry=status != "kernel_died"
        )

    async def _read_back(self, step: Step, arguments: Mapping[str, Any], cell: str) -> None:
        """Read the cell again and compare by hash."""
        try:
            document = await self._means.notebooks.open(self._path(arguments), self._run.request.user)
            now = await document.cell(cell)
        except CellGone:
            raise self._failed(step, "Somebody deleted the cell right after it was written.", retry=False) from None
        meant = Cell(id=now.id, type=now.type, source=storable_text(str(arguments.get("content", ""))))
        if now.hash != meant.hash:
            raise self._failed(step, f"Somebody changed the cell right after it was written. It is now:\n{now.source}")
        self._passed(step, f"Read back: {now.hash}.")

    async def _compared(self, step: Step, number: int, cell: str) -> str:
        try:
            return await self._same.verify(step, number, cell)
        except NotSame as other:
            raise self._failed(step, str(other)) from None

    async def _run_one(self, step: Step, number: int, cell: str) -> None:
        await self._run_cell(step, number, {}, cell)

    async def _run_cell(self, step: Step, number: int, arguments: Mapping[str, Any], cell: str) -> None:
        given = {"cell_id": cell, **({"file_path": arguments["file_path"]} if arguments.get("file_path") else {})}

        async def ready() -> None:
            await self._means.checkpoints.before(self._run, step, number, "run_cell", given)

        outcome = await call_tool(self._run, self._means.toolbox, step.id, number, "run_cell", given, ready)
        if outcome.is_error:
            raise self._failed(step, outcome.shown[:FAULT_CHARACTERS], retry=outcome.error_code != "tool_denied")
        await self.ran(step, arguments, outcome, cell)

    async def _true(self, step: Step, number: int, expression: str) -> None:
        """Whether an expression is true in the kernel: running it is a call like any other, asked about where it must be."""
        outcome = await call_tool(
            self._run, self._means.checks, step.id, number, ASSERT_TOOL, {"expression": expression}
        )
        if outcome.error_code == RunInterrupted.code:
            raise self._failed(step, INTERRUPTED, interrupted=True)
        if outcome.is_error:
            raise self._failed(step, outcome.shown[:FAULT_CHARACTERS], retry=outcome.error_code != "tool_denied")
        if outcome.text != HOLDS:
            raise self._failed(step, f"`{expression}` does not hold: {outcome.text[:FAULT_CHARACTERS]}")
        self._passed(step, f"`{expression}` holds.")

    async def _outputs(self, arguments: Mapping[str, Any], cell: str) -> Sequence[Mapping[str, Any]]:
        document = await self._means.notebooks.open(self._path(arguments), self._run.request.user)
        try:
            return await document.outputs(cell)
        except CellGone:
            return ()

    def _path(self, arguments: Mapping[str, Any]) -> str:
        return str(arguments.get("file_path") or self._run.notebook)

    def _found(self, step: Step, found: bool, what: str) -> None:
        if not found:
            raise self._failed(step, f"There is no {what}." if not what.startswith("'") else f"There is not {what}.")
        self._passed(step, f"There is {what}.")

    def _passed(self, step: Step, detail: str) -> None:
        self._run.log.add(StepChecked(step.id, True, detail))

    def _failed(self, step: Step, why: str, *, retry: bool = True, interrupted: bool = False) -> StepFailure:
        self._run.log.add(StepChecked(step.id, False, why))
        return StepFailure(why, retry=retry, interrupted=interrupted)


def _error_in(outputs: Sequence[Mapping[str, Any]]) -> str:
    for output in outputs:
        if output.get("output_type") == "error":
            return f"{output.get('ename', '')}: {output.get('evalue', '')}"[:500]
    return ""


def _has(outputs: Sequence[Mapping[str, Any]], media_type: str) -> bool:
    shown = [each for each in outputs if each.get("output_type") != "error"]
    if not media_type:
        return bool(shown)
    return any(media_type in each["data"] for each in shown if isinstance(each.get("data"), Mapping))
