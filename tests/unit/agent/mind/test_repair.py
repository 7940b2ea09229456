"""Repairs of small models' code: what is certain is mended, everything else stays as it was written."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.agent.scene import Scene
from lumina_jupyter.agent.thinking.repair import repaired, syntax_fault

from .scenes import any_scene, code, scene, table

DF = scene(
    code("load", "import pandas as pd\ndf = pd.read_csv('people.csv')\ndef area(w):\n    return w"),
    variables=(table("df", ("Name", "str"), ("Unit Price", "str"), ("Age", "float64")),),
    files=("people.csv",),
)


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("df = pd.DataFrame({'a': [1]})\nprint(df['Age'])", "print(df['Age'])"),
        ("# Load\ndf = pd.read_csv('your_file.csv')\n\ndf.head()", "df.head()"),
        ("df = pd.read_csv('people.csv')\ndf.head()", "df.head()"),
        ("df = pd.read_csv('people.csv', sep=';')\ndf", "df = pd.read_csv('people.csv', sep=';')\ndf"),
        ("rows = [1]\ndf = pd.DataFrame({'a': rows})", "rows = [1]\ndf = pd.DataFrame({'a': rows})"),
        ("print(df['age'], df[['unit_price', 'Name']])", "print(df['Age'], df[['Unit Price', 'Name']])"),
        ("df['age'] = 1\nprint(df['age'])", "df['age'] = 1\nprint(df['age'])"),
        ("print(df['weight'])", "print(df['weight'])"),
        ("df = df.rename(columns=str.lower)\ndf['age']", "df = df.rename(columns=str.lower)\ndf['age']"),
        ("df['Age'].fillna(0, inplace=True)", "df['Age'] = df['Age'].fillna(0)"),
        ("df.fillna(0, inplace=True)", "df.fillna(0, inplace=True)"),
        ("x = np.mean([1])", "import numpy as np\n\nx = np.mean([1])"),
        ("x = pd.NA", "x = pd.NA"),
        ("def area(w):\n    return w\n\narea(2)", "area(2)"),
        ("%matplotlib inline\nnp.x", "%matplotlib inline\nnp.x"),
        ("x = = 1", "x = = 1"),
    ],
)
def test_slips_are_mended_and_nothing_else_is_touched(written: str, mended: str) -> None:
    assert repaired(written, DF) == mended


def test_files_are_named_as_the_notebooks_code_reaches_them() -> None:
    deep = replace(DF, notebook=replace(DF.notebook, path="a/b/notes.ipynb"))
    assert repaired("x = open('a/b/people.csv')", deep) == "x = open('people.csv')"
    assert repaired("x = open('a/people.csv')", deep) == "x = open('a/people.csv')"
    assert repaired("x = open('a/b/people.csv')", DF) == "x = open('a/b/people.csv')"


def test_nothing_is_saved_or_dropped_that_nobody_asked_for() -> None:
    written = "df['Age'] = 1\ndf = df.dropna()\ndf.to_csv('out.csv')"
    assert repaired(written, DF, words="Convert Age to numbers") == "df['Age'] = 1"
    assert repaired(written, DF, words="Drop rows without a name and save it") == written


def test_what_is_computed_is_shown() -> None:
    assert repaired("m = df['Age'].mean()", DF, shows=True).endswith("\nprint(m)")
    assert repaired("a, b = 1, 2", DF, shows=True).endswith("\nprint(a, b)")
    for shown in ("m = 1\nprint(m)", "m = 1\nm", "for x in [1]:\n    print(x)"):
        assert repaired(shown, DF, shows=True) == shown
    assert "print" not in repaired("m = 1", DF)


def test_the_cell_that_is_edited_may_make_what_it_made() -> None:
    before = "df = pd.DataFrame({'a': [1]})\ndf['A']"
    assert repaired(before, DF, before=before) == before


def test_tests_do_not_define_what_they_test() -> None:
    assert repaired("def area(w):\n    return 9\nassert area(1) == 9", DF, given=["area"]) == "assert area(1) == 9"


_LINES = st.sampled_from(
    ("df['age'] = 1", "x = df['age']", "df['é'].fillna(\n  0,\n inplace=True)", "print('ü', df['NAME'], df['age'])", "if x:\n    df['age']",
     "np.x", "df = pd.DataFrame([1])", "# note", "", "def f():\n    return df['unit price']", "df.to_csv('x')", "s = '''\n# a\n'''")
)  # fmt: skip


@given(lines=st.lists(_LINES, max_size=8), there=any_scene(), shows=st.booleans())
def test_what_parses_parses_still(lines: list[str], there: Scene, shows: bool) -> None:
    for around in (DF, there):
        ast.parse(repaired("\n".join(lines), around, words="Plot it", shows=shows))


@given(text=st.text(max_size=100))
def test_any_text_is_given_back_or_mended(text: str) -> None:
    assert isinstance(repaired(text, DF), str)
    assert isinstance(syntax_fault(text), str)
