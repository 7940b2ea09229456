"""What is compared of code and of what it shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.agent.executor.sameness.code import (
    bound_names,
    goes_on_from_itself,
    lost_names,
    reaches_outside,
    varies,
)
from lumina_jupyter.agent.executor.sameness.shown import shown_text, shows_the_same


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1\nprint(x)", (False, False, False)),
        ("import random\nx = random.random()", (True, False, False)),
        ("rng = np.random.default_rng(7)\nx = rng.random(3)", (False, False, False)),
        ("df.to_csv('a.csv')", (False, True, False)),
        ("!ls", (False, True, False)),
        ("df['date'] = pd.to_datetime(df['date'])", (False, False, True)),
        ("count += 1", (False, False, True)),
        ("total = 0\nfor each in rows:\n    total += each", (False, False, False)),
    ],
)
def test_what_can_be_compared_is_told_from_the_code(source: str, expected: tuple[bool, bool, bool]) -> None:
    assert (varies(source), reaches_outside(source), goes_on_from_itself(source)) == expected


def test_which_names_matter() -> None:
    source = (
        "import math\ndef area(r):\n    return math.pi * r\n_hidden = 1\nsize = area(2)\nfor i in range(3):\n    pass"
    )
    assert bound_names(source) == {"size"}
    assert lost_names(source, "size = 6.28", ["print(area(3), size)"]) == ["area"]


def output(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def result(**data: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": {key.replace("_", "/"): value for key, value in data.items()}}


def test_what_is_another_each_time_is_no_difference() -> None:
    first = [output("a  \n"), output("Warning: 3", "stderr"), result(text_plain="<Thing at 0x7f00aa11bb22>")]
    second = [output("a\n"), result(text_plain="<Thing at 0x7f00aa11ffff>")]
    assert shown_text(first) == shown_text(second) == "a\n<Thing at 0x>"
    assert shown_text([result(image_png="AA==", text_plain="<Figure size 1x1>")]) == "[image/png]"
    assert shown_text([{"output_type": "error", "ename": "KeyError"}]) == "[error KeyError]"
    assert shows_the_same("mean 0.30000000000000004", "mean 0.3")
    assert shows_the_same("a   1\nb  22", "a 1\nb 22")
    assert not shows_the_same("mean 0.31", "mean 0.3")
    assert not shows_the_same("x1", "x2")
    assert not shows_the_same("12", "1 2")


@given(st.text(max_size=60), st.text(max_size=60))
def test_texts_are_the_same_in_both_directions(one: str, other: str) -> None:
    assert shows_the_same(one, one)
    assert shows_the_same(one, other) == shows_the_same(other, one)
