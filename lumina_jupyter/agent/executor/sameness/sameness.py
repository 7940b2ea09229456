"""The check `same`: the cell and those that depend on it, run again, show what they showed and bind what they bound.

What was before comes from the outputs that are there and the kernel. Where the cell has not run, or goes on from what it
left behind itself, it is run once as it is, and its variables are brought back, if nothing but variables can come of that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....collaboration import Cell, Notebook
from ....collaboration.execution.kernel_question import ask_kernel
from ....context.policy import variable_policy
from ....errors import LuminaError
from ....tools.builtin.notebook_access import policy_in
from ...live_run import LiveRun
from ...plan import Step
from ..failure import StepFailure
from ..means import Means
from .code import bound_names, goes_on_from_itself, lost_names, reaches_outside, varies
from .in_kernel import COMPARING
from .shown import shown_text, shows_the_same

SHOWN_CHARACTERS = 600
"""Characters of what a cell showed before and shows now that a model is told."""

RunCell = Callable[[Step, int, str], Awaitable[None]]
"""Runs a cell as a call of a step; raises StepFailure when it does not run."""


class NotSame(Exception):
    """It is not the same; the message says what is not, for the model that tries again and for people."""


@dataclass(slots=True)
class Before:
    """What there was before a cell was rewritten: what cells showed, and under which key values are kept."""

    source: str
    shown: dict[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    key: str = ""
    why_not: str = ""
    """Why it is not known."""


def cells_of(step: Step, cell: str) -> tuple[str, ...]:
    """The cells that a step with such a check runs: its own, and those that its check names."""
    return tuple(dict.fromkeys([cell, *step.check.text.split()])) if cell else ()


class Sameness:
    """Compares for the steps of one run.

    Args:
        means: What it works with.
        run: The run.
        run_cell: Runs a cell, asked about where it must be.
    """

    def __init__(self, means: Means, run: LiveRun, run_cell: RunCell) -> None:
        self._means = means
        self._run = run
        self._run_cell = run_cell
        self._before: dict[tuple[str, str], Before] = {}
        self._marks = 0

    async def look(self, step: Step, number: int, cell_id: str) -> None:
        """Take note of what there is, before the step changes it; once for all attempts.

        Raises:
            StepFailure: when a person refuses or interrupts that the cell is run for it.
        """
        if (step.id, cell_id) in self._before:
            return
        notebook = await self._notebook()
        cell = _code(notebook, cell_id)
        if cell is None:
            return
        before = self._before[step.id, cell_id] = Before(cell.source)
        if varies(cell.source):
            before.why_not = "it may show something else each time that it runs"
        elif cell.execution_count is not None and not goes_on_from_itself(cell.source):
            before.shown = _shown(notebook, cells_of(step, cell_id))
            ours = set(cells_of(step, cell_id))
            # What cells that are not run again may have changed since is not looked at.
            others = [each.source for each in _ran(notebook) if each.id not in ours]
            before.names = bound_names(cell.source) - frozenset(lost_names(cell.source, "", others))
            await self._keep(before, number)
        elif reaches_outside(cell.source):
            before.why_not = "it was not run before, and running it for that could do more than set variables"
        else:
            await self._try(step, number, cell, before)

    async def verify(self, step: Step, number: int, cell_id: str) -> str:
        """Run the cells and compare; what was found, as a sentence.

        Raises:
            StepFailure: when a cell does not run.
            NotSame: when it is not the same.
        """
        before = self._before.get((step.id, cell_id))
        notebook = await self._notebook()
        cells = [each for each in cells_of(step, cell_id) if _code(notebook, each) is not None]
        mark = await self._mark(number, cells)
        try:
            if before is not None:
                self._check_names(before, notebook, cells)
            for each in cells:
                await self._run_cell(step, number, each)
            return "The cell runs without an error." if before is None else await self._compared(before, cells)
        except (StepFailure, NotSame) as failure:
            if isinstance(failure, NotSame) or not (failure.interrupted or failure.refused):
                # The next attempt begins where this one did.
                await self._means.checkpoints.back(self._run.notebook, mark)
            raise

    # --- before -----------------------------------------------------------------------------------------

    async def _try(self, step: Step, number: int, cell: Cell, before: Before) -> None:
        """Run it as it is, note what comes of it, and bring the variables back."""
        mark = await self._mark(number, [cell.id])
        try:
            await self._run_cell(step, number, cell.id)
        except StepFailure as failure:
            if failure.refused or failure.interrupted:
                raise
            before.why_not = "it did not run without an error before either"
        else:
            before.shown = _shown(await self._notebook(), [cell.id])
            before.names = bound_names(cell.source)
            await self._keep(before, number)
        left = await self._means.checkpoints.back(self._run.notebook, mark)
        if left and not before.why_not:
            before.shown, before.names = {}, frozenset()
            before.why_not = f"running it for that has left traces ({'; '.join(left)})"

    async def _keep(self, before: Before, number: int) -> None:
        key = f"{self._run.id}:{number}"
        answer = await self._ask("keep", key, before.names)
        before.key, before.names = key, frozenset(map(str, answer.get("kept") or ()))

    # --- after ------------------------------------------------------------------------------------------

    def _check_names(self, before: Before, notebook: Notebook, cells: Sequence[str]) -> None:
        now = _code(notebook, cells[0]) if cells else None
        others = [each.source for each in _ran(notebook) if now is not None and each.id != now.id]
        lost = [] if now is None else lost_names(before.source, now.source, others)
        if lost:
            raise NotSame(f"It does not define {_listed(lost)} any more, which other cells use.")

    async def _compared(self, before: Before, cells: Sequence[str]) -> str:
        if before.why_not:
            return f"The cells run without an error. What the code did before is not compared: {before.why_not}."
        notebook = await self._notebook()
        tells = variable_policy(policy_in(notebook), self._means.settings.variable_policy) == "values"
        shown = _shown(notebook, cells)
        for cell in cells:
            old, new = before.shown.get(cell), shown.get(cell, "")
            if old is not None and not shows_the_same(old, new):
                which = "The cell" if cell == cells[0] else f"The cell {cell}, which depends on it,"
                told = f"\nBefore:\n{_cut(old)}\nNow:\n{_cut(new)}" if tells else ""
                raise NotSame(f"{which} does not show the same as before.{told}")
        now = _code(notebook, cells[0])
        names = before.names & bound_names("" if now is None else now.source)
        answer = await self._ask("compare", before.key, names) if names else {}
        different = {str(name): pair for name, pair in dict(answer.get("different") or {}).items()}
        if different:
            pairs = (
                f"`{name}` was {old}, is {new}" if tells and old else f"`{name}`"
                for name, (old, new) in different.items()
            )
            raise NotSame(f"It does not leave the same as before in: {'; '.join(pairs)}.")
        return _sentence(before, cells, [str(each) for each in answer.get("same") or ()])

    # --- the notebook and its kernel ----------------------------------------------------------------------

    async def _notebook(self) -> Notebook:
        return await (await self._means.notebooks.open(self._run.notebook, self._run.request.user)).read()

    async def _mark(self, number: int, cells: Sequence[str]) -> str:
        self._marks += 1
        key = f"{self._run.id}:{number}:same{self._marks}"
        await self._means.checkpoints.mark(self._run.notebook, key, cells)
        return key

    async def _ask(self, what: str, key: str, names: frozenset[str]) -> Mapping[str, Any]:
        """What the kernel says of names; nothing where it cannot."""
        try:
            kernel = await self._means.kernels.kernel(self._run.notebook) if names else None
            if kernel is None:
                return {}
            return await ask_kernel(kernel, COMPARING, {"ask": what, "key": key, "names": sorted(names)})
        except LuminaError:
            return {}


def _sentence(before: Before, cells: Sequence[str], same: list[str]) -> str:
    compared = [cell for cell in cells if before.shown.get(cell)]
    found = []
    if compared:
        found.append(
            "the outputs are the same" if len(compared) == 1 else f"the outputs of {len(compared)} cells are the same"
        )
    if same:
        found.append(f"{_listed(same)} {'has' if len(same) == 1 else 'have'} the same value")
    if not found:
        return "The cells run without an error. They show nothing and bind no values that could be compared."
    return f"As before: {', and '.join(found)}."


def _shown(notebook: Notebook, cells: Sequence[str]) -> dict[str, str]:
    """What cells that have run show, but for those of which that says nothing."""
    return {
        cell.id: shown_text(cell.outputs)
        for cell in _ran(notebook)
        if cell.id in cells
        and not varies(cell.source)
        and not (cell.id != cells[0] and goes_on_from_itself(cell.source))
    }


def _ran(notebook: Notebook) -> list[Cell]:
    return [each for each in notebook.cells if each.type == "code" and each.execution_count is not None]


def _code(notebook: Notebook, cell_id: str) -> Cell | None:
    return next((each for each in notebook.cells if each.id == cell_id and each.type == "code"), None)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]} …"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:8])
