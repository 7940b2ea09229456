"""A task: a notebook, what somebody asks for in it, and how the notebook that comes of it is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .result import Result

Paste = Literal["add", "replace", "heading", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell. `ran_as` is what it was run as, where it was edited since; `outputs` are nbformat's."""

    id: str
    source: str
    kind: Literal["code", "markdown"] = "code"
    ran_as: str | None = None
    outputs: tuple[dict[str, Any], ...] = ()
    count: int | None = None
    """Its execution count."""


def code(cell_id: str, source: str, *, ran_as: str | None = None) -> Cell:
    """A code cell; newlines around the source are for the reader of the task."""
    return Cell(id=cell_id, source=source.strip("\n"), ran_as=None if ran_as is None else ran_as.strip("\n"))


def markdown(cell_id: str, source: str) -> Cell:
    """A Markdown cell."""
    return Cell(id=cell_id, source=source.strip("\n"), kind="markdown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody did to a task's notebook: edited cells by id, cells added at its end, cells deleted, words said.

    `first` are cells added before all others.
    """

    edits: Mapping[str, str] = field(default_factory=dict)
    first: tuple[Cell, ...] = ()
    adds: tuple[str | Cell, ...] = ()
    deletes: tuple[str, ...] = ()
    answer: str = ""

    def of(self, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """The notebook after it."""
        kept = tuple(
            replace(cell, source=self.edits.get(cell.id, cell.source).strip("\n"), ran_as=None)
            for cell in cells
            if cell.id not in self.deletes
        )
        added = tuple(
            each if isinstance(each, Cell) else code(f"added-{number}", each) for number, each in enumerate(self.adds)
        )
        return self.first + kept + added


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookTask:
    """One task.

    Args:
        words: What is asked; the agent and plain `%%lumina` get the same.
        cells: The notebook, whose code cells have been run in their order (up to the first that fails).
        check: Raises `Wrong` where the notebook that came of it is not what was asked for.
        reference: A solution; `check` takes it.
        cheats: What looks like a solution and is none, beside those that every task has; `check` takes none of them.
        about: The cells that the task is about, if it is about some: the first is the active one.
        paste: Where a person puts a plain answer: its code in place of the cells of `about` or into a new cell at the
            end, its Markdown into a cell above all others, or nowhere.
        data: Files beside the notebook.
        shows: Mentions that a person adds to the words for plain `%%lumina`, which sees nothing else.
    """

    words: str
    cells: tuple[Cell, ...]
    check: Callable[[Result], None]
    reference: Change
    cheats: tuple[Change, ...] = ()
    about: tuple[str, ...] = ()
    paste: Paste = "add"
    data: Mapping[str, str] = field(default_factory=dict)
    shows: tuple[str, ...] = ("@notebook",)

    def cell(self, cell_id: str) -> Cell:
        """The cell of that id."""
        return next(cell for cell in self.cells if cell.id == cell_id)
