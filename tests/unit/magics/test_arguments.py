"""The first line of a cell."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.errors import InvalidOption
from lumina_jupyter.magics.arguments import CellOptions, parse


def test_all_options() -> None:
    line = (
        "openai/gpt-5-mini -f code -o ans -s 'Be brief.' --max-tokens 50 --temperature 0.5 --no-history"
        " --context df,model --context x --dry-run"
    )
    assert parse(line) == CellOptions(
        model="openai/gpt-5-mini",
        format="code",
        output="ans",
        system="Be brief.",
        max_tokens=50,
        temperature=0.5,
        history=False,
        context=("df", "model", "x"),
        dry_run=True,
    )


@pytest.mark.parametrize("line", ["-f json -o a", "--format=json --output=a", "-fjson -oa", '-o "a" -f "json"'])
def test_spellings(line: str) -> None:
    assert parse(line) == CellOptions(format="json", output="a")


def test_a_schema_means_json_unless_another_format_is_named() -> None:
    assert parse("--schema S").format == "json"
    assert parse("--schema S -f text").format == "text"
    assert parse("-f markdown --schema S").format == "markdown"


def test_nothing_is_the_default() -> None:
    assert parse("") == parse("   ") == CellOptions()


@pytest.mark.parametrize(
    "line",
    [
        "-f",
        "-f x",
        "--temperature 3",
        "--temperature hot",
        "--max-tokens 0",
        "--no-history=1",
        "-o 1a",
        "-o a,b",
        "--context ,",
        "-z",
        "--",
        "a b",
        "'",
    ],
)
def test_mistakes_have_a_hint(line: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        parse(line)
    assert caught.value.hint


@given(st.text())
def test_any_line_is_read_or_refused(line: str) -> None:
    with contextlib.suppress(InvalidOption):
        assert isinstance(parse(line), CellOptions)
