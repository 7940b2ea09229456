"""Texts change by few splices, counted rightly whatever their characters, and cursors elsewhere stay."""

from __future__ import annotations

import itertools
import random
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pycrdt import Assoc, Doc, Text

from lumina_jupyter.collaboration.document.storable import storable_text
from lumina_jupyter.collaboration.document.text_edit import Splice, apply_to, minimal_splices, spliced

from .notebooks import ROUGH_TEXTS, TEXTS, THOROUGH


def shared(text: str) -> Text:
    document: Doc[Text] = Doc()
    document["text"] = made = Text(text)
    return made


@THOROUGH
@given(TEXTS | ROUGH_TEXTS, TEXTS | ROUGH_TEXTS)
@example("a\r\nb\r\n", "a\nb\n")
@example("👨‍👩‍👧", "👨‍👧")
@example("e\u0301", "e")
def test_splices_make_the_new_text(old: str, new: str) -> None:
    splices = minimal_splices(old, new)
    assert spliced(old, splices) == new
    assert all(splice.end > splice.start or splice.text for splice in splices)
    assert all(before.end < after.start for before, after in itertools.pairwise(splices))
    assert bool(splices) == (old != new)


@THOROUGH
@given(TEXTS, TEXTS | ROUGH_TEXTS)
@example("😀é👨‍👩‍👧 = 1\r\nb", "😀é👨‍👩‍👧 = 2\r\nb")
def test_a_shared_text_becomes_the_new_one_once(old: str, new: str) -> None:
    text = shared(old)
    updates: list[bytes] = []
    text.doc.observe(lambda event: updates.append(event.update))
    apply_to(text, new)
    assert str(text) == storable_text(new)
    told = len(updates)
    assert told == (old != storable_text(new))
    assert apply_to(text, new) == ()
    assert len(updates) == told


@pytest.mark.parametrize(
    ("old", "new", "splices"),
    [
        ("hello", "hello there", [Splice(5, 5, " there")]),
        ("hello", "world", [Splice(0, 5, "world")]),
        ("fooYbar", "fXooYbarZ", [Splice(1, 1, "X"), Splice(7, 7, "Z")]),
        ("a = 1\nb = 2\nc = 3\n", "a = 10\nb = 2\nc = 30\n", [Splice(5, 5, "0"), Splice(17, 17, "0")]),
        ("f()\ng()\n", "if x:\n    f()\n    g()\n", [Splice(0, 0, "if x:\n    "), Splice(4, 4, "    ")]),
        ("one\ntwo\nthree\n", "one\nthree\n", [Splice(5, 9, "")]),
        ("x\n", "", [Splice(0, 2, "")]),
        ("", "x\n", [Splice(0, 0, "x\n")]),
    ],
)
def test_splices_are_those_that_a_person_would_make(old: str, new: str, splices: list[Splice]) -> None:
    assert list(minimal_splices(old, new)) == splices


def test_a_cursor_elsewhere_stays() -> None:
    text = shared("first 😀 line\nsecond\nthird 👍 line\n")
    cursor = text.sticky_index(len("first 😀 line\nsec".encode()), Assoc.AFTER)
    apply_to(text, "the first 😀 line\nsecond\nthird 👍👍 line, longer\n")
    at = len("the first 😀 line\nsec".encode())
    assert cursor.get_index() == at
    assert str(text).encode()[at:].startswith(b"ond\n")


def test_what_another_types_meanwhile_stays() -> None:
    text = shared("a = 1\nb = 2\nc = 3\n")
    other: Doc[Text] = Doc()
    other.apply_update(text.doc.get_update())
    theirs = other.get("text", type=Text)
    theirs.insert(11, "0  # ten times")
    apply_to(text, "a = 100\nb = 2\nc = 300\n")
    text.doc.apply_update(other.get_update(text.doc.get_state()))
    assert str(text) == "a = 100\nb = 20  # ten times\nc = 300\n"


def pieces(alphabet: str, size: int, seed: int) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=size))


@pytest.mark.parametrize(
    "alphabet", ["a\n", "ab", "abcdefgh \n", string.printable], ids=["a", "no_lines", "words", "printable"]
)
def test_a_megabyte_of_anything_is_compared(alphabet: str) -> None:
    old, new = pieces(alphabet, 1_000_000, 1), pieces(alphabet, 1_000_000, 2)
    splices = minimal_splices(old, new)
    assert spliced(old, splices) == new
    assert len(splices) <= 1_000


@THOROUGH
@given(st.lists(st.sampled_from(["x\n", "y\n", "\n", "long line of text\n"]), max_size=12), st.data())
def test_lines_that_stay_are_not_touched(lines: list[str], data: st.DataObject) -> None:
    """One line more, anywhere, is one splice that deletes nothing."""
    at = data.draw(st.integers(0, len(lines)))
    old, new = "".join(lines), "".join([*lines[:at], "new\n", *lines[at:]])
    (splice,) = minimal_splices(old, new)
    assert splice.start == splice.end
    assert len(splice.text) == len("new\n")
