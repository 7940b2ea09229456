"""What a cell writes is among the names that a look at its text gives, whatever it is written like."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

import lumina_jupyter
from lumina_jupyter.context.code_names import code_names
from lumina_jupyter.context.dataflow import upstream
from lumina_jupyter.context.view import CellView, NotebookView
from lumina_jupyter.context.written_names import may_be_written

PACKAGE = Path(lumina_jupyter.__file__).parent


@pytest.mark.parametrize(
    "source",
    [
        "x = y = 1\nz: int = 2\nw += 3\n(a, b), *c = d",
        "if (n := f(k)) > 3: pass",
        "df.loc[mask,\n       'column'] = 5",
        "df[\n    'a'\n].x = 1",
        "(a,\n b) = pair\n[c,\n d] = pair",
        "a, \\\n    b = pair",
        "df.drop(\n    columns=['a'],\n    inplace=True,\n)",
        "rows.append(1)\nmodel.fit(\n    x,\n)",
        "(model\n .fit(x)\n)",
        "deque(\n    items\n).pop()",
        "from a import (  # what is needed\n    b,\n    c as d,\n)\nimport e.f, \\\n    g",
        "for a, (b, c) in rows: pass\nfor (\n    d,\n    e,\n) in rows: pass",
        "with f() as a, g() as (b, c): pass\ntry: pass\nexcept E as e: x = e",
        "def f(): global g; g = 1\nclass A: b = f()\ndel c, d",
        "match v:\n    case {'k': k, **r}: pass\n    case [a, *b] as c: pass",
        "%%capture out --no-stderr\nx = 1",
        "files = !ls\n%time y = f(files)\n%matplotlib inline",
        "a = [\n    b,\n    c\n]\nd = dict(\n    e=f,\n)\nd['x'][0].y += 1",
    ],
)
def test_every_way_of_writing_a_name_is_seen(source: str) -> None:
    names, seen = code_names(source), may_be_written(source)
    assert names.writes | names.deletes
    assert seen is None or names.writes | names.deletes <= seen


def test_what_is_only_read_is_mostly_told_apart() -> None:
    seen = may_be_written("total = price * rate\nplot(total, scale)\nprint(f'{rate} {scale}')")
    assert seen == frozenset({"total"})


def cells_of(file: Path) -> Iterator[str]:
    """Three statements each, and the bodies of functions as cells of their own."""
    source = file.read_text()
    lines = source.split("\n")

    def between(body: list[ast.stmt]) -> str:
        return dedent("\n".join(lines[body[0].lineno - 1 : body[-1].end_lineno]))

    body = ast.parse(source).body
    for at in range(0, len(body), 3):
        yield between(body[at : at + 3])
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            yield between(statement.body)


@pytest.mark.parametrize("folder", ["collaboration", "context", "cli"])
def test_real_code_writes_nothing_that_is_not_seen(folder: str) -> None:
    told = 0
    for file in sorted((PACKAGE / folder).rglob("*.py")):
        for cell in cells_of(file):
            names, seen = code_names(cell), may_be_written(cell)
            told += seen is not None
            assert names.star or seen is None or names.writes | names.deletes <= seen, cell
    assert told > 100


def test_the_cells_that_a_cell_comes_from_are_found_among_those_that_only_read() -> None:
    sources = [
        "rate = 2",
        "print(rate)",
        "table = load()",
        "(table\n .append(rate)\n)",
        "show(table, rate)",
        "table * rate",
    ]
    cells = tuple(CellView(id=f"c{at}", kind="code", source=source) for at, source in enumerate(sources))
    assert upstream(NotebookView(path="a.ipynb", cells=cells), 5) == {0: 1, 2: 1, 3: 1}
