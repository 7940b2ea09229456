"""The notebook map, held against kernels that really run, re-run, edit and lose cells."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumina_jupyter.context import CellView, NotebookView
from lumina_jupyter.context.map import Execution, NotebookMap, notebook_map

ERROR: tuple[dict[str, Any], ...] = ({"output_type": "error", "ename": "E", "evalue": "", "traceback": []},)


def view(*cells: tuple[str, int | None]) -> NotebookView:
    made = (CellView(id=f"c{at}", source=source, execution_count=count) for at, (source, count) in enumerate(cells, 1))
    return NotebookView(cells=tuple(made))


def ran(*sources: str) -> list[Execution]:
    return [Execution(count=count, source=source) for count, source in enumerate(sources, 1)]


def states(found: NotebookMap) -> list[str]:
    return [cell.state for cell in found.cells]


def test_a_run_from_the_top_is_fresh() -> None:
    found = notebook_map(view(("x = 1", 1), ("y = x", 2), ("# text", None)), ran("x = 1", "y = x"))
    assert states(found) == ["fresh", "fresh", "not_run"]
    assert found.rerun == ()
    assert found.cells[1].uses == ("c1",)


def test_an_edit_makes_what_uses_it_stale_and_nothing_else() -> None:
    found = notebook_map(view(("x = 2", 1), ("y = x", 2), ("z = 3", 3)), ran("x = 1", "y = x", "z = 3"))
    assert states(found) == ["edited", "upstream", "fresh"]
    assert found.rerun == ("c1", "c2")


def test_white_space_at_line_ends_is_no_edit() -> None:
    assert states(notebook_map(view(("x = 1  \n\n", 1)), ran("x = 1"))) == ["fresh"]


@pytest.mark.parametrize(
    ("cells", "history", "rerun", "because"),
    [
        ([("x = 1", 3), ("y = x", 2)], ["x = 1", "y = x", "x = 1"], ("c2",), "ran after it"),
        ([("x = 1", 1), ("x += 1", 3)], ["x = 1", "x += 1", "x += 1"], ("c1", "c2"), "ran more than once"),
        ([("x = 1", None), ("y = x", 2)], ["x = 9", "y = x"], ("c1", "c2"), "was not run"),
        ([("x = 1", 1), ("y = x", 3)], ["x = 1", "x = 9", "y = x"], ("c1", "c2"), "no longer in the notebook"),
        ([("x = 1", 1), ("y = x", 3), ("x = 2", 2)], ["x = 1", "x = 2", "y = x"], ("c1", "c2", "c3"), "another cell had changed"),
        ([("def f(): return k", 1), ("k = 2", 4), ("y = f()", 3)], ["def f(): return k", "k = 2", "y = f()", "k = 2"], ("c3",), "ran after it"),
    ],
)  # fmt: skip
def test_why_a_cell_is_stale(
    cells: list[tuple[str, int | None]], history: list[str], rerun: tuple[str, ...], because: str
) -> None:
    found = notebook_map(view(*cells), ran(*history))
    assert found.rerun == rerun
    assert any(because in cell.because for cell in found.cells)


def test_variables_of_edited_and_deleted_cells() -> None:
    history = ran("kept = 1", "rate_of_tax = 0.19\ntotal_with_tax = 119", "temporary = 5")
    found = notebook_map(view(("kept = 1", 1), ("total_with_tax = 119  # rate_of_tax", None)), history)
    origins = {each.name: (each.origin, each.cell) for each in found.variables}
    assert origins["kept"] == ("cell", "c1")
    assert origins["temporary"] == ("deleted", "")
    assert origins["total_with_tax"][0] in {"edited", "deleted"}


def test_counts_of_an_earlier_kernel_do_not_count() -> None:
    assert states(notebook_map(view(("x = 1", 7)), ran("y = 1"))) == ["not_run"]


def test_without_history_the_counts_are_gone_by() -> None:
    found = notebook_map(view(("x = 1", 5), ("y = x", 2)), None)
    assert not found.known
    assert states(found) == ["fresh", "upstream"]
    assert found.rerun == ("c2",)


def test_a_failed_cell_says_so() -> None:
    cell = CellView(id="c", source="x = 1", execution_count=1, outputs=ERROR)
    assert states(notebook_map(NotebookView(cells=(cell,)), ran("x = 1"))) == ["failed"]


# --- held against execution ------------------------------------------------------------------------

NAMES = "abc"
FIRST = "a, b, c = 1, 2, 3\nL = [0]\ndef f():\n    return 0"
name = st.sampled_from(NAMES)
source = st.one_of(
    st.tuples(name, st.integers(10, 10_000), name).map(lambda p: f"{p[0]} = hash(({p[1]}, {p[2]}))"),
    st.tuples(name, st.integers(10, 10_000)).map(lambda p: f"{p[0]} = {p[1]}"),
    st.tuples(name, st.integers(10, 10_000)).map(lambda p: f"{p[0]} += {p[1]}"),
    name.map(lambda x: f"L.append({x})"),
    st.integers(10, 10_000).map(lambda n: f"L = [{n}]"),
    name.map(lambda x: f"{x} = hash(tuple(L))"),
    name.map(lambda x: f"def f():\n    return hash(({x}, 1))"),
    name.map(lambda x: f"{x} = f()"),
)


class Kernel:
    """Runs cells as a kernel does: counts, keeps the history, goes on after an error."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self.history: list[Execution] = []

    def run(self, code: str) -> int:
        exec(code, self.namespace)
        self.history.append(Execution(count=len(self.history) + 1, source=code))
        return len(self.history)

    @property
    def values(self) -> dict[str, Any]:
        return {each: self.namespace[each] for each in (*NAMES, "L")}


@given(
    st.lists(source, min_size=1, max_size=6),
    st.lists(
        st.one_of(
            st.tuples(st.just("run"), st.integers(1, 6), source),
            st.tuples(st.just("edit"), st.integers(1, 6), source),
            st.tuples(st.just("stray"), st.just(0), source),
            st.tuples(st.just("delete"), st.integers(1, 6), source),
            st.tuples(st.just("insert"), st.integers(1, 6), source),
        ),
        max_size=6,
    ),
)
@settings(max_examples=400, deadline=None)
def test_after_running_what_is_named_the_kernel_is_as_after_a_run_from_the_top(
    sources: list[str], events: list[tuple[str, int, str]]
) -> None:
    kernel = Kernel()
    cells: list[list[Any]] = [[code, kernel.run(code)] for code in (FIRST, *sources)]
    for kind, at, code in events:
        place = 1 + at % max(1, len(cells) - 1)
        match kind:
            case "stray":
                kernel.run(code)
            case "insert":
                cells.insert(place, [code, None])
            case _ if place >= len(cells):
                continue
            case "run":
                cells[place][1] = kernel.run(cells[place][0])
            case "edit":
                cells[place][0] = code
            case "delete":
                del cells[place]
    found = notebook_map(view(*((code, count) for code, count in cells)), kernel.history)
    by_id = {f"c{at}": cell for at, cell in enumerate(cells, 1)}
    assert [int(each[1:]) for each in found.rerun] == sorted(int(each[1:]) for each in found.rerun)
    for each in found.rerun:
        by_id[each][1] = kernel.run(by_id[each][0])
    clean = Kernel()
    for code, count in cells:
        if count is not None:
            clean.run(code)
    assert kernel.values == clean.values
    after = notebook_map(view(*((code, count) for code, count in cells)), kernel.history)
    assert after.rerun == ()
