"""Which names a cell takes from elsewhere and leaves behind, held against what running it really does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumina_jupyter.context.code_names import code_names


@pytest.mark.parametrize(
    ("source", "uses", "defines"),
    [
        ("x = y + 1", {"y"}, {"x"}),
        ("x = x + 1", {"x"}, {"x"}),
        ("x += 1", {"x"}, {"x"}),
        ("x = 1\ny = x", set(), {"x", "y"}),
        ("import numpy as np, os.path\nfrom a.b import c as d", set(), {"np", "os", "d"}),
        ("def f(a, b=c):\n    return a + z", {"c"}, {"f"}),
        ("def f():\n    return z\nf()", {"z"}, {"f"}),
        ("def f():\n    return y\ny = 1\nf()", set(), {"f", "y"}),
        ("class A(B):\n    c = d\n    def m(self):\n        return e", {"B", "d", "e"}, {"A"}),
        ("[i * k for i in items if i > low]", {"items", "k", "low"}, set()),
        ("{a: b for a, b in pairs}\nlambda q: q + w", {"pairs", "w"}, set()),
        ("print(f'{name:>{width}}')", {"print", "name", "width"}, set()),
        ("with open(p) as f, g() as (h, *k):\n    pass", {"open", "p", "g"}, {"f", "h", "k"}),
        ("a, (b, *c) = d", {"d"}, {"a", "b", "c"}),
        ("if (n := len(xs)) > 3:\n    pass", {"len", "xs"}, {"n"}),
        ("match v:\n    case {'k': k, **r}: print(k)\n    case [a, *b]: pass", {"v", "print"}, set()),
        ("try:\n    import fast as m\nexcept ImportError:\n    m = None", {"ImportError"}, {"m"}),
        ("x: int = 1\ny: int", {"int"}, {"x"}),
        ("del x", {"x"}, set()),
        ("async def f():\n    await g()", set(), {"f"}),
        ("@deco\ndef f():\n    return z", {"deco", "z"}, {"f"}),
    ],
)
def test_names(source: str, uses: set[str], defines: set[str]) -> None:
    found = code_names(source)
    assert (set(found.uses), set(found.defines)) == (uses, defines)
    assert found.complete


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("if c:\n    x = 1", {"x"}),
        ("for i in r:\n    x = i", {"i", "x"}),
        ("df['a'] = 1", {"df"}),
        ("a.b.c = 1", {"a"}),
        ("del d[0]", {"d"}),
        ("x[0] += 1", {"x"}),
        ("rows.append(1)", {"rows"}),
        ("df.dropna(inplace=True)", {"df"}),
        ("df.dropna()", set()),
        ("model.fit(X, y)", {"model"}),
        ("def f():\n    global n\n    n = 1\nf()", {"n"}),
        ("def f():\n    cache[1] = 2\nf()", {"cache"}),
        ("match v:\n    case [a]: b = 1", {"a", "b"}),
    ],
)
def test_what_may_change_is_no_certain_definition(source: str, changes: set[str]) -> None:
    found = code_names(source)
    assert found.changes == changes
    assert not found.defines & changes


def test_functions_take_their_names_when_they_are_called() -> None:
    found = code_names("def f():\n    return rate")
    assert found.uses == set()
    assert dict(found.late)["f"].uses == {"rate"}
    assert found.mentions == {"rate"}


def test_imports_and_stars() -> None:
    found = code_names("import pandas as pd\nfrom sklearn.svm import SVC\nfrom .own import x\nfrom os import *")
    assert found.packages == {"pandas", "sklearn", "os"}
    assert found.modules == {"pd"}
    assert found.star


@pytest.mark.parametrize(
    ("source", "uses", "defines"),
    [
        ("%matplotlib inline\nx = y", {"y"}, {"x"}),
        ("%%time\nx = y", {"y"}, {"x"}),
        ("%%capture out\nx = 1", set(), {"x", "out"}),
        ("%%bash\necho $x", set(), set()),
        ("%%lumina -o answer\nWhat is @df?", set(), {"answer"}),
        ("files = !ls {folder}\nx = files", {"folder"}, {"files", "x"}),
        ("now = %timeit -o f(y)", set(), {"now"}),
        ("%time z = f(y)", {"f", "y"}, {"z"}),
        ("df?\nx = 1", {"df"}, {"x"}),
        ("!pip install a \\\n  b\nx = 1", set(), {"x"}),
        ('s = """\n%not a magic\n"""', set(), {"s"}),
    ],
)
def test_ipythons_own_syntax(source: str, uses: set[str], defines: set[str]) -> None:
    found = code_names(source)
    assert (set(found.uses), set(found.defines)) == (uses, defines)


def test_of_a_broken_cell_what_can_be_read_counts() -> None:
    found = code_names("x = y\nfor in range(3)\n    z = 1\nw = x")
    assert not found.complete
    assert found.defines == {"x", "w"}
    assert found.uses == {"y"}


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["x = ", "y\n", "(", "%%", "!", "def f(", ":", "  ", "'''"])).map("".join)
)
def test_nothing_makes_it_fail(source: str) -> None:
    code_names(source)


# --- held against execution ------------------------------------------------------------------------

NAMES = ["a", "b", "c", "d"]


class Watched(dict[str, Any]):
    """A namespace that remembers what was read before it was written, and what was written."""

    def __init__(self) -> None:
        super().__init__({name: [1, 2] for name in NAMES})
        self.read: set[str] = set()
        self.written: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        if name in NAMES and name not in self.written:
            self.read.add(name)
        return super().__getitem__(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.written.add(name)
        super().__setitem__(name, value)


name = st.sampled_from(NAMES)
expression = st.one_of(
    name.map(lambda x: f"list({x})"),
    st.tuples(name, name).map(lambda p: f"{p[0]} + {p[1]}"),
    st.tuples(name, name).map(lambda p: f"[(i, len({p[1]})) for i in {p[0]}]"),
    name.map(lambda x: f"[{x} for {x} in {x}]"),
    name.map(lambda x: f"(lambda {x}: list({x}))({x})"),
    name.map(lambda x: f"(lambda q: q + {x})([1])"),
    st.just("[0]"),
)
statement = st.one_of(
    st.tuples(name, expression).map(lambda p: f"{p[0]} = {p[1]}"),
    st.tuples(name, expression).map(lambda p: f"{p[0]} += {p[1]}"),
    st.tuples(name, name, expression).map(lambda p: f"{p[0]}, {p[1]} = {p[2]}, [3]"),
    st.tuples(name, expression).map(lambda p: f"{p[0]}[:] = {p[1]}"),
    name.map(lambda x: f"{x}.append(1)"),
    st.tuples(name, name).map(lambda p: f"with open('/dev/null') as {p[0]}:\n    {p[1]} = [5]\n{p[0]} = [7]"),
    st.tuples(name, expression).map(lambda p: f"if True:\n    {p[0]} = {p[1]}\nelse:\n    {p[0]} = []"),
)


@given(st.lists(statement, min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_straight_code_reads_and_writes_what_is_said(statements: list[str]) -> None:
    source = "\n".join(statements)
    watched = Watched()
    before = {each: list(watched[each]) for each in NAMES}
    watched.read.clear()
    exec(compile(source, "cell", "exec"), watched)
    found = code_names(source)
    assert found.uses & set(NAMES) == watched.read
    assert found.defines & set(NAMES) == watched.written & set(NAMES)
    changed = {
        each for each in NAMES if each not in watched.written and dict.__getitem__(watched, each) != before[each]
    }
    assert changed <= found.changes
