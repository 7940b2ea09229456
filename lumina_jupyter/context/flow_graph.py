"""Which cells use what other cells write, for a whole notebook at once, and what to run again after a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from .code_names import CodeNames
from .code_scopes import Names
from .dataflow import names_of
from .view import NotebookView

GONE = -1
"""Writers from here downwards are executions of code that is no longer what a cell holds."""


@dataclass(frozen=True, slots=True)
class Event:
    """One execution: of a cell as it stands (its index), or of code that no cell holds any more."""

    count: int
    names: CodeNames
    cell: int | None = None
    source: str = ""


class FlowGraph:
    """The cells' names, joined in the notebook's order; built in one pass.

    Args:
        view: The notebook.
    """

    def __init__(self, view: NotebookView) -> None:
        self._names = [names_of(cell, view.language) for cell in view.cells]
        modules = frozenset().union(*(names.modules for names in self._names))
        self._uses: list[frozenset[str]] = []
        self._writes: list[frozenset[str]] = []
        self._join(modules)
        self._writers = self._link()

    def _join(self, modules: frozenset[str]) -> None:
        """What each cell uses and writes, with what the functions do that it calls from cells above."""
        functions: dict[str, Names] = {}
        for names in self._names:
            uses, changes = _with_functions(names, functions)
            # A call such as plt.clear() changes no variable of the notebook.
            self._uses.append(uses)
            self._writes.append(names.defines | (changes - modules))
            for name in names.writes | names.deletes:
                functions.pop(name, None)
            functions.update(names.late)

    def _link(self) -> list[dict[str, frozenset[int]]]:
        """For each cell and name that it uses: the cells above whose writing it sees."""
        writers: dict[str, frozenset[int]] = {}
        stars: frozenset[int] = frozenset()
        linked: list[dict[str, frozenset[int]]] = []
        for at, names in enumerate(self._names):
            linked.append({name: writers.get(name, frozenset()) | stars for name in self._uses[at]})
            for name in self._writes[at]:
                before = frozenset() if name in names.defines else writers.get(name, frozenset())
                writers[name] = before | {at}
            for name in names.deletes:
                writers[name] = frozenset({at})
            if names.star:
                stars |= {at}
        return linked

    def sources(self, at: int) -> frozenset[int]:
        """The cells above that a cell's names come from."""
        return frozenset[int]().union(*self._writers[at].values())

    def writers(self, at: int) -> Mapping[str, frozenset[int]]:
        """For each name that a cell uses: the cells above whose writing it sees in a run from the top."""
        return self._writers[at]

    def read(self, events: Sequence[Event]) -> dict[int, dict[str, frozenset[int]]]:
        """For each cell that ran and each name that it uses: whose writing it saw, the last time it ran."""
        held: dict[str, frozenset[int]] = {}
        found: dict[int, dict[str, frozenset[int]]] = {}
        for event in events:
            if event.cell is not None:
                found[event.cell] = {name: held.get(name, frozenset()) for name in self._uses[event.cell]}
            self._happen(event, held)
        return found

    def to_run_again(self, stale: Set[int], events: Sequence[Event]) -> list[int]:
        """The cells to run, in the notebook's order, so that all that were run stand for a run from the top.

        The smallest set that has the stale cells in it, what these need, what they overwrite and what uses them.

        Args:
            stale: Cells that must run in any case, and with them all that use what they write.
            events: What the kernel has run, in order.
        """
        held: dict[str, frozenset[int]] = {}
        for event in events:
            self._happen(event, held)
        ran = {event.cell for event in events if event.cell is not None}
        chosen = set(stale)
        while missing := (
            self._missing(chosen, dict(held)) | self._unlike(chosen | ran, chosen, held) | self._below(chosen, ran)
        ):
            chosen |= missing
        return sorted(chosen)

    def _missing(self, chosen: Set[int], held: dict[str, frozenset[int]]) -> set[int]:
        """Cells that the chosen ones need before them, to find what they would find in a run from the top."""
        missing: set[int] = set()
        for at in sorted(chosen):
            for name, above in self._writers[at].items():
                if above and held.get(name, frozenset()) != above:
                    missing |= above - chosen
            self._write(at, held)
        return missing

    def _below(self, chosen: Set[int], ran: Set[int]) -> set[int]:
        """Cells that ran and use what the chosen ones write: what these give may be something else this time."""
        return {at for at in ran - chosen if any(above & chosen for above in self._writers[at].values())}

    def _unlike(self, ran: Set[int], chosen: Set[int], before: Mapping[str, frozenset[int]]) -> set[int]:
        """Cells whose names would end with another's value than in a run from the top."""
        held = dict(before)
        for at in sorted(chosen):
            self._write(at, held)
        final: dict[str, frozenset[int]] = {}
        for at in sorted(ran):
            self._write(at, final)
        return {at for name, cells in final.items() if held.get(name) != cells for at in cells} - set(chosen)

    def _happen(self, event: Event, held: dict[str, frozenset[int]]) -> None:
        if event.cell is not None:
            self._write(event.cell, held)
        else:
            _write_names(event.names, event.names.writes, GONE - event.count, held)

    def _write(self, at: int, held: dict[str, frozenset[int]]) -> None:
        _write_names(self._names[at], self._writes[at], at, held)


def _write_names(names: CodeNames, writes: Set[str], who: int, held: dict[str, frozenset[int]]) -> None:
    for name in names.deletes:
        held.pop(name, None)
    for name in writes:
        before = frozenset[int]() if name in names.defines else held.get(name, frozenset())
        held[name] = before | {who}


def _with_functions(names: CodeNames, functions: Mapping[str, Names]) -> tuple[frozenset[str], frozenset[str]]:
    """What a cell uses and changes, its calls of functions from other cells included."""
    uses, changes = set(names.uses), set(names.changes)
    pending = sorted(uses)
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        inner = functions[name]
        uses |= inner.uses
        changes |= inner.changes
        pending += sorted(inner.uses)
    return frozenset(uses), frozenset(changes)
