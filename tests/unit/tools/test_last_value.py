"""The value of a program's last line is shown as in a cell, and nothing else of the program is changed."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lumina_jupyter.tools.builtin.last_value import with_last_value


def shown(code: str) -> str:
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(compile(with_last_value(code), "program", "exec"), {"__name__": "__main__"})
    return told.getvalue()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("1 + 1", "2\n"),
        ("x = 3\n(x +\n 1)  # four", "4\n"),
        ("'é'; 'ü' + 'é'", "'üé'\n"),
        ("*[1], 2", "(1, 2)\n"),
        ("(x := 3)", "3\n"),
        ("x = 1\nx  ;  # not shown", ""),
        ("None", ""),
        ("print(1)", "1\n"),
        ("x = 1", ""),
        ("if True:\n    5", ""),
        ("def f():\n    5\n\nf", "<function f"),
        ("x = '''a\n\n'''\nx\n\n\n# end", "'a\\n\\n'\n"),
        ("# nothing", ""),
        ("", ""),
    ],
)
def test_the_last_value_is_shown_unless_a_semicolon_follows(code: str, told: str) -> None:
    assert shown(code).startswith(told)
    assert bool(shown(code)) == bool(told)


def test_lines_keep_their_numbers() -> None:
    code = "a = 1\r\nb = 'é'\rc = '''\n'''\n\n(a +\n undefined)\n"
    with pytest.raises(NameError) as caught:
        shown(code)
    assert caught.traceback[-1].lineno + 1 in (6, 7)
    assert with_last_value(code).count("\n") == code.count("\n")


WORDS = st.sampled_from(
    ["x", "=", "1", "'é'", "(", ")", ";", "\n", "\r\n", "\f", " ", "#ü", "if x:", "\\\n", "lambda:", "yield"]
)


@given(st.lists(WORDS, max_size=12).map("".join))
@example("#\f\nx=1\nx")
def test_what_was_a_program_still_is(code: str) -> None:
    try:
        compile(code, "program", "exec")
    except (SyntaxError, ValueError):
        return
    compile(with_last_value(code), "program", "exec")
