"""The notebook map: what of a notebook still stands for what its kernel holds, and what to run again where it does not.

**Evidence.** What was executed is what the kernel's own history says: for each execution count the source that ran
(`In`). It needs no front end, knows of code that is no longer in the notebook, and tells a cell that was edited after
it ran from one that was not: a cell with execution count n stands for what ran only if its source is the history's
entry n. Counts of an earlier kernel that the history does not hold count as not run.

**Stale.** A cell is stale when its source is not what ran, when a cell above that it uses is itself stale or was not
run, or when it ran on another value than a run from the top would have given it: because that cell ran again after it,
or because other code had changed the value. Names are followed by `code_names`, through the cells in their order.

**To run again.** The smallest set of cells after which every cell that was run stands for what a run from the top
would give: the stale ones, those that must put a name back to what it is at their place or in the end, and those below
that use what any of these write. It is found by running the set in mind and adding what turns out to be missing, until
nothing is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import ClassVar, Literal

from .code_names import code_names
from .dataflow import names_of
from .flow_graph import GONE, Event, FlowGraph
from .kept_code import last_writers
from .outputs import error_of
from .view import NotebookView

CellState = Literal["fresh", "edited", "upstream", "failed", "not_run", "no_code"]
"""`edited`: not what ran. `upstream`: what it uses has changed since. `failed`: ran and ended with an error."""
Origin = Literal["cell", "edited", "deleted"]
"""A variable comes from a cell as it stands, from one that was edited since, or from code that is gone."""

_STALE: tuple[CellState, ...] = ("edited", "upstream")
_WORDS = {"edited": "edited", "upstream": "stale"}
SIMILAR = 0.6
"""How alike (0 to 1) the code that ran and a cell must be for the cell to count as that code, edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What a kernel has run: the source of one execution count."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    count: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellStatus:
    """How a cell stands to the kernel. `uses` are the cells (ids) that its names come from; `because` says why it is stale."""

    id: str
    number: int
    state: CellState
    because: str = ""
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableOrigin:
    """Where a variable's value comes from: the execution that gave it, and the cell (its id, empty when it is gone)."""

    name: str
    origin: Origin
    execution: int
    cell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookMap:
    """The map. `rerun` are ids of cells, in the order in which to run them.

    `known` says whether the kernel's history was at hand; without it the execution counts alone are gone by,
    and edits are not noticed.
    """

    cells: tuple[CellStatus, ...] = ()
    variables: tuple[VariableOrigin, ...] = ()
    rerun: tuple[str, ...] = ()
    known: bool = True


def notebook_map(view: NotebookView, executions: Sequence[Execution] | None) -> NotebookMap:
    """Draw the map. Takes a few milliseconds for each hundred cells: for a thread.

    Args:
        view: The notebook.
        executions: What its kernel has run; None when nobody knows.
    """
    graph = FlowGraph(view)
    events = _events(view, executions)
    states = _states(view, graph, events, None if executions is None else {each.count: each for each in executions})
    rerun = graph.to_run_again({at for at, (state, _) in enumerate(states) if state in _STALE}, events)
    return NotebookMap(
        cells=tuple(
            CellStatus(
                id=cell.id,
                number=at + 1,
                state=states[at][0],
                because=states[at][1],
                uses=tuple(view.cells[above].id for above in sorted(graph.sources(at))),
            )
            for at, cell in enumerate(view.cells)
        ),
        variables=_origins(view, executions) if executions is not None else (),
        rerun=tuple(view.cells[at].id for at in rerun),
        known=executions is not None,
    )


def same_code(one: str, other: str) -> bool:
    """Whether two sources are the same but for white space at line ends."""
    return one == other or _normal(one) == _normal(other)


def _normal(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().split("\n"))


def _events(view: NotebookView, executions: Sequence[Execution] | None) -> list[Event]:
    """What ran, in order, each with the cell that still holds what ran as its last run."""
    by_count = {cell.execution_count: at for at, cell in enumerate(view.cells) if cell.execution_count is not None}
    if executions is None:
        return [
            Event(count, names_of(view.cells[by_count[count]], view.language), by_count[count])
            for count in sorted(by_count)
        ]
    events = []
    for each in sorted(executions, key=lambda one: one.count):
        at = by_count.get(each.count)
        is_cell = at is not None and same_code(view.cells[at].source, each.source)
        events.append(Event(each.count, code_names(each.source), at if is_cell else None, each.source))
    return events


def _states(
    view: NotebookView, graph: FlowGraph, events: Sequence[Event], ran: Mapping[int, Execution] | None
) -> list[tuple[CellState, str]]:
    read = graph.read(events)
    earlier = _earlier_runs(view, events)
    counts = {event.cell: event.count for event in events if event.cell is not None}
    states: list[tuple[CellState, str]] = []
    for at, cell in enumerate(view.cells):
        count = cell.execution_count
        if cell.kind != "code" or not cell.source.strip():
            states.append(("no_code", ""))
        elif count is None or (ran is not None and count not in ran):
            states.append(("not_run", ""))
        elif at not in read:
            states.append(("edited", "its source is not what was run"))
        else:
            reason = _reason(graph, states, at, read[at], earlier, counts)
            failed = error_of(cell.outputs) is not None
            states.append(
                ("upstream", reason) if reason else ("failed", "it ended with an error") if failed else ("fresh", "")
            )
    return states


def _earlier_runs(view: NotebookView, events: Sequence[Event]) -> dict[int, int]:
    """The cells whose earlier runs some of the events were, by how the graph calls these."""
    places = {_normal(cell.source): at for at, cell in enumerate(view.cells) if cell.kind == "code"}
    gone = [each for each in events if each.cell is None]
    return {GONE - each.count: places[_normal(each.source)] for each in gone if _normal(each.source) in places}


def _reason(
    graph: FlowGraph,
    states: Sequence[tuple[CellState, str]],
    at: int,
    read: Mapping[str, frozenset[int]],
    earlier: Mapping[int, int],
    counts: Mapping[int, int],
) -> str:
    """Why a cell no longer stands for what a run from the top would give; empty when it does."""
    for name, above in sorted(graph.writers(at).items()):
        for other in sorted(above):
            if states[other][0] == "not_run":
                return f"it uses {name} of cell #{other + 1}, which was not run"
            if states[other][0] in _STALE:
                return f"it uses {name} of cell #{other + 1}, which is {_WORDS[states[other][0]]}"
        if not above or read[name] == above:
            continue
        late = [other for other in sorted(above) if counts.get(other, 0) > counts[at]]
        was = {earlier.get(each) for each in read[name] if each <= GONE}
        if at in was:
            return f"it ran more than once, on the {name} that it had left itself"
        if late:
            return f"it uses {name} of cell #{late[0] + 1}, which ran after it"
        if None in was:
            return f"it ran with a {name} of code that is no longer in the notebook"
        return f"it ran with a {name} that another cell had changed"
    return ""


def _origins(view: NotebookView, executions: Sequence[Execution]) -> tuple[VariableOrigin, ...]:
    by_count = {cell.execution_count: cell for cell in view.cells if cell.execution_count is not None}
    found: list[VariableOrigin] = []
    for name, execution in sorted(last_writers(executions).items()):
        cell = by_count.get(execution.count)
        if cell is None or not same_code(cell.source, execution.source):
            # Run again since, with the same source, but without an end: still that cell.
            cell = next((each for each in view.cells if same_code(each.source, execution.source)), cell)
        if cell is None:
            edited = _edited(view, name, execution)
            origin: Origin = "edited" if edited else "deleted"
            found.append(VariableOrigin(name=name, origin=origin, execution=execution.count, cell=edited))
        else:
            origin = "cell" if same_code(cell.source, execution.source) else "edited"
            found.append(VariableOrigin(name=name, origin=origin, execution=execution.count, cell=cell.id))
    return tuple(found)


def _edited(view: NotebookView, name: str, execution: Execution) -> str:
    """The cell that the code became, by likeness; empty when there is none."""
    best, likeness = "", SIMILAR
    for cell in view.cells:
        # A cell that gives the name a value as it stands is not what this code became.
        if cell.kind != "code" or name in names_of(cell, view.language).writes:
            continue
        matcher = SequenceMatcher(None, execution.source[:2_000], cell.source[:2_000], autojunk=False)
        if matcher.real_quick_ratio() > likeness and matcher.quick_ratio() > likeness:
            ratio = matcher.ratio()
            if ratio > likeness:
                best, likeness = cell.id, ratio
    return best
