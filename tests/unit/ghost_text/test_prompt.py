"""What a model gets to read, and that its beginning stays the same from key to key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.assist.ghost_text import CellText, GhostTextRequest
from lumina_jupyter.assist.ghost_text.chat_prompt import chat_request, unwrapped
from lumina_jupyter.assist.ghost_text.place import Place
from lumina_jupyter.assist.ghost_text.prompt import (
    CELLS_CHARACTERS,
    PREFIX_CHARACTERS,
    SUFFIX_CHARACTERS,
    VARIABLES_CHARACTERS,
    prefix_of,
    suffix_of,
)
from lumina_jupyter.assist.ghost_text.window import steady_end, steady_window


def test_cells_and_variables_come_before_the_code() -> None:
    cells = (
        CellText(source="# Sales\nof *last* year", kind="markdown"),
        CellText(source="import pandas as pd"),
        CellText(source="ignored", kind="raw"),
    )
    request = GhostTextRequest(prefix="df.", before=cells)
    assert prefix_of(request, ("df: DataFrame, 3 rows",)) == (
        "# # Sales of *last* year\n\nimport pandas as pd\n\n# df: DataFrame, 3 rows\ndf."
    )


def test_comments_are_those_of_the_language() -> None:
    request = GhostTextRequest(prefix="x", before=(CellText(source="Hello", kind="markdown"),), language="javascript")
    assert prefix_of(request) == "// Hello\n\nx"


def test_a_prompt_is_bounded() -> None:
    cells = tuple(CellText(source=f"x{number} = {number}\n" * 20) for number in range(100))
    request = GhostTextRequest(prefix="y = 1\n" * 10_000, suffix="z = 1\n" * 1000, before=cells)
    prefix = prefix_of(request, ["v" * 90] * 100)
    assert PREFIX_CHARACTERS < len(prefix) <= PREFIX_CHARACTERS + CELLS_CHARACTERS + VARIABLES_CHARACTERS
    assert len(suffix_of(request)) <= SUFFIX_CHARACTERS
    assert suffix_of(request).endswith("z = 1")


def test_while_somebody_types_the_beginning_stays() -> None:
    text = "".join(f"line {number}\n" for number in range(1000))
    changes, last = 0, ""
    for length in range(5000, 6000):
        window = steady_end(text[:length], 1000)
        assert text[:length].endswith(window)
        assert len(window) >= 400
        changes += not window.startswith(last)
        last = window
    assert changes <= 3


@given(st.lists(st.text(max_size=30), max_size=40), st.integers(1, 100))
def test_a_window_is_an_end_that_fits(pieces: list[str], limit: int) -> None:
    window = list(steady_window(pieces, limit))
    assert window == pieces[len(pieces) - len(window) :]
    assert sum(map(len, window)) <= limit


@pytest.mark.parametrize(
    ("line", "raw", "text"),
    [
        ("df.", "head()", "head()"),
        ("df.", "df.head()", "head()"),
        ("df.", "```python\ndf.head()\n```", "head()\n```"),
        ("x", "```\nx = 1", "x = 1"),
        ("    return ", "return a", " a"),
    ],
)
def test_what_chat_models_wrap_around_code_is_taken_off(line: str, raw: str, text: str) -> None:
    place = Place.between(line, "")
    assert unwrapped(raw, place, complete=True) == text
    shown = ""
    for length in range(len(raw) + 1):
        now = unwrapped(raw[:length], place, complete=False)
        assert now.startswith(shown)
        shown = now
    assert text.startswith(shown)


def test_a_chat_model_sees_the_cursor() -> None:
    request = chat_request("a = ", "\nb", Place.between("a = ", "\nb"), language="r", max_tokens=9, model="x/y")
    assert request.messages[-1].text == "Language: r\n\na = <CURSOR>\nb"
    assert "current line only" in request.messages[0].text
