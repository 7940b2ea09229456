"""What of a model's text is shown where somebody types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.assist.ghost_text.place import Place
from lumina_jupyter.assist.ghost_text.shaping import MAX_LINES, shaped


def final(raw: str, prefix: str, suffix: str = "") -> str:
    return shaped(raw, Place.between(prefix, suffix), complete=True).text


@pytest.mark.parametrize(
    ("prefix", "suffix", "raw", "text"),
    [
        # One line where the line goes on, several where it opens something or is empty.
        ("df.", "", "head()\ndf.tail()", "head()"),
        ("def f(x):", "", "\n    return x\nprint(f(1))", "\n    return x"),
        ("def f(x):\n    ", "", "y = x\n    return y\n\nprint(1)", "y = x\n    return y"),
        ("if a:\n    b()\n", "", "else:\n    c()\nd()", "else:\n    c()\nd()"),
        ("x = [", "", "\n    1,\n    2,\n]\nprint(x)", "\n    1,\n    2,\n]"),
        # It ends where the code's inside does, and at an empty line.
        ("for x in y:\n    ", "", "print(x)\nprint(y)", "print(x)"),
        (
            "for x in y:\n    ",
            "",
            "if x:\n        a()\n    else:\n        b()",
            "if x:\n        a()\n    else:\n        b()",
        ),
        ("# plot\n", "", "plt.plot()\n   \nplt.show()", "plt.plot()"),
        ("def f():\n    ", "", '"""Do it.\n\n    More.\n    """', '"""Do it."""'),
        ("def f():\n    ", "", '"""\n    Do it.\n\n    More.', '"""\n    Do it.\n    """'),
        # Nothing that stands there already.
        ("a = 1\n", "b = 2\n", "a = 1\nb = 2", ""),
        ("total = sum(x)\nto", "", "tal = sum(x)", ""),
        ("a = 1\n", "\nb = 2\n", "c = a\nb = 2\nd", "c = a"),
        ("", "", "print(1)\nprint(1)\nprint(1)", "print(1)"),
        # What follows the cursor on its line is not written twice, and brackets stay in pairs.
        ("print(", ")", "x)", "x"),
        ("print(", ")", "f(x)", "f(x)"),
        ("x = foo(", ", axis=1)", "y, axis=1)", "y"),
        ("d['", "']", "key']", "key"),
        # Marks of templates and Markdown are no code.
        ("x = ", "", "1<|endoftext|>", "1"),
        ("x = ", "", "1```", "1"),
        ("x = ", "", "   ", ""),
        ("x = ", "", "1\r\n2", "1"),
    ],
)
def test_what_is_shown(prefix: str, suffix: str, raw: str, text: str) -> None:
    assert final(raw, prefix, suffix) == text


def test_a_suggestion_is_no_longer_than_a_screen() -> None:
    lines = "\n".join(f"x{number} = {number}" for number in range(100))
    assert final(lines, "").count("\n") == MAX_LINES - 1


_CODE = st.text(alphabet="ab =():\n\t ,#<|`'\"", max_size=60)


@given(_CODE, _CODE, _CODE)
def test_what_was_shown_is_never_taken_back(raw: str, prefix: str, suffix: str) -> None:
    place = Place.between(prefix, suffix)
    shown = ""
    for length in range(len(raw) + 1):
        now = shaped(raw[:length], place, complete=False)
        assert now.text.startswith(shown)
        shown = now.text
        if now.ended:
            break
    else:
        assert shaped(raw, place, complete=True).text.startswith(shown)


@given(_CODE, _CODE, _CODE)
def test_it_never_ends_in_white_space_nor_goes_on_behind_an_empty_line(raw: str, prefix: str, suffix: str) -> None:
    text = final(raw, prefix, suffix)
    assert text == text.rstrip()
    assert not any(not line.strip() for line in text.split("\n")[1:])
