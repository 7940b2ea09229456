"""Two changes of one notebook end up in one: nothing of either is lost, nothing is there twice."""

from __future__ import annotations

import copy
import itertools
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.collaboration.document.storable import same
from lumina_jupyter.collaboration.merging.merge import Merged, merge
from lumina_jupyter.collaboration.merging.merge_fields import Conflict

from .notebooks import THOROUGH, Content, notebooks


def code(cell_id: str | None, source: str, **more: Any) -> Content:
    cell: Content = {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
    return {**({} if cell_id is None else {"id": cell_id}), **cell, **more}


def notebook(*cells: Content, **more: Any) -> Content:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}


def sources(merged: Merged) -> list[str]:
    return [cell["source"] for cell in merged.content["cells"]]


def ids(merged: Merged) -> str:
    return "".join(cell["id"] for cell in merged.content["cells"])


def ran(source: str, count: int | None, text: str, **more: Any) -> Content:
    outputs = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
    return code("a", source, execution_count=count, outputs=outputs, **more)


class TestSources:
    def test_one_types_while_the_file_changes_elsewhere(self) -> None:
        base = notebook(code("a", "x = 1"), code("b", "old\n"))
        typed = notebook(code("a", "x = 1 # abcdefgh"), code("b", "old\n"))
        written = notebook(code("a", "x = 1"), code("b", "quite = 'other'\n"))
        expected = notebook(code("a", "x = 1 # abcdefgh"), code("b", "quite = 'other'\n"))
        assert merge(base, typed, written) == Merged(expected)
        assert merge(base, written, typed) == Merged(expected)

    def test_both_in_one_cell(self) -> None:
        base = notebook(code("a", "def f(x):\n    return x\n\nf(1)\n"))
        ours = notebook(code("a", "def f(x, y):\n    return x\n\nf(1)\n"))
        theirs = notebook(code("a", "def f(x):\n    return x + 1\n\nf(1)\nf(2)\n"))
        merged = merge(base, ours, theirs)
        assert sources(merged) == ["def f(x, y):\n    return x + 1\n\nf(1)\nf(2)\n"]
        assert merged.conflicts == ()

    @pytest.mark.parametrize(
        ("base", "ours", "theirs", "both", "passages"),
        [
            ("x\nold\ny\n", "x\nmine\ny\n", "x\nbust()\ny\n", "x\nmine\nbust()\ny\n", ("old", "mine", "bust()")),
            ("x = 1", "x = 2", "x = 3", "x = 23", ("1", "2", "3")),
            ("a\n", "a\nb\n", "a\nc\n", "a\nb\nc\n", ("", "b\n", "c\n")),
            ("a", "a\nb", "a\nc", "a\nb\nc", ("", "\nb", "\nc")),
            ("a\nb\n", "a\n", "a\nbcd\n", "a\nbcd\n", ("b\n", "", "bcd\n")),
            ("keep it", "keep", "keep all of it", "keep all of it", (" it", "", " all of it")),
        ],
    )
    def test_both_changed_the_same(
        self, base: str, ours: str, theirs: str, both: str, passages: tuple[str, str, str]
    ) -> None:
        merged = merge(*(notebook(code("a", source)) for source in (base, ours, theirs)))
        assert sources(merged) == [both]
        assert merged.conflicts == (Conflict("a", "source", *passages),)

    @pytest.mark.parametrize(
        ("base", "ours", "theirs", "once"),
        [
            ("a\n", "a\nsame\n", "a\nsame\nmore\n", "a\nsame\nmore\n"),
            ("", "typed so", "typed so far", "typed so far"),
            ("x = 1\ny\nz\n", "x = 2\ny\nz\n", "x = 2\ny\nzz\n", "x = 2\ny\nzz\n"),
        ],
    )
    def test_what_both_did_is_done_once(self, base: str, ours: str, theirs: str, once: str) -> None:
        merged = merge(*(notebook(code("a", source)) for source in (base, ours, theirs)))
        assert (sources(merged), merged.conflicts) == ([once], ())


class TestCells:
    base = notebook(*(code(name, f"{name} = 1\n") for name in "abcd"))

    def changed(self, *cells: Content) -> Content:
        return {**self.base, "cells": list(cells)}

    def test_both_insert(self) -> None:
        a, b, c, d = self.base["cells"]
        merged = merge(self.base, self.changed(a, code("x", "x"), b, c, d), self.changed(a, b, code("y", "y"), c, d))
        assert ids(merged) == "axbycd"
        merged = merge(self.base, self.changed(a, b, c, d, code("x", "x")), self.changed(a, b, c, d, code("y", "y")))
        assert ids(merged) == "abcdxy"

    def test_one_moves_and_the_other_edits_and_inserts(self) -> None:
        a, b, c, d = self.base["cells"]
        ours = self.changed(d, a, b, c)
        theirs = self.changed({**a, "source": "edited"}, code("x", "x"), b, c, d)
        assert sources(merge(self.base, ours, theirs)) == ["d = 1\n", "edited", "x", "b = 1\n", "c = 1\n"]
        assert ids(merge(self.base, theirs, ours)) == "daxbc"

    def test_both_move(self) -> None:
        a, b, c, d = self.base["cells"]
        assert ids(merge(self.base, self.changed(d, a, b, c), self.changed(b, a, c, d))) == "bdac"
        assert ids(merge(self.base, self.changed(d, a, b, c), self.changed(d, a, b, c))) == "dabc"
        assert ids(merge(self.base, self.changed(d, a, b, c), self.changed(a, d, b, c))) == "dabc"

    def test_a_deleted_cell_goes_unless_the_other_edited_it(self) -> None:
        a, b, c, d = self.base["cells"]
        edited = {**b, "source": "b = 2\n"}
        merged = merge(self.base, self.changed(a, d), self.changed(a, edited, {**c, "execution_count": 3}, d))
        assert sources(merged) == ["a = 1\n", "b = 2\n", "d = 1\n"]
        assert merged.conflicts == (Conflict("b", "deleted", b, None, edited),)
        other = merge(self.base, self.changed(a, edited, c, d), self.changed(a, d))
        assert sources(other) == sources(merged)

    def test_a_cell_that_both_inserted_is_there_once(self) -> None:
        a, b, c, d = self.base["cells"]
        ours = self.changed(a, code("x", "new\n"), b, c, d)
        assert ids(merge(self.base, ours, self.changed(a, code("x", "new\n"), b, c, {**d, "source": "e"}))) == "axbcd"
        assert ids(merge(self.base, ours, self.changed(a, code("y", "new\n"), b, c, {**d, "source": "e"}))) == "axbcd"
        assert ids(merge(self.base, ours, self.changed(a, b, c, code("y", "new\n"), d))) == "axbcyd"

    def test_a_cell_that_both_inserted_and_one_went_on_with(self) -> None:
        a = self.base["cells"][0]
        ours, theirs = self.changed(a, code("x", "one\ntwo\n")), self.changed(a, code("x", "one\ntwo\nthree\n"))
        merged = merge(self.changed(a), ours, theirs)
        assert sources(merged) == ["a = 1\n", "one\ntwo\nthree\n"]

    def test_new_cells_in_the_place_of_an_empty_one_are_two(self) -> None:
        merged = merge(notebook(code("e", "")), notebook(code("x", "mine")), notebook(code("y", "other")))
        assert sources(merged) == ["mine", "other"]

    def test_no_base(self) -> None:
        a, b, c, _ = self.base["cells"]
        merged = merge(None, self.changed(a, b), self.changed(a, {**b, "source": "b = 1\nmore\n"}, c))
        assert sources(merged) == ["a = 1\n", "b = 1\nmore\n", "c = 1\n"]

    def test_a_program_that_writes_no_ids_or_new_ones(self) -> None:
        ours = self.changed(*self.base["cells"])
        ours["cells"][0] = {**ours["cells"][0], "source": "a = 1\nours = True\n"}
        for names in (itertools.repeat(None), iter("wxyz")):
            theirs = notebook(*(code(next(names), cell["source"]) for cell in self.base["cells"]))
            theirs["cells"][3]["source"] = "d = 1\nplt.show()\n"
            theirs["cells"].insert(2, code(next(names, "v"), "something else entirely\n"))
            merged = merge(self.base, ours, theirs)
            expected = [
                "a = 1\nours = True\n",
                "b = 1\n",
                "something else entirely\n",
                "c = 1\n",
                "d = 1\nplt.show()\n",
            ]
            assert sources(merged) == expected
            assert merged.conflicts == ()

    def test_an_id_twice(self) -> None:
        a, b, c, d = self.base["cells"]
        theirs = self.changed(a, b, {**c, "source": "another\n", "id": "b"}, c, d)
        merged = merge(self.base, self.changed(a, b, c, {**d, "source": "dd\n"}), theirs)
        assert sources(merged) == ["a = 1\n", "b = 1\n", "another\n", "c = 1\n", "dd\n"]
        assert len({cell["id"] for cell in merged.content["cells"]}) == 5


class TestRuns:
    @pytest.mark.parametrize(
        ("before", "ours", "theirs", "kept", "told"),
        [
            (ran("x", 1, "1"), ran("x", 1, "1"), ran("x", 2, "2"), ran("x", 2, "2"), False),
            (ran("x", 1, "1"), ran("x", 3, "3"), ran("x", 2, "2"), ran("x", 3, "3"), True),
            (ran("x", 1, "1"), ran("x", None, ""), ran("x", 2, "2"), ran("x", 2, "2"), False),
            (ran("x", 1, "1"), ran("x", None, ""), ran("x", 1, "1"), ran("x", None, ""), False),
            (ran("x", 2, ""), ran("x", 2, "1\n2\n"), ran("x", 2, "1\n"), ran("x", 2, "1\n2\n"), True),
        ],
    )
    def test_outputs_go_with_their_count(
        self, before: Content, ours: Content, theirs: Content, kept: Content, told: bool
    ) -> None:
        for one, other in ((ours, theirs), (theirs, ours)):
            merged = merge(notebook(before), notebook({**one, "source": "xy"}), notebook(other))
            assert merged.content["cells"] == [{**kept, "source": "xy"}]
            assert [conflict.what for conflict in merged.conflicts] == ["outputs"] * told

    def test_a_restarted_kernel_counts_anew(self) -> None:
        def begun(time: str) -> Content:
            return {"execution": {"iopub.execute_input": f"2026-01-01T{time}Z"}}

        ours = ran("x", 40, "old", metadata=begun("10:00"))
        theirs = ran("x", 1, "new", metadata=begun("11:00"))
        merged = merge(notebook(ran("x", 2, "")), notebook(ours), notebook(theirs))
        assert merged.content["cells"][0]["outputs"] == theirs["outputs"]
        assert merged.content["cells"][0]["execution_count"] == 1


class TestMetadata:
    def test_by_key(self) -> None:
        base = notebook(code("a", "x", metadata={"tags": ["t"], "k": {"p": 1, "q": 1}}), metadata={"m": 1})
        ours = notebook(code("a", "x", metadata={"tags": ["t"], "k": {"p": 2, "q": 1}}), metadata={"m": 1, "o": 1})
        theirs = notebook(code("a", "x", metadata={"k": {"p": 1, "q": 3}}), metadata={"m": 2})
        merged = merge(base, ours, theirs)
        assert merged.content["cells"][0]["metadata"] == {"k": {"p": 2, "q": 3}}
        assert merged.content["metadata"] == {"m": 2, "o": 1}
        assert merged.conflicts == ()

    def test_a_conflict_keeps_ours_and_tells(self) -> None:
        cells = [code("a", "x", metadata={"k": {"p": value}}) for value in (1, 2, 3)]
        merged = merge(*map(notebook, cells))
        assert merged.content["cells"] == [cells[1]]
        assert merged.conflicts == (Conflict("a", "metadata.k.p", 1, 2, 3),)

    def test_a_type_is_changed_by_one_and_the_text_by_the_other(self) -> None:
        prose = {"id": "a", "cell_type": "markdown", "source": "x", "metadata": {}}
        merged = merge(notebook(code("a", "x")), notebook(prose), notebook(code("a", "xy", execution_count=1)))
        assert merged.content["cells"] == [{**prose, "source": "xy"}]


@THOROUGH
@given(notebooks(), notebooks())
def test_what_only_one_side_changed_is_taken(base: Content, changed: Content) -> None:
    assert same(merge(base, changed, base).content, changed)
    assert same(merge(base, base, changed).content, changed)
    assert same(merge(base, changed, copy.deepcopy(changed)).content, changed)


@THOROUGH
@given(notebooks() | st.none(), notebooks(), notebooks())
def test_any_three_notebooks_make_one(base: Content | None, ours: Content, theirs: Content) -> None:
    before = repr((base, ours, theirs))
    merged = merge(base, ours, theirs).content
    assert repr((base, ours, theirs)) == before
    again = merge(base, ours, theirs).content
    assert same(again, merged)
    named = [cell["id"] for cell in merged["cells"] if "id" in cell]
    if len(named) == len(merged["cells"]) and not same(merged, ours) and not same(merged, theirs):
        assert len(set(named)) == len(named)


@pytest.mark.parametrize("junk", [None, [], "text", {"cells": None}, {"cells": [None, 1, "x", {}]}, {"cells": {}}])
def test_what_is_no_notebook_is_no_error(junk: Any) -> None:
    good = notebook(code("a", "x"))
    for sides in itertools.permutations([junk, good, notebook(code("a", "xy"))]):
        assert isinstance(merge(*sides), Merged)


class Side:
    """One who edits a notebook in which every character is there once, so that each can be followed."""

    def __init__(self, base: Content, first: int) -> None:
        self.content = copy.deepcopy(base)
        self.cells: list[Content] = self.content["cells"]
        self._next = first

    def character(self) -> str:
        self._next += 1
        return chr(self._next)

    def edit(self, data: st.DataObject) -> None:
        action = data.draw(st.sampled_from(["type", "type", "erase", "insert", "delete", "move", "line"]))
        at = data.draw(st.integers(0, 9)) % (len(self.cells) or 1)
        if action == "insert" or not self.cells:
            self.cells.insert(at, code(f"n{self._next}", self.character()))
        elif action == "delete":
            del self.cells[at]
        elif action == "move":
            self.cells.insert(data.draw(st.integers(0, 9)) % len(self.cells), self.cells.pop(at))
        else:
            source = self.cells[at]["source"]
            start = data.draw(st.integers(0, len(source)))
            end = data.draw(st.integers(start, len(source))) if action == "erase" else start
            new = "" if action == "erase" else self.character()
            self.cells[at]["source"] = source[:start] + new + ("\n" if action == "line" else "") + source[end:]


def characters(content: Content) -> Counter[str]:
    return Counter(character for cell in content["cells"] for character in cell["source"] if character != "\n")


@THOROUGH
@given(st.data())
def test_every_character_that_one_side_wrote_is_there_once(data: st.DataObject) -> None:
    """Of the base, what neither deleted is there once and what both deleted is gone.

    What one deleted is gone too, unless the other changed it or its cell: then there is a conflict.
    """
    fresh = iter(range(0x4E00, 0x9FFF))
    texts = data.draw(st.lists(st.lists(st.sampled_from(["c", "c", "c", "\n"]), max_size=8), max_size=4))
    base = notebook(
        *(
            code(f"b{at}", "".join(chr(next(fresh)) if kind == "c" else "\n" for kind in text))
            for at, text in enumerate(texts)
        )
    )
    ours, theirs = Side(base, 0xE000), Side(base, 0xF000)
    for side in (ours, theirs):
        for _ in range(data.draw(st.integers(0, 5))):
            side.edit(data)
    merged = merge(base, ours.content, theirs.content)
    was, mine, other, now = (characters(part) for part in (base, ours.content, theirs.content, merged.content))
    assert max(now.values(), default=1) == 1
    assert not (mine - was) - now, "ours wrote it"
    assert not (other - was) - now, "theirs wrote it"
    assert not (was & mine & other) - now, "nobody deleted it"
    assert not (was - mine - other) & now, "both deleted it"
    if not merged.conflicts:
        assert now == (mine & other) + (mine - was) + (other - was)
    cell_ids = [cell["id"] for cell in merged.content["cells"]]
    assert len(set(cell_ids)) == len(cell_ids)
    new = {cell["id"] for side in (ours, theirs) for cell in side.cells if cell["id"].startswith("n")}
    assert new <= set(cell_ids)


@THOROUGH
@given(st.permutations(range(6)), st.data())
def test_where_one_side_moves_its_order_holds(order: list[int], data: st.DataObject) -> None:
    base = notebook(*(code(f"{at}", f"cell {at}\n") for at in range(6)))
    ours = copy.deepcopy(base)
    for at in data.draw(st.sets(st.integers(0, 5))):
        ours["cells"][at]["source"] += "ours\n"
    theirs = {**base, "cells": [base["cells"][at] for at in order]}
    expected = [f"{at}" for at in order]
    assert [cell["id"] for cell in merge(base, ours, theirs).content["cells"]] == expected
    assert [cell["id"] for cell in merge(base, theirs, ours).content["cells"]] == expected


def test_a_cell_that_both_have_by_one_id_is_new_on_both_sides_though_one_deleted_a_cell_like_it() -> None:
    """One side split a cell; the other has both parts, and deleted the first."""
    base = notebook(code("a", "one"), code("b", "alpha beta gamma"))
    ours = notebook(code("a", "one"), code("n", "beta gamma"), code("b", "alpha beta gamma"))
    theirs = notebook(code("a", "one"), code("n", "beta gamma"))
    for one, other in itertools.permutations((ours, theirs)):
        assert ids(merge(base, one, other)) == "an"
