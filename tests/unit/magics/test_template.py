"""Braces in a prompt: what is ours and what stays as typed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st

from lumina_jupyter.errors import ExpressionFailed, LuminaError, UnknownName
from lumina_jupyter.magics.template import MOST, placeholders, render


def filled(text: str, /, **names: Any) -> str:
    return render(text, names, str)


@pytest.mark.parametrize(
    "text",
    [
        "{'a': 1}",
        "{}",
        "{0}",
        "{{}}",
        "{{ }}",
        "{{0}}",
        "{{...}}",
        "{name}",
        "{{{x}}}",
        '{"a": {"b": 1}}',
        '{"a": {"b": {"c": [1, {"d": {}}]}}}',
        '{{"a": {"b": 1}}}',
        'f"{x}"',
        'f"{{x}}"',
        "rf'{{x}} and {x}'",
        r"\frac{{a}}{b}",
        r"\frac{a}{{b}}",
        r"\textbf{{x}}",
        r"x_{{i=1}}^{{2 n}}",
        "{% for x in y %}{{ x.upper | }}{% endfor %}",
        '<a href="{{ x }}">',
        "'{{ x }}'",
        "`{{ x }}`",
        'Explain "Hello {{ x }}, welcome" to me',
        "```jinja\n{{ x }}\n```",
        "{{ x ",
        "x }}",
        "}} {{",
        '{{ "{{ x }}" }}',
        "{{ x {{ y",
        "`{% if x %}{{ x | upper }}{% endif %}`",
        "{{x := 3}}",
        "{{(x := 3)}}",
        "{{await x}}",
        "{{a, b}}",
        "{{import os}}",
        "{{x\0}}",
        ".Values {{ .Values.image }}",
        "${{ github.sha && x }}",
    ],
)
def test_other_braces_stay_as_typed(text: str) -> None:
    assert filled(text, x=1, y=2, i=3, n=4, a=5, b=6) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{x}}", "7"),
        ("{{ x }}", "7"),
        ("a{{x}}b", "a7b"),
        ("{{x + 1}} and {{x*2}}", "8 and 14"),
        ("{{d['k']}}", "v"),
        ("{{ {'a': {'b': x}} }}", "{'a': {'b': 7}}"),
        ("{{ {'a': 1}['a'] }}", "1"),
        ("{{[i for i in range(x)][:2]}}", "[0, 1]"),
        ("{{(lambda z: z + x)(1)}}", "8"),
        ("{{len(d)}}", "1"),
        ("{{'%d}}' % x}}", "7}}"),
        ("{{\n  x\n}}", "7"),
        ('Translate "{{s}}" into French', 'Translate "one" into French'),
        ("```python\n{{s}}\n```", "```python\none\n```"),
        ("I don't use {{ s }} in Bob's", "I don't use one in Bob's"),
        ("{{x}}{{s}}", "7one"),
        ("{ {{x}} }", "{ 7 }"),
        ('{"a": {{x}}}', '{"a": 7}'),
    ],
)
def test_expressions_are_replaced(text: str, expected: str) -> None:
    assert filled(text, x=7, d={"k": "v"}, s="one") == expected


def test_an_unknown_name_is_named() -> None:
    with pytest.raises(UnknownName, match="'nope'"):
        filled("{{x}} {{nope.head(3)}}", x=1)


def test_nothing_is_evaluated_when_a_name_is_unknown() -> None:
    called: list[int] = []
    with pytest.raises(UnknownName):
        filled("{{note(1)}} {{nope}}", note=called.append)
    assert called == []


def test_an_expression_that_raises_is_named_with_its_exception() -> None:
    with pytest.raises(ExpressionFailed, match=r"\{\{1/zero\}\} .* ZeroDivisionError: division by zero"):
        filled("{{1/zero}}", zero=0)


def test_an_exception_without_a_readable_text_is_named_too() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise ValueError

    def fail() -> None:
        raise Broken

    with pytest.raises(ExpressionFailed, match="raised Broken"):
        filled("{{fail()}}", fail=fail)


def test_the_namespace_is_left_alone() -> None:
    names = {"x": 1}
    render("{{x + len(str(x))}} {{[y for y in range(3)]}}", names, str)
    assert names == {"x": 1}


def test_a_value_of_several_lines_stands_on_lines_of_its_own() -> None:
    assert filled("Look at {{t}} please", t="a\nb") == "Look at \na\nb\n please"
    assert filled("Look:\n{{t}}\nplease", t="a\nb") == "Look:\na\nb\nplease"


_pieces = st.sampled_from(
    ["{", "}", "{{", "}}", "x", " ", "'", '"', "`", "\n", "\\", "a", ":", "1", ",", "[", "]", "f", "$"]
)


@given(st.lists(_pieces, max_size=40).map("".join))
@example("{{x}}}")
@example("{{{{x}}}}")
def test_text_outside_of_placeholders_is_unchanged(text: str) -> None:
    try:
        rendered = render(text, {"x": "V", "a": "V", "f": "V"}, lambda value: "V")
    except LuminaError:
        reject()  # a name that does not exist, or an expression that fails: other tests look at these
    pattern = ""
    position = 0
    for placeholder in placeholders(text):
        assert text[placeholder.start : placeholder.start + 2] == "{{"
        assert text[placeholder.end - 2 : placeholder.end] == "}}"
        pattern += re.escape(text[position : placeholder.start]) + "V"
        position = placeholder.end
    pattern += re.escape(text[position:])
    assert re.fullmatch(pattern, rendered)


@given(st.text())
def test_text_without_double_braces_is_unchanged(text: str) -> None:
    text = text.replace("{{", "{ {")
    assert filled(text) == text


@given(st.text(max_size=40))
def test_a_value_is_never_expanded_again(value: str) -> None:
    nested = f"{value}{{{{x}}}}"
    assert render("{{v}}", {"v": nested, "x": "WRONG"}, str) == nested


@given(st.integers())
def test_rendering_is_a_pure_function(n: int) -> None:
    text = "{{n}} {{n + 1}} {{[n][0]}}"
    assert filled(text, n=n) == filled(text, n=n) == f"{n} {n + 1} {n}"


@pytest.mark.parametrize(
    "unit",
    [
        "{{",
        "{{x",
        "{{x}}",
        "{{x}} ",
        "{{ x }}",
        '"{{ x }}"',
        "{{(}}",
        "}}",
        "{{a {{b }} ",
        "'{{ ",
        "`{{ x",
        "{{(" * 50,
        "\\a{{",
    ],
)
def test_ten_megabytes_of_braces_are_read_in_one_go(unit: str) -> None:
    text = unit * (10_000_000 // len(unit)) + "}}"
    assert len(placeholders(text)) <= MOST
