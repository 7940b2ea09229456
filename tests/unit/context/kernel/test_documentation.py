"""What code says of itself, asked for by a dotted name: read as it stands there, with none of it run."""

from __future__ import annotations

import dataclasses
import functools
import sys
import types
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pytest

from lumina_jupyter.context.kernel import Policy, look_inside

MARK = "zqxmark"
ran: list[str] = []


def told(dotted: str, policy: Policy = "values", **namespace: object) -> str | None:
    """The documentation of a dotted name; None when there is no such thing."""
    seen = look_inside(namespace, [f"doc:{dotted}"], policy=policy)
    variable = seen.variable(f"doc:{dotted}")
    return None if variable is None else variable.text


@pytest.mark.parametrize(
    ("dotted", "beginning"),
    [
        ("pandas.DataFrame.merge", "merge(self, right, how='inner', "),
        ("df.merge", "merge(self, right, how='inner', "),
        ("pd.DataFrame.from_dict", "from_dict(data, orient='columns', "),
        ("pd.DataFrame", "class pandas.DataFrame(data=None, index=None, "),
        ("pd.DataFrame.shape", "property\nReturn a tuple representing the dimensionality"),
        ("df", "an object of class pandas.DataFrame(data=None, "),
        ("pd", "module pandas\n"),
        ("numpy.sin", "numpy.ufunc sin\nsin(x, /, out=None, "),
        ("numpy.mean", "mean(a, axis=None, "),
        ("len", "len(obj, /): Return the number of items"),
        ("str.join", "join(iterable, /)\nConcatenate"),
    ],
)
def test_heads_and_docstrings_are_told(dotted: str, beginning: str) -> None:
    assert np is not None  # imported, under another name than the one that is asked for
    text = told(dotted, pd=pd, df=pd.DataFrame({"a": [1]}))
    assert text is not None
    assert text.startswith(beginning)


def test_a_wrapped_function_has_the_head_of_what_it_wraps() -> None:
    def load(path: str, rows: int = 5) -> None:
        """Load it."""

    @functools.wraps(load)
    def outer(*args: Any, **kwargs: Any) -> None:
        load(*args, **kwargs)

    for value in (outer, functools.lru_cache(load)):
        assert told("f", f=value) == "load(path, rows=5): Load it."


@pytest.mark.parametrize(
    "dotted", ["nothing", "pd.nothing", "pd.DataFrame.merge.nothing", "", ".", "pd.", "a" + ".b" * 99]
)
def test_what_is_nowhere_is_not_told(dotted: str) -> None:
    assert told(dotted, pd=pd, a=types.SimpleNamespace()) is None


def test_nothing_is_imported() -> None:
    sys.modules.pop("this", None)
    assert told("this") is None
    assert told("xml.nothing_there") is None
    assert "this" not in sys.modules


class Watchful(type):
    """Says so when a class is asked for anything."""

    def __getattribute__(cls, name: str) -> Any:
        if name not in {"__name__", "__dict__", "__mro__", "__class__"} and not name.startswith("_abc"):
            ran.append(name)
        return super().__getattribute__(name)


class Hostile(metaclass=Watchful):
    """A plain word about it."""

    def __init__(self, size: int) -> None:
        self.size = size

    @property
    def area(self) -> int:
        """What it covers."""
        ran.append("area")
        return 1

    @property
    def __doc__(self) -> str:  # type: ignore[override]  # hostile
        ran.append("__doc__")
        return MARK

    def __getattribute__(self, name: str) -> NoReturn:
        ran.append(name)
        raise RuntimeError(MARK)

    def __getattr__(self, name: str) -> NoReturn:
        ran.append(name)
        raise RuntimeError(MARK)

    def __repr__(self) -> str:
        ran.append("repr")
        return MARK


def test_no_property_and_no_hook_runs() -> None:
    hostile = Hostile.__new__(Hostile)
    module = types.ModuleType("hooked")
    module.__getattr__ = ran.append  # type: ignore[method-assign]  # as a module defines it
    ran.clear()
    assert told("h.area", h=hostile) == "property: What it covers."
    assert told("h.nothing", h=hostile) is None
    assert told("h.area.real", h=hostile) is None
    assert str(told("h", h=hostile)).startswith("an object of class tests.Hostile(size)")
    assert told("m.nothing", m=module) is None
    assert ran == []


class Shout(str):
    def __str__(self) -> str:
        ran.append("str")
        return MARK

    expandtabs = strip = __getitem__ = __len__ = __str__  # type: ignore[assignment]  # hostile


def test_docstrings_that_are_none_are_left_out_and_long_ones_cut() -> None:
    def f() -> None: ...

    ran.clear()
    for strange in (Shout("x"), 5, object(), [MARK]):
        f.__doc__ = strange  # type: ignore[assignment]  # anything may stand there
        assert told("f", f=f) == "f()"
        assert told("C", C=type("C", (), {"__doc__": strange, "__module__": "__main__"})) == "class C"
    assert ran == []
    f.__doc__ = "\t" * 10 + "é\ud800" * 10_000_000
    text = told("f", f=f)
    assert text is not None
    assert len(text) <= 1_600
    module = types.ModuleType("m", "A word.\n\n  And more.")
    del module.__dict__["__name__"]
    assert told("m", m=module) == "module without a name\nA word.\n\nAnd more."


@dataclasses.dataclass
class Settings:
    name: str = MARK
    password: str = "hunter2"


class Slotted:
    """Holds something where a docstring would be."""

    __slots__ = ("kept",)

    def __init__(self, kept: str) -> None:
        self.kept = kept


def carriers() -> dict[str, Any]:
    def made(a: str = MARK, *, b: str = MARK) -> None:
        """A word about it."""

    class Made:
        """A word about it."""

        held = MARK

        def __init__(self, a: str = MARK) -> None:
            self.value = a
            self.__doc__ = a

        def method(self, a: str = MARK) -> None:
            """A word about it."""

    return {"f": made, "C": Made, "o": Made(), "D": Settings, "d": Settings(), "s": Slotted(MARK), "t": MARK}


@pytest.mark.parametrize("dotted", ["f", "C", "C.held", "C.method", "o", "o.value", "o.method", "o.__doc__", "D", "D.name",
                                    "D.__init__", "d", "d.name", "s", "s.kept", "t"])  # fmt: skip
def test_schema_only_tells_words_and_names_but_no_value(dotted: str) -> None:
    text = told(dotted, "schema-only", **carriers())
    assert text
    assert MARK not in text
    assert "hunter2" not in (told(dotted, **carriers()) or "")


def test_defaults_are_told_as_far_as_the_policy_goes() -> None:
    assert told("f", "schema-only", **carriers()) == "made(a=…, *, b=…): A word about it."
    assert told("f", **carriers()) == f"made(a='{MARK}', *, b='{MARK}'): A word about it."
    assert told("f", "off", **carriers()) is None


def test_looking_at_a_variable_that_is_code_tells_the_same() -> None:
    found = carriers()
    for name in ("f", "C", "D"):
        (variable,) = look_inside(found, [name], policy="schema-only").variables
        assert variable.text == told(name, "schema-only", **found)
    (method,) = look_inside({"m": found["o"].method}, ["m"]).variables
    assert method.text == f"method(a='{MARK}'): A word about it."
