"""What is a mention, and what only looks like one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumina_jupyter.context.mentions import MOST, Mention, inert, mentions, write


def named(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.kind, each.target, each.path) for each in mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plot @df", [("name", "df", ())]),
        ("is @df.price, in euros?", [("name", "df", ("price",))]),
        ('mean of @df."unit price".', [("name", "df", ("unit price",))]),
        ("@variable:cell is mine", [("variable", "cell", ())]),
        ("explain @cell", [("cell", "", ())]),
        ("explain @cell: it fails", [("cell", "", ())]),
        ("compare @cell:1f3a-b2 with @cell:#5.", [("cell", "1f3a-b2", ()), ("cell", "#5", ())]),
        ("read @file:data/a.csv, please", [("file", "data/a.csv", ())]),
        ("(see @file:notes.md)", [("file", "notes.md", ())]),
        ('read @file:"a \\"b\\" c.csv"', [("file", 'a "b" c.csv', ())]),
        ("what does @doc:pandas.DataFrame.merge. do", [("documentation", "pandas.DataFrame.merge", ())]),
        ("(@doc:größe), @doc: and @doc:3", [("documentation", "größe", ()), ("name", "doc", ()), ("name", "doc", ())]),
        ("@selection and @error in @notebook!", [("selection", "", ()), ("error", "", ()), ("notebook", "", ())]),
        ("@größe", [("name", "größe", ())]),
        ("@cells", [("name", "cells", ())]),
        ("what is @error?", [("error", "", ())]),
        ("“@df”", [("name", "df", ())]),
    ],
)
def test_mentions_are_found(text: str, expected: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "mail ada@example.org or ada.b+c@lab-1.example.org",
        "git@github.com:x/y.git and ssh://git@host/x and https://user:pw@host/",
        "a @ b and A@B and x@= y",
        "write `@df` or ``@file:x`` as code",
        "```python\n@cell\n@file:secret.txt\n```\n",
        "~~~\n@error\n",
        "Explain:\n@property\ndef size(self): ...",
        "@functools.lru_cache(maxsize=3)\n@error\nasync def f(): ...",
        "@pytest.mark.parametrize(\n    'x', [1],\n)\ndef test(x): ...",
        "twice @@df, path /@df, price$@df",
        "@ 5 and @5",
    ],
)
def test_what_means_something_else_is_left_alone(text: str) -> None:
    assert named(text) == []


def test_the_place_of_a_mention_is_what_was_written() -> None:
    text = 'a @df.x, b @file:"p q.csv"; c @file:z.txt. d @cell:#12'
    found = [text[each.start : each.end] for each in mentions(text)]
    assert found == ["@df.x", '@file:"p q.csv"', "@file:z.txt", "@cell:#12"]


identifiers = st.from_regex(r"[a-z_äß][a-z0-9_ä]{0,8}", fullmatch=True)
paths = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
made = st.one_of(
    st.builds(lambda path: Mention(0, 0, "file", path), paths),
    st.builds(
        lambda names: Mention(0, 0, "documentation", ".".join(names)), st.lists(identifiers, min_size=1, max_size=4)
    ),
    st.builds(
        lambda name, path: Mention(0, 0, "variable", name, tuple(path)), identifiers, st.lists(paths, max_size=2)
    ),
    st.builds(
        lambda target: Mention(0, 0, "cell", target), st.from_regex(r"#[0-9]{1,4}|[a-f0-9]{4,8}", fullmatch=True)
    ),
    st.sampled_from(
        [Mention(0, 0, "cell"), Mention(0, 0, "error"), Mention(0, 0, "selection"), Mention(0, 0, "notebook")]
    ),
)


@given(made, st.sampled_from(["", " ", "\n", ", and", "? "]), st.sampled_from(["", "see ", "a\n", "("]))
def test_what_is_written_is_read_again(mention: Mention, after: str, before: str) -> None:
    (found,) = mentions(f"{before}{write(mention)}{after}")
    assert found.key == mention.key


noise = st.lists(
    st.sampled_from(
        ["@", "df", "file:", '"', "`", "```", "\n", " ", "cell:", "#3", ".", "\\", "def f", "(", "a@b.c", "é"]
    )
).map("".join)


@given(noise | st.text(max_size=200))
@settings(max_examples=300)
def test_any_text_is_read_without_harm(text: str) -> None:
    found = mentions(text)
    assert len(found) <= MOST
    position = 0
    for each in found:
        assert position <= each.start < each.end
        assert text[each.start] == "@"
        assert each.start == 0 or not re.match(r"[\w@./]", text[each.start - 1])
        position = each.end


@given(noise | st.text(max_size=200))
def test_inert_text_names_nothing_but_variables(text: str) -> None:
    made_inert = inert(text)
    assert {each.kind for each in mentions(made_inert)} <= {"name"}
    assert made_inert.replace("\u2060", "") == text.replace("\u2060", "")
