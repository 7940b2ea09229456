"""Scenes to think in: made by hand, and by hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from lumina_jupyter.agent.scene import Done, Scene
from lumina_jupyter.agent.task import ACTIONS, Task
from lumina_jupyter.context import CellView, NotebookView
from lumina_jupyter.context.kernel.summary import ColumnSummary, VariableSummary

TOOLS = (
    "read_notebook", "read_cell", "add_cell", "insert_cell", "edit_cell", "delete_cell", "run_cell", "run_all_cells",
    "list_variables", "list_files", "read_file", "write_file",
)  # fmt: skip


def code(id: str, source: str, *outputs: dict[str, Any], count: int | None = 1) -> CellView:
    """A code cell that has run."""
    return CellView(id=id, source=source, execution_count=count, outputs=outputs)


def error(name: str, message: str, line: str = "") -> dict[str, Any]:
    """An error among the outputs of a cell."""
    trace = [f"Cell In[1], line 1\n----> 1 {line}\n", f"{name}: {message}"] if line else []
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": trace}


def table(name: str, *columns: tuple[str, str], text: str = "", rows: int = 5) -> VariableSummary:
    """A table."""
    return VariableSummary(
        name=name,
        type="pandas.DataFrame",
        shape=(rows, len(columns)),
        columns=tuple(ColumnSummary(name=each, type=kind) for each, kind in columns),
        columns_total=len(columns),
        text=text,
    )


def scene(*cells: CellView, **rest: Any) -> Scene:
    """A scene with all tools."""
    active = rest.pop("active", cells[-1].id if cells else "")
    policy = rest.pop("policy", {})
    view = NotebookView(path="a.ipynb", cells=cells, active_cell=active, policy=policy)
    return Scene(notebook=view, **{"tools": TOOLS, **rest})


# --- by hypothesis ---------------------------------------------------------------------------------

_SOURCES = st.sampled_from(
    ("", "x = 1", "def f(a):\n    return a", "import pandas as pd\ndf = pd.read_csv('a.csv')", "x = = 1", "%%bash\nls",
     "for i in range(3):\n    print(f(i))", "df.groupby('a').sum()", "# Title", "class A:\n    pass", "\x00", "f(x)\n" * 50)
)  # fmt: skip
_OUTPUTS = st.sampled_from(
    ((), (error("KeyError", "'a'", "df['a']"),), ({"output_type": "stream", "name": "stdout", "text": "1\n"},))
)
_NAMES = st.sampled_from(("x", "df", "f", "sales", "a b", "é"))


@st.composite
def any_scene(draw: st.DrawFn) -> Scene:
    """Any scene: cells of all kinds, tables and other variables, files, some of the tools."""
    cells = tuple(
        CellView(
            id=f"cell-{number}",
            kind=draw(st.sampled_from(("code", "code", "markdown", "raw"))),
            source=draw(_SOURCES | st.text(max_size=40)),
            execution_count=draw(st.none() | st.integers(1, 9)),
            outputs=draw(_OUTPUTS),
        )
        for number in range(draw(st.integers(0, 6)))
    )
    variables = tuple(
        table(name, ("a", "int64"), ("Unit Price", "str"))
        if draw(st.booleans())
        else VariableSummary(name=name, type="int")
        for name in draw(st.lists(_NAMES, max_size=4, unique=True))
    )
    tools = tuple(draw(st.lists(st.sampled_from(TOOLS), unique=True))) if draw(st.booleans()) else TOOLS
    files = tuple(draw(st.lists(st.sampled_from(("a.csv", "data/b.csv", "notes.md", "x.png")), unique=True)))
    active = draw(st.sampled_from([*(cell.id for cell in cells), "", "gone"]))
    done = draw(st.lists(any_done(), max_size=4))
    language = draw(st.sampled_from(("python", "python", "R")))
    view = NotebookView(path="a.ipynb", cells=cells, active_cell=active, language=language)
    return Scene(notebook=view, variables=variables, files=files, tools=tools, done=tuple(done))


def any_done() -> st.SearchStrategy[Done]:
    """Any step that was tried."""
    return st.builds(
        Done,
        step=st.sampled_from(("write", "run", "edit", "s1")),
        title=st.text(max_size=20),
        tool=st.sampled_from(TOOLS),
        written=st.sampled_from(("", "x = 1")),
        result=st.text(max_size=60),
        failed=st.booleans(),
        cell=st.sampled_from(("", "cell-0", "cell-1", "gone")),
    )


_PHRASES = st.sampled_from(
    ("Fix the error", "Plot a of df", "Explain f in a markdown cell", "Clean @df", "What is the mean of a in a.csv?",
     "Run cell 2", "Add a docstring to f", "Write tests for f", "Find the file notes.md", "Change the last cell", "@cell:cell-1")
)  # fmt: skip


def any_task() -> st.SearchStrategy[Task]:
    """Any task, whether or not it fits the scene."""
    return st.builds(
        Task,
        words=_PHRASES | st.text(max_size=60),
        action=st.sampled_from(ACTIONS),
        target_kind=st.sampled_from(("notebook", "cell", "variable", "file", "none")),
        target=st.sampled_from(("", "cell-0", "cell-1", "gone", "df", "a.csv")),
        complexity=st.floats(0, 1),
    )
