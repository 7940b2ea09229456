"""How a cell failed, as a model reads it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.assist.failure import FAILURE_LIMIT, failure_text

from .views import error_output

OWN = "Cell In[4], line 2\n      1 import json\n----> 2 json.loads(1)\n"
LIBRARY = (
    "File /usr/lib/python3.11/json/__init__.py:339, in loads(s)\n    337 else:\n    338     if not ok:\n"
    "--> 339         raise TypeError('wrong')\n    340     s = 1\n"
)


def test_what_did_not_fail_has_no_failure() -> None:
    assert failure_text([]) == ""
    assert failure_text([{"output_type": "stream", "name": "stderr", "text": "Error: no"}]) == ""


def test_the_own_lines_stay_and_of_a_library_the_one_that_failed() -> None:
    text = failure_text([error_output("TypeError", "wrong", OWN, LIBRARY)])
    assert "      1 import json\n----> 2 json.loads(1)" in text
    assert "--> 339         raise TypeError('wrong')" in text
    assert "if not ok" not in text
    assert text.endswith("TypeError: wrong")
    assert "-----" not in text.replace("----->", "")
    assert "\x1b" not in text


def test_the_last_error_counts_and_needs_no_traceback() -> None:
    first = {"output_type": "error", "ename": "A", "evalue": "1", "traceback": []}
    second = {"output_type": "error", "ename": "B", "evalue": "", "traceback": []}
    assert failure_text([first, second]) == "B"
    assert failure_text([first]) == "A: 1"


@given(st.lists(st.text(max_size=3000), max_size=5), st.text(max_size=300))
def test_it_is_short_and_never_fails(traceback: list[str], value: str) -> None:
    output = {"output_type": "error", "ename": "E", "evalue": value, "traceback": traceback}
    assert 0 < len(failure_text([output])) <= FAILURE_LIMIT + 3
