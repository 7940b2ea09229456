"""What came of a task, as a checker looks at it: the notebook, run anew in a real kernel, and what was said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .notebook_task import Cell, NotebookTask
from .playing import Failure, Played, Player


class Wrong(Exception):
    """What came of a task is not what was asked for; the text says why."""


def require(condition: object, why: str) -> None:
    """Nothing when it holds.

    Raises:
        Wrong: when it does not.
    """
    if not condition:
        raise Wrong(why)


@dataclass(frozen=True)
class Result:
    """What came of a task.

    Args:
        task: Which.
        cells: The notebook as it is now, with the outputs that its cells have.
        answer: What was said in words.
        player: Runs it.
    """

    task: NotebookTask
    cells: tuple[Cell, ...]
    answer: str
    player: Player

    # --- running it -------------------------------------------------------------------------------

    def play(
        self,
        *,
        data: Mapping[str, str] | None = None,
        sources: Mapping[str, str] | None = None,
        after: Iterable[str] = (),
        counted: bool = False,
    ) -> Played:
        """The notebook run from its first cell to its last in a fresh namespace, beside the task's files.

        Args:
            data: Files that are others than the task's, so that what was written down and not computed comes to light.
            sources: Cells that are other ones, for the same.
            after: Cells that are run after it, the checker's own.
            counted: Count the lines of code that are executed.

        Raises:
            Wrong: when a cell fails.
        """
        played = self.attempt(data=data, sources=sources, after=after, counted=counted)
        if played.failure is not None:
            raise Wrong(f"cell {played.failure.cell} fails: {played.failure.name}: {played.failure.message}")
        return played

    def attempt(
        self,
        *,
        data: Mapping[str, str] | None = None,
        sources: Mapping[str, str] | None = None,
        after: Iterable[str] = (),
        counted: bool = False,
    ) -> Played:
        """The same, where a failing cell is what the checker wants to know of."""
        others = sources or {}
        cells = [replace(cell, source=others.get(cell.id, cell.source)) for cell in self.cells]
        cells += [Cell(id=f"check-{number}", source=source) for number, source in enumerate(after)]
        return self.player.play(cells, {**self.task.data, **(data or {})}, counted=counted)

    def fails(self, *, sources: Mapping[str, str]) -> Failure | None:
        """How the notebook fails with other cells in it, None when it does not."""
        return self.attempt(sources=sources).failure

    # --- what was done to the notebook --------------------------------------------------------------

    @property
    def added(self) -> tuple[Cell, ...]:
        """The cells that are new."""
        before = {cell.id for cell in self.task.cells}
        return tuple(cell for cell in self.cells if cell.id not in before)

    @property
    def touched(self) -> tuple[Cell, ...]:
        """The cells that are new or have another source."""
        before = {cell.id: cell.source for cell in self.task.cells}
        return tuple(cell for cell in self.cells if before.get(cell.id) != cell.source)

    def cell(self, cell_id: str) -> Cell:
        """A cell of the task, as it is now.

        Raises:
            Wrong: when it is gone.
        """
        found = next((cell for cell in self.cells if cell.id == cell_id), None)
        if found is None:
            raise Wrong(f"cell {cell_id} is gone")
        return found

    def keeps(self, *but: str) -> None:
        """Nothing when every cell of the task is there, in its order, and unchanged, save those of `but`.

        Raises:
            Wrong: when it is not so.
        """
        before = [cell.id for cell in self.task.cells]
        require([cell.id for cell in self.cells if cell.id in before] == before, "cells are gone or moved")
        for cell in self.task.cells:
            if cell.id not in but and self.cell(cell.id).source.strip() != cell.source.strip():
                raise Wrong(f"cell {cell.id} was changed")

    # --- what was said ----------------------------------------------------------------------------

    @property
    def said(self) -> str:
        """The answer, new Markdown, and the outputs of cells that are new or changed: what a person reads."""
        parts = [self.answer]
        for cell in self.touched:
            parts += [cell.source] if cell.kind == "markdown" else [text_of(output) for output in cell.outputs]
        return "\n".join(part for part in parts if part.strip())

    def says(self, *facts: str) -> None:
        """Nothing when each fact, a regular expression, is found in what was said, whatever its case.

        Raises:
            Wrong: when one is missing.
        """
        said = self.said.replace("\N{NO-BREAK SPACE}", " ")
        for fact in facts:
            require(re.search(fact, said, re.IGNORECASE), f"the answer does not say {fact!r}")

    def says_number(self, number: float, *, within: float) -> None:
        """Nothing when that number, or one that is nearly it, is in what was said.

        Raises:
            Wrong: when it is not.
        """
        found = [float(each.replace(",", "")) for each in re.findall(r"-?\d[\d,]*(?:\.\d+)?", self.said)]
        require(any(abs(each - number) <= within for each in found), f"the answer does not say {number}")


def text_of(output: Mapping[str, object]) -> str:
    """The plain text of an output."""
    if "text" in output:
        text = output["text"]
    else:
        data = output.get("data")
        text = data.get("text/plain", "") if isinstance(data, Mapping) else ""
    return "".join(text) if isinstance(text, list) else str(text)
