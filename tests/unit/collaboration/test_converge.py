"""A document becomes what it is to be by the fewest edits, and nobody else's cells, cursors and outputs move."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from jupyter_ydoc import YNotebook
from pycrdt import Array, Doc, Map, Text

from lumina_jupyter.collaboration.document.converge import Changes, converge
from lumina_jupyter.collaboration.document.storable import same

from .notebooks import THOROUGH, Content, assert_holds, notebooks


def code(cell_id: str, source: str, **more: Any) -> Content:
    cell: Content = {
        "id": cell_id,
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    return {**cell, **more}


def notebook(*cells: Content, **more: Any) -> Content:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}


def stream(text: str, name: str = "stdout") -> Content:
    return {"output_type": "stream", "name": name, "text": text}


def result(text: str) -> Content:
    return {"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}}


def document(content: Content) -> YNotebook:
    made = YNotebook()
    converge(made, content)
    return made


class Listener:
    """What a document tells those who watch it."""

    def __init__(self, watched: YNotebook) -> None:
        self.updates: list[bytes] = []
        self.origins: list[Any] = []
        self.cells: list[tuple[list[int | str], Any]] = []
        watched.ydoc.observe(self._changed)
        watched.ycells.observe_deep(self._deep)

    def _changed(self, event: Any) -> None:
        self.updates.append(event.update)

    def _deep(self, events: list[Any], transaction: Any) -> None:
        self.origins.append(transaction.origin)
        self.cells += [(event.path, getattr(event, "delta", None) or event.keys) for event in events]


@THOROUGH
@given(notebooks(), notebooks())
def test_any_document_becomes_any_notebook(start: Content, target: Content) -> None:
    given_target = copy.deepcopy(target)
    live = document(start)
    assert_holds(live.get(), start)
    converge(live, target)
    assert_holds(live.get(), target)
    assert repr(target) == repr(given_target)


@THOROUGH
@given(notebooks(), notebooks())
def test_a_second_time_changes_nothing(start: Content, target: Content) -> None:
    live = document(start)
    converge(live, target)
    heard = Listener(live)
    assert not converge(live, target)
    assert not converge(live, live.get())
    assert heard.updates == []


@THOROUGH
@given(notebooks(), notebooks(), notebooks())
def test_replicas_that_hear_of_it_agree(start: Content, middle: Content, target: Content) -> None:
    live, replica = YNotebook(), YNotebook()
    live.ydoc.observe(lambda event: replica.ydoc.apply_update(event.update))
    for content in (start, middle, target):
        converge(live, content)
    assert same(replica.get(), live.get())


@THOROUGH
@given(notebooks(), notebooks())
def test_changes_name_what_happened(start: Content, target: Content) -> None:
    start, target = {**start, "nbformat_minor": 5}, {**target, "nbformat_minor": 5}
    live = document(start)
    before = [cell["id"] for cell in live.get()["cells"]]
    changes = converge(live, target)
    after = [cell["id"] for cell in live.get()["cells"]]
    assert set(changes.inserted) <= set(after)
    assert not set(changes.inserted) & set(before)
    assert set(changes.moved) | set(changes.edited) <= set(after)
    assert len(before) - len(changes.deleted) + len(changes.inserted) == len(after)


def test_a_document_that_was_set_by_others_becomes_the_target() -> None:
    live = YNotebook()
    start = notebook(code("a", "x", outputs=[stream("1\n")]), metadata={"kernelspec": {"name": "python3"}})
    live.set(copy.deepcopy(start))
    target = notebook(code("a", "xy", outputs=[stream("1\n2\n")]), code("b", "z"))
    assert converge(live, target) == Changes(inserted=("b",), edited=("a",), metadata=True)
    assert live.get() == target


def test_only_what_differs_is_heard_of() -> None:
    cells = [code(name, f"{name} = 1\n", outputs=[stream("1\n")], metadata={"tags": [1]}) for name in "abcd"]
    live = document(notebook(*cells))
    heard = Listener(live)
    target = copy.deepcopy(notebook(*cells))
    target["cells"][2]["source"] = "c = 10\n"
    target["cells"][3]["metadata"]["slow"] = True
    assert converge(live, target, "lumina:agent:r1:1") == Changes(edited=("c", "d"))
    assert heard.origins == ["lumina:agent:r1:1"]
    assert len(heard.updates) == 1
    paths = [path for path, _ in heard.cells]
    assert sorted(paths) == [[2, "source"], [3, "metadata"]]


def test_it_joins_the_transaction_that_is_open() -> None:
    live = document(notebook(code("a", "1")))
    heard = Listener(live)
    with live.ydoc.transaction(origin="mine"):
        converge(live, notebook(code("a", "12")))
        converge(live, notebook(code("a", "12"), code("b", "")))
    assert heard.origins == ["mine"]
    assert len(heard.updates) == 1


def test_a_moved_cell_leaves_the_others_where_they_are() -> None:
    live = document(notebook(*(code(name, name) for name in "abcdef")))
    kept = {str(cell["id"]): cell["source"] for cell in live.ycells}
    assert converge(live, notebook(*(code(name, name) for name in "fabcde"))) == Changes(moved=("f",))
    for name in "abcde":
        kept[name].insert(0, name)
    assert [cell["source"] for cell in live.get()["cells"]] == ["f", "aa", "bb", "cc", "dd", "ee"]


def test_what_another_types_into_an_edited_cell_stays() -> None:
    live = document(notebook(code("a", "one two three\n")))
    other = YNotebook()
    other.ydoc.apply_update(live.ydoc.get_update())
    text: Text = other.ycells[0]["source"]
    text.insert(7, " and a half")
    converge(live, notebook(code("a", "ONE two THREE\n")))
    live.ydoc.apply_update(other.ydoc.get_update(live.ydoc.get_state()))
    assert live.get()["cells"][0]["source"] == "ONE two and a half THREE\n"


def test_another_type_makes_another_cell_with_the_same_id() -> None:
    live = document(notebook(code("a", "x"), code("b", "y")))
    prose = {"id": "a", "cell_type": "markdown", "source": "x", "metadata": {}}
    heard = Listener(live)
    assert converge(live, notebook(prose, code("b", "y"))) == Changes(edited=("a",))
    assert [path for path, _ in heard.cells] == [[]]
    assert live.get()["cells"][0] == prose


class TestOutputs:
    """JupyterLab takes what is added as added at the end, and what streams as streaming into the last output."""

    def heard(self, before: list[Content], after: list[Content]) -> list[tuple[list[int | str], Any]]:
        live = document(notebook(code("a", "x", outputs=before)))
        listener = Listener(live)
        target = notebook(code("a", "x", outputs=after))
        converge(live, target)
        assert live.get() == target
        assert all(isinstance(output, Map) for output in live.ycells[0]["outputs"])
        return listener.cells

    def test_a_grown_stream_is_appended_to(self) -> None:
        heard = self.heard([result("r"), stream("1\n")], [result("r"), stream("1\n2\n")])
        assert heard == [([0, "outputs", 1, "text"], [{"retain": 2}, {"insert": "2\n"}])]

    def test_a_grown_stream_and_more_after_it(self) -> None:
        heard = self.heard([stream("1\n")], [stream("1\n2\n"), result("r")])
        (added, grown) = sorted(heard, key=lambda event: len(event[0]))
        assert grown == ([0, "outputs", 0, "text"], [{"retain": 2}, {"insert": "2\n"}])
        assert added[1][0] == {"retain": 1}

    def test_a_stream_that_is_not_the_last_is_replaced_with_what_follows(self) -> None:
        heard = self.heard([result("q"), stream("1\n"), result("r")], [result("q"), stream("1\n2\n"), result("r")])
        assert [path for path, _ in heard] == [[0, "outputs"]]
        (kept, *changed) = heard[0][1]
        assert kept == {"retain": 1}
        assert {"delete": 2} in changed

    @pytest.mark.parametrize("after", [stream("1"), stream("21\n"), stream("1\n2", "stderr"), result("1\n2\n")])
    def test_what_did_not_grow_is_replaced(self, after: Content) -> None:
        heard = self.heard([stream("1\n")], [after])
        assert [path for path, _ in heard] == [[0, "outputs"]]

    def test_nothing_is_left(self) -> None:
        assert [path for path, _ in self.heard([stream("1\n"), result("r")], [])] == [[0, "outputs"]]

    def test_an_output_whose_stream_is_no_shared_text_is_replaced(self) -> None:
        live = document(notebook(code("a", "x")))
        live.ycells[0]["outputs"].append(Map(stream("1\n")))
        target = notebook(code("a", "x", outputs=[stream("1\n2\n")]))
        converge(live, target)
        assert live.get() == target
        assert isinstance(live.ycells[0]["outputs"][0]["text"], Text)


class TestIds:
    def test_without_ids_cells_are_found_by_what_they_hold(self) -> None:
        old = notebook(*({**code("", source), "id": None} for source in ("import a\n", "x = 1\n", "print(x)\n")))
        for cell in old["cells"]:
            del cell["id"]
        old["nbformat_minor"] = 4
        live = document(old)
        ids = [cell["id"] for cell in live.ycells]
        target = copy.deepcopy(old)
        target["cells"][1]["source"] = "x = 12  # more\n"
        target["cells"].insert(0, {**target["cells"][0], "source": "%matplotlib inline\n"})
        changes = converge(live, target)
        assert (len(changes.inserted), changes.deleted, changes.edited) == (1, (), (ids[1],))
        assert [cell["id"] for cell in live.ycells][1:] == ids
        assert live.get() == target

    def test_equal_cells_with_new_ids_stay_and_get_them(self) -> None:
        live = document(notebook(code("a", "import x\n"), code("b", "y\n")))
        texts = [cell["source"] for cell in live.ycells]
        changes = converge(live, notebook(code("n", "import x\n"), code("m", "y\n")))
        assert changes == Changes(edited=("n", "m"))
        texts[0].insert(0, "# ")
        assert [cell["source"] for cell in live.get()["cells"]] == ["# import x\n", "y\n"]

    def test_an_id_twice_in_the_target_is_two_cells(self) -> None:
        live = document(notebook(code("a", "first\n")))
        target = notebook(code("a", "first\n"), code("a", "second\n"), code("a", "first\n"))
        converge(live, target)
        cells = live.get()["cells"]
        assert [cell["source"] for cell in cells] == ["first\n", "second\n", "first\n"]
        assert len({cell["id"] for cell in cells}) == 3
        assert cells[0]["id"] == "a"

    def test_an_id_twice_in_the_document_keeps_the_cell_that_is_meant(self) -> None:
        live = document(notebook(code("a", "first\n"), code("b", "second\n")))
        live.ycells[1]["id"] = "a"
        text = live.ycells[1]["source"]
        assert converge(live, notebook(code("a", "second\n"))) == Changes(deleted=("a",))
        text.insert(0, "the ")
        assert live.get()["cells"][0]["source"] == "the second\n"


class TestStrangeDocuments:
    def test_a_source_that_is_no_shared_text_becomes_one(self) -> None:
        live = YNotebook()
        bare: Doc[Array[Any]] = live.ydoc
        bare.get("cells", type=Array).append(Map({"id": "a", "cell_type": "code", "source": "x"}))
        target = notebook(code("a", "xy"))
        converge(live, target)
        assert live.get() == target
        assert isinstance(live.ycells[0]["source"], Text)

    def test_what_is_no_cell_goes(self) -> None:
        live = YNotebook()
        live.ycells.append("junk")
        converge(live, notebook(code("a", "x")))
        assert live.get() == notebook(code("a", "x"))

    def test_one_and_true_are_two_things(self) -> None:
        live = document(notebook(code("a", "x", metadata={"trusted": 1})))
        assert converge(live, notebook(code("a", "x", metadata={"trusted": True}))) == Changes(edited=("a",))
        assert live.get()["cells"][0]["metadata"]["trusted"] is True

    @pytest.mark.parametrize("cell", [{}, {"cell_type": "heading", "source": "x"}, "text", None, {"source": None}])
    def test_what_nbformat_would_refuse_is_kept_as_far_as_it_goes(self, cell: Any) -> None:
        live = document(notebook(cell))
        (kept,) = live.get()["cells"]
        assert kept["cell_type"] == "raw"
        assert not converge(live, notebook(cell))
