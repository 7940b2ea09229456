"""Outputs as a model reads them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumina_jupyter.context.cleaning import bounded, clean, html_text, plain
from lumina_jupyter.context.outputs import OUTPUT_CHARACTERS, images_of, outputs_text


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def result(**data: Any) -> dict[str, Any]:
    bundle = {name.replace("_", "/", 1): value for name, value in data.items()}
    return {"output_type": "execute_result", "data": bundle, "metadata": {}, "execution_count": 1}


TRACEBACK = [
    "\x1b[31m---------------------------------------------------------------------------\x1b[39m",
    "\x1b[31mKeyError\x1b[39m                                  Traceback (most recent call last)",
    "\x1b[36mFile \x1b[39m\x1b[32m/lib/pandas/indexes/base.py:3812\x1b[39m, in get_loc\n   3811 try:\n-> 3812     return self._engine(key)",
    "\x1b[36mFile \x1b[39m\x1b[32m/lib/pandas/frame.py:4113\x1b[39m, in __getitem__\n   4112 x\n-> 4113 self.columns.get_loc(key)",
    "\x1b[36mCell In[7]\x1b[39m\x1b[32m, line 2\x1b[39m\n      1 name = 'prise'\n----> 2 df[name]",
    "\x1b[36mFile \x1b[39m\x1b[32m/lib/pandas/hashtable.py:10\x1b[39m, in get\n     9 def get(): ...\n---> 10 raise KeyError(key)",
    "\x1b[31mKeyError\x1b[39m: 'prise'",
]
ERROR = {"output_type": "error", "ename": "KeyError", "evalue": "'prise'", "traceback": TRACEBACK}


def test_escapes_and_overwritten_lines_go() -> None:
    assert plain("\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07") == "red link"
    assert plain("10%\r50%\r100%\ndone\r\n") == "100%\ndone\n"
    assert plain("abc\b\bX") == "aX"
    assert plain("loading...\rok") == "okading..."


def test_long_streams_keep_head_and_tail() -> None:
    text = outputs_text([stream("\n".join(f"line {n}" for n in range(1_000)))])
    assert "line 0\n" in text
    assert text.endswith("line 999")
    assert "lines left out" in text
    assert len(text) < OUTPUT_CHARACTERS


def test_pieces_of_a_stream_are_one() -> None:
    assert outputs_text([stream("a"), stream("b\n"), stream("!", "stderr")]) == "ab\n!"


def test_a_traceback_is_what_matters_of_it() -> None:
    text = outputs_text([ERROR])
    assert "\x1b" not in text
    assert "Cell In[7], line 2" in text
    assert "----> 2 df[name]" in text
    assert "hashtable.py:10" in text
    assert "base.py" not in text
    assert "2 frames in libraries left out" in text
    assert text.endswith("KeyError: 'prise'")


@pytest.mark.parametrize("policy", ["schema-only", "off"])
def test_without_values_an_error_is_its_kind_and_place(policy: Any) -> None:
    text = outputs_text([stream("Ada earns 99000"), ERROR, result(text_plain="99000")], policy)
    assert "99000" not in text
    assert "Cell In[7], line 2" in text
    assert "KeyError" in text
    assert "KeyError: 'prise'" not in text


def test_html_is_told_as_text_where_there_is_nothing_else() -> None:
    table = (
        "<style>td {color: red}</style><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2 &lt; 3</td></tr></table>"
    )
    assert outputs_text([result(text_html=table)]) == "a | b |\n1 | 2 < 3 |"
    assert outputs_text([result(text_html=table, text_plain="   a  b\n0  1  2")]) == "   a  b\n0  1  2"
    assert "alert" not in html_text("<script>alert(1)</script>ok", lines=10, characters=100)


def test_pictures_are_named_or_shown() -> None:
    data = base64.b64encode(b"picture").decode()
    output = {"output_type": "display_data", "data": {"image/png": data, "text/plain": "<Figure>"}, "metadata": {}}
    assert outputs_text([output]) == "[an image, png]"
    (image,) = images_of([output])
    assert (image.media_type, image.data) == ("image/png", data)


def test_widgets_and_figures_are_named() -> None:
    assert outputs_text([result(**{"application_vnd.plotly.v1+json": {"data": [1]}})]) == "[a plotly figure]"
    assert outputs_text([result(application_javascript="alert()", text_plain="x")]) == ""


def test_keys_never_get_through() -> None:
    key = "sk-proj-a1b2c3d4e5f6a7b8c9d0"
    around = "word " * 20_000
    text = outputs_text([stream(f"{around}{key}\n{key} tail"), result(text_plain=f"token='{key}'"), stream(key)])
    assert "a1b2c3" not in text


def test_a_key_at_the_place_of_a_cut_is_no_piece_that_gets_through() -> None:
    key = "sk-proj-" + "a1b2c3d4" * 40
    for shift in range(0, 400, 7):
        text = clean("x " * 20_000 + "y" * shift + " " + key + " " + "z " * 20_000, lines=9_999, characters=2_500)
        assert "a1b2c3d4" not in text
        text = clean("w" * shift + " " + key + " z" * 40_000, lines=9_999, characters=2_500)
        assert "a1b2c3d4" not in text


@given(st.text(max_size=500), st.integers(10, 200))
def test_what_is_bounded_is_not_much_longer(text: str, length: int) -> None:
    assert len(bounded(text, length)) <= length + 60


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"output_type": st.sampled_from(["stream", "error", "display_data", "execute_result", "odd"])},
            optional=dict.fromkeys(("text", "data", "traceback", "ename", "evalue", "name"), anything),
        ),
        max_size=4,
    )
)
@settings(deadline=None)
def test_no_output_makes_it_fail(outputs: list[dict[str, Any]]) -> None:
    assert isinstance(outputs_text(outputs), str)
    images_of(outputs)
