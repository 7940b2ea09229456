"""How a cell failed, as a model reads it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.context.failure import ERROR_LIMIT, TRACE_LIMIT, failure_of

from .views import error_output

OWN = "Cell In[4], line 2\n      1 import json\n----> 2 json.loads(1)\n"
LIBRARY = (
    "File /usr/lib/python3.11/json/__init__.py:339, in loads(s)\n    337 else:\n--> 339     raise TypeError('wrong')\n"
)
MODULE = "File ~/lab/helpers.py:9, in load(x)\n      8 if not x:\n----> 9     return parse(x)\n     10 y = 1\n"


def test_what_did_not_fail_has_no_failure() -> None:
    assert failure_of("x", []) is None
    assert failure_of("x", [{"output_type": "stream", "name": "stderr", "text": "Error: no"}]) is None


def test_an_error_in_the_cell_is_told_with_its_line_alone() -> None:
    failure = failure_of("import json\njson.loads(1)", [error_output("TypeError", "wrong", OWN)])
    assert failure is not None
    assert failure.trace == ""
    assert failure.sentence == "`TypeError: wrong` in the line `json.loads(1)`"


def test_the_way_through_own_files_is_told_without_libraries() -> None:
    failure = failure_of("import json\njson.loads(1)", [error_output("TypeError", "wrong", OWN, MODULE, LIBRARY)])
    assert failure is not None
    assert failure.line == "json.loads(1)"
    assert "      1 import json\n----> 2 json.loads(1)" in failure.trace
    assert "File ~/lab/helpers.py:9, in load(x)\n----> 9     return parse(x)" in failure.trace
    assert "if not x" not in failure.trace
    assert "raise TypeError" not in failure.trace
    assert failure.trace.endswith("TypeError: wrong")
    assert "\x1b" not in failure.trace
    alone = failure_of("json.loads(1)", [error_output("TypeError", "wrong", OWN, LIBRARY)])
    assert alone is not None
    assert alone.trace == ""


def test_the_traceback_of_plain_python_names_the_line_too() -> None:
    trace = 'Traceback (most recent call last):\n  File "<ipython-input-1>", line 2, in <module>\n    a / 0\n    ~~^~~\nE: x'
    output = {"output_type": "error", "ename": "E", "evalue": "x", "traceback": [trace]}
    failure = failure_of("a = 1\na / 0", [output])
    assert failure is not None
    assert failure.line == "a / 0"


def test_the_last_error_counts_and_needs_no_traceback() -> None:
    first = {"output_type": "error", "ename": "A", "evalue": "1", "traceback": []}
    second = {"output_type": "error", "ename": "B", "evalue": "", "traceback": []}
    both, one = failure_of("x", [first, second]), failure_of("x", [first])
    assert both is not None
    assert one is not None
    assert both.error == "B"
    assert one.error == "A: 1"


@given(st.text(), st.lists(st.text(max_size=3000), max_size=5), st.text(max_size=1000))
def test_it_is_short_and_never_fails(source: str, traceback: list[str], value: str) -> None:
    output = {"output_type": "error", "ename": "E", "evalue": value, "traceback": traceback}
    failure = failure_of(source, [output])
    assert failure is not None
    assert 0 < len(failure.error) <= ERROR_LIMIT + 3
    assert len(failure.trace) <= TRACE_LIMIT + 3
