"""Edits of a cell's text, and where a text comes from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.collaboration import Author, Lines, Replace, Whole, provenance_in
from lumina_jupyter.collaboration.document.edits import edited
from lumina_jupyter.collaboration.document.provenance import stamped
from lumina_jupyter.errors import EditDoesNotFit

from .notebooks import TEXTS, THOROUGH, VALUES

LINES = st.lists(st.text("ab ", max_size=3), min_size=1, max_size=6).filter(lambda lines: lines != [""])


@THOROUGH
@given(LINES, LINES, st.data())
def test_lines_are_replaced_inserted_and_deleted(old: list[str], new: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(old) + 1))
    last = data.draw(st.integers(first - 1, len(old)))
    expected = [*old[: first - 1], *new, *old[last:]]
    assert edited("\n".join(old), Lines(first, last, "".join(f"{line}\n" for line in new))) == "\n".join(expected)
    kept = [*old[: first - 1], *old[last:]]
    assert edited("\n".join(old), Lines(first, last, "")) == "\n".join(kept)


@THOROUGH
@given(TEXTS, st.integers(-3, 40), st.integers(-3, 40), TEXTS)
def test_lines_that_are_not_there_are_refused(text: str, first: int, last: int, new: str) -> None:
    count = len(text.split("\n")) if text else 0
    fits = 1 <= first <= count + 1 and first - 1 <= last <= count
    if fits:
        edited(text, Lines(first, last, new))
    else:
        with pytest.raises(EditDoesNotFit):
            edited(text, Lines(first, last, new))


@THOROUGH
@given(TEXTS, st.text("ab\n", min_size=1, max_size=2), TEXTS)
def test_a_passage_is_replaced_as_often_as_is_said(text: str, old: str, new: str) -> None:
    found = text.count(old)
    for count in range(3):
        if found and found == count:
            assert edited(text, Replace(old, new, count)) == text.replace(old, new)
        else:
            with pytest.raises(EditDoesNotFit):
                edited(text, Replace(old, new, count))
    if found:
        assert edited(text, Replace(old, new, "all")) == text.replace(old, new)


def test_the_whole_text_is_replaced() -> None:
    assert edited("a", Whole("")) == ""


@THOROUGH
@given(
    st.dictionaries(
        st.sampled_from(["lumina", "tags"]),
        st.sampled_from(VALUES) | st.dictionaries(st.sampled_from(["model", "time", "own"]), st.sampled_from(VALUES)),
    )
)
def test_provenance_that_somebody_wrote_by_hand_breaks_nothing(metadata: dict[str, Any]) -> None:
    found = provenance_in(metadata)
    assert found is None or found.model == metadata["lumina"]["model"]
    author = Author(run="r", model="lab/m")
    ours = stamped(metadata, author)
    assert ours is not None
    again = provenance_in({"lumina": ours})
    assert again is not None
    assert (again.model, again.run, again.reviewed_by) == ("lab/m", "r", "")
    if isinstance(metadata.get("lumina"), dict) and "own" in metadata["lumina"]:
        assert repr(ours["own"]) == repr(metadata["lumina"]["own"])  # not a number is not equal to itself


@pytest.mark.parametrize("kind", ["undo", "redo", "restore", "merge"])
def test_what_only_brings_back_leaves_no_provenance(kind: Any) -> None:
    assert stamped({}, Author(run="r", kind=kind, model="lab/m")) is None
    assert stamped({}, Author(run="r")) is None
