"""Hunks: all of them make the new text, none the old one, and any choice of them a text of whole lines."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.collaboration.proposals.hunks import applied, hunks, rebased

LINES = st.lists(st.sampled_from(["a1", "b1", "c = 1", "", "  dd", ")", "ümläut €", "\r", "x\x0by"]), max_size=12)
TEXTS = st.builds("\n".join, LINES) | st.text(max_size=40)


def ids(old: str, new: str) -> list[str]:
    """The ids of what differs."""
    return [hunk.id for hunk in hunks(old, new)]


@given(TEXTS, TEXTS)
def test_all_make_the_new_text_and_none_the_old_one(old: str, new: str) -> None:
    assert applied(old, new, ids(old, new)) == new
    assert applied(old, new, []) == old
    assert bool(ids(old, new)) == (old != new)


@given(TEXTS, TEXTS, st.randoms(use_true_random=False))
def test_any_order_of_decisions_ends_where_it_should(old: str, new: str, chance: random.Random) -> None:
    """Accepting moves the old text towards the new one, refusing the new one back to the old; each takes its hunk away."""
    accepted = 0
    left = ids(old, new)
    while left:
        one = chance.choice(left)
        if chance.random() < 0.5:
            accepted += 1
            old = applied(old, new, [one])
        else:
            new = applied(old, new, set(left) - {one})
        now = ids(old, new)
        assert len(now) < len(left)
        left = now
    assert old == new


@given(TEXTS, TEXTS)
def test_ids_name_one_hunk_each_and_ranges_are_in_order(old: str, new: str) -> None:
    found = hunks(old, new)
    assert len({hunk.id for hunk in found}) == len(found)
    old_lines, new_lines = old.split("\n"), new.split("\n")
    old_at = new_at = 0
    for hunk in found:
        assert old_lines[old_at : hunk.old_start] == new_lines[new_at : hunk.new_start]
        old_at, new_at = hunk.old_end, hunk.new_end
    assert old_lines[old_at:] == new_lines[new_at:]


def test_lines_before_a_hunk_do_not_change_its_id() -> None:
    assert ids("a\nb\nc", "a\nB\nc") == ids("x\ny\na\nb\nc", "x\ny\na\nB\nc")


def test_of_two_alike_neither_stands_for_the_other_when_one_is_decided() -> None:
    old, new = "a1\nx\nb1\nx\nc1", "a1\ny\nb1\ny\nc1"
    first, second = ids(old, new)
    assert first != second
    assert not {first, second} & set(ids(applied(old, new, [first]), new))


def test_a_blank_line_or_a_bracket_parts_no_hunks() -> None:
    assert len(ids("a\n\nb", "A\n\nB")) == 1
    assert len(ids("f(\n    a\n)\nb", "f(\n    A\n)\nB")) == 1
    assert len(ids("a\nkept\nb", "A\nkept\nB")) == 2


def test_very_long_texts_are_compared_in_bounded_steps() -> None:
    old, new = "\n".join(["a", "b"] * 20_000), "\n".join(["b", "c"] * 20_000)
    assert len(hunks(old, new)) == 1
    assert applied(old, new, ids(old, new)) == new


@given(TEXTS, TEXTS)
def test_what_nobody_else_touched_is_proposed_unchanged(base: str, other: str) -> None:
    assert rebased(base, other, base) == other
    assert rebased(base, base, other) == other
    assert rebased(base, other, other) == other


@given(TEXTS, TEXTS, TEXTS)
def test_whoever_comes_first_the_same_text_is_reached(base: str, one: str, other: str) -> None:
    assert rebased(base, one, other) == rebased(base, other, one)


def test_changes_of_other_lines_are_kept_and_of_the_same_lines_refused() -> None:
    base = "a\nb\nc\nd\ne"
    assert rebased(base, "a\nb\nc\nd\nE", "A\nnew\nb\nc\nd\ne") == "A\nnew\nb\nc\nd\nE"
    assert rebased(base, "a\nB\nc\nd\ne", "a\nX\nc\nd\ne") is None
    assert rebased(base, "a\nb\n1\nc\nd\ne", "a\nb\n2\nc\nd\ne") is None
    assert rebased(base, "A\nb\nc\nd\nE", "A\nb\nc\nd\ne") == "A\nb\nc\nd\nE"
