"""What a replayed document shows without the agent's writes, one rule an example; stories of any kind are told elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pycrdt import Doc, Map, Text

from lumina_jupyter.collaboration.document.shared_cells import content_in
from lumina_jupyter.collaboration.undo.replay import Replay

from .undo_page import Page, code


def test_a_document_with_nothing_in_it_is_an_empty_notebook() -> None:
    empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    assert Replay(Doc[Any]().get_update()).content() == empty


def test_numbers_of_the_format_are_those_of_the_document() -> None:
    page = Page("one")
    meta = page.notebook.ydoc.get("meta", type=Map)
    page.person(lambda: meta.update({"nbformat": 3, "nbformat_minor": 1}))
    content = page.replay.content()
    assert (content["nbformat"], content["nbformat_minor"]) == (3, 1)
    assert isinstance(content["nbformat"], int)


def test_the_notebooks_own_metadata_is_a_place_of_its_own() -> None:
    page = Page("x = 1", metadata={"kernelspec": {"name": "python3"}})
    metadata = page.notebook.ydoc.get("meta", type=Map)["metadata"]

    def edit() -> None:
        metadata["lumina"] = {"policy": 1}
        metadata["kernelspec"] = {"name": "julia"}
        page.cell("a")["metadata"]["tags"] = ["made"]

    before = page.replay.content()["metadata"]
    assert before["kernelspec"] == {"name": "python3"}
    page.agent(edit)
    after = {**before, "kernelspec": {"name": "julia"}, "lumina": {"policy": 1}}

    def shown(cell: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
        content = page.without(cell=cell)
        return content["metadata"], content["cells"][0]["metadata"]

    assert shown(None) == (before, {})
    assert shown("") == (before, {"tags": ["made"]})
    assert shown("a") == (after, {})
    assert shown("b") == (after, {"tags": ["made"]})


def sources(content: dict[str, Any]) -> dict[str, str]:
    return {cell["id"]: cell["source"] for cell in content["cells"]}


def test_what_a_write_did_to_one_cell_is_undone_alone() -> None:
    page = Page("one", "two", "three")
    ycells = page.notebook.ycells

    def edit() -> None:
        page.cell("a")["source"].insert(0, "agent's ")
        ycells.insert(1, page.notebook.create_ycell(code("n", "new")))
        del ycells[2]

    page.agent(edit)
    whole = {"a": "agent's one", "n": "new", "c": "three"}
    assert sources(page.replay.content()) == whole
    assert sources(page.without()) == {"a": "one", "b": "two", "c": "three"}
    assert sources(page.without(cell="a")) == {**whole, "a": "one"}
    assert sources(page.without(cell="n")) == {"a": "agent's one", "c": "three"}
    assert sources(page.without(cell="b")) == {**whole, "b": "two"}
    assert sources(page.without(cell="")) == sources(page.without(cell="c")) == whole
    assert sources(page.undo_and_redo()) == {"a": "one", "b": "two", "c": "three"}


def test_a_cell_of_the_agents_stays_for_what_people_wrote_into_it_and_no_longer() -> None:
    page = Page("one")
    made = {**code("n", "made"), "cell_type": "raw", "metadata": {"tags": ["made"]}, "attachments": {"a.png": {}}}

    def insert() -> None:
        page.notebook.ycells.append(page.notebook.create_ycell(made))

    page.agent(insert)
    assert sources(page.without()) == {"a": "one"}
    page.person(lambda: page.cell("n")["metadata"].update({"mine": 1}))
    assert sources(page.without()) == {"a": "one"}, "A value alone does not keep it."
    page.person(lambda: page.cell("n")["source"].insert(2, "MINE"))
    (_, left) = page.without()["cells"]
    assert left == {**code("n", "MINE"), "cell_type": "raw", "metadata": {"mine": 1}}
    assert page.undo_and_redo()["cells"][1] == left

    def take_back() -> None:
        del page.cell("n")["source"][2:6]

    page.person(take_back)
    assert sources(page.without()) == {"a": "one"}

    def delete() -> None:
        del page.notebook.ycells[1]

    page.person(lambda: page.cell("n")["source"].insert(0, "again"))
    page.person(delete)
    assert sources(page.without()) == {"a": "one"}, "Who deletes it means it."


def test_of_a_key_counts_what_people_set_last() -> None:
    page = Page("one")
    metadata = page.cell("a")["metadata"]

    def put(value: Any) -> Callable[[], object]:
        return lambda: metadata.update({"key": value})

    def take() -> None:
        del metadata["key"]

    def shown(*writes: int) -> Any:
        return page.without(*writes)["cells"][0]["metadata"].get("key", "nothing")

    first = page.agent(put("agent's"))
    assert shown() == "nothing"
    page.person(put("mine"))
    assert shown() == "mine"
    gone = page.agent(take)
    assert shown() == "mine"
    again = page.agent(put("again"))
    assert shown() == "mine"
    assert shown(again) == "nothing", "What remains of the agent's had taken it away."
    assert shown(gone) == "again"
    assert shown(first) == "again"
    page.person(take)
    assert shown() == shown(again) == "nothing"
    last = page.agent(put({"b": [1, 1.5, True], "a": None}))
    assert page.replay.content()["cells"][0]["metadata"]["key"] == {"b": [1, 1.5, True], "a": None}
    assert shown(last) == shown() == "nothing"


def test_outputs_and_counts_are_those_of_people() -> None:
    page = Page("one")
    cell = page.cell("a")

    def run(text: str, count: int) -> Callable[[], None]:
        def edit() -> None:
            output = {"output_type": "display_data", "data": {"text/plain": text}, "metadata": {"n": [count]}}
            cell["outputs"].extend(page.notebook._create_youtputs([output]))
            cell["execution_count"] = count
            cell["execution_state"] = "running"

        return edit

    def shown(*writes: int) -> tuple[list[Any], Any]:
        (found,) = page.without(*writes)["cells"]
        assert "execution_state" not in found
        return [(each["data"]["text/plain"], each["metadata"]["n"]) for each in found["outputs"]], found[
            "execution_count"
        ]

    page.person(run("mine", 1))
    run_by_agent = page.agent(run("agent's", 2))
    assert shown() == ([("mine", [1])], 1)
    page.agent(cell["outputs"].clear)
    assert shown() == ([("mine", [1])], 1)
    assert shown(run_by_agent) == ([], 1)
    assert page.undo_and_redo()["cells"][0]["execution_count"] == 1
    assert isinstance(shown()[1], int)


def test_a_cell_that_was_moved_is_undone_to_its_place_with_what_was_written_since() -> None:
    page = Page("one", "two", "three")

    def typed(id: str, text: str) -> Callable[[], object]:
        return lambda: page.cell(id)["source"].insert(0, text)

    page.agent(typed("a", "agent's "))
    moved = page.agent(page.move("a", 2))
    assert list(sources(page.without())) == ["a", "b", "c"]
    page.person(typed("a", "my "))
    assert sources(page.without()) == {"a": "my one", "b": "two", "c": "three"}
    assert list(sources(page.without(moved)).items()) == [("a", "my agent's one"), ("b", "two"), ("c", "three")]
    page.person(page.move("b", 2))
    assert list(sources(page.replay.content())) == ["c", "a", "b"]
    assert list(sources(page.without())) == ["a", "c", "b"]
    page.agent(page.move("b", 0))
    page.agent(typed("b", "agent's "))
    assert sources(page.replay.content())["b"] == "agent's two"
    assert list(sources(page.without()).items()) == [("a", "my one"), ("c", "three"), ("b", "two")]
    page.undo()
    page.person(typed("b", "my "))
    page.person(typed("a", "also "))
    assert list(sources(page.undo(undone=False)).items()) == [
        ("b", "agent's my two"),
        ("c", "three"),
        ("a", "also my agent's one"),
    ], "What was typed where the agent's text does not show comes after it, or before it."
    assert sources(page.undo_and_redo()) == {"a": "also my one", "c": "three", "b": "my two"}


def test_what_a_cell_cannot_be_without_it_can_have_in_its_metadata_too() -> None:
    page = Page("one")
    metadata = page.cell("a")["metadata"]
    page.person(lambda: metadata.update({"cell_type": "mine"}))
    page.agent(lambda: metadata.update({"source": "made", "id": 1, "outputs": [], "cell_type": "made"}))
    assert page.without()["cells"][0]["metadata"] == {"cell_type": "mine"}
    assert page.undo()["cells"][0]["metadata"] == {"cell_type": "mine"}
    page.person(lambda: metadata.update({"source": "mine"}))
    assert page.undo(undone=False)["cells"][0]["metadata"] == {
        "cell_type": "made", "source": "mine", "id": 1, "outputs": []
    }  # fmt: skip
    assert page.undo()["cells"][0]["metadata"] == {"cell_type": "mine", "source": "mine"}


def test_what_no_notebook_can_show_leaves_no_trace_in_it() -> None:
    page = Page("one", "two")
    text = page.cell("a")["source"]
    page.person(lambda: text.insert_embed(1, {"image": "x"}))
    page.person(lambda: text.format(0, 2, {"bold": True}))
    page.person(lambda: page.cell("b")["metadata"].update({"document": Doc()}))
    page.agent(lambda: text.insert(0, "agent's "))
    page.agent(lambda: text.insert(len(text), " too"))
    assert sources(page.replay.content()) == {"a": "agent's one too", "b": "two"}
    assert sources(page.without()) == {"a": "one", "b": "two"}
    assert page.without()["cells"][1]["metadata"] == {"document": None}
    page.person(page.move("a", 1))
    assert list(sources(page.without()).items()) == [("b", "two"), ("a", "one")]


def test_an_output_that_a_person_moves_with_its_cell_is_the_agents_however_its_keys_are_ordered() -> None:
    page = Page("one", "two")

    def run() -> None:
        output = {"output_type": "display_data", "data": {"text/plain": "made", "image/png": "x"}, "metadata": {}}
        page.cell("a")["outputs"].extend(page.notebook._create_youtputs([output]))

    page.agent(run)

    def reordered(copy: dict[str, Any]) -> None:
        for output in copy["outputs"]:
            output["data"] = dict(reversed(output["data"].items()))

    page.person(page.move("a", 1, reordered))
    assert [len(cell["outputs"]) for cell in page.replay.content()["cells"]] == [0, 1]
    assert [(cell["id"], cell["outputs"]) for cell in page.without()["cells"]] == [("b", []), ("a", [])]


def test_what_is_written_where_a_cell_was_comes_too_late_until_its_move_is_undone() -> None:
    """Yjs knows no move: the cell is deleted there, with all that is written into it."""
    shown = {}
    for mover in ("agent", "person"):
        for what in ("typed", "deleted"):
            page = Page("one", "two")
            text = (far := page.replica()).ycells[0]["source"]
            (page.agent if mover == "agent" else page.person)(page.move("a", 1))
            if what == "typed":
                text.insert(3, " late")
            else:
                del text[0:2]
            page.arrive(far)
            assert sources(page.replay.content()) == sources(content_in(page.notebook)) == {"b": "two", "a": "one"}
            page.agent(partial(page.cell("a")["source"].insert, 0, "agent's "))
            shown[mover, what] = list(sources(page.undo_and_redo()).items())
    assert shown == {
        ("agent", "typed"): [("a", "one late"), ("b", "two")],
        ("agent", "deleted"): [("a", "e"), ("b", "two")],
        ("person", "typed"): [("b", "two"), ("a", "one")],
        ("person", "deleted"): [("b", "two"), ("a", "one")],
    }


def order(content: dict[str, Any]) -> list[tuple[str, str]]:
    return list(sources(content).items())


def test_a_cell_shows_once_where_it_was_put_last_by_what_is_not_undone() -> None:
    page = Page("one", "two", "three")
    first, second = page.agent(page.move("a", 1)), page.agent(page.move("a", 2))
    assert order(page.without(first)) == order(page.replay.content()) == [("b", "two"), ("c", "three"), ("a", "one")]
    assert order(page.without(second)) == [("b", "two"), ("a", "one"), ("c", "three")]
    assert order(page.undo_and_redo()) == [("a", "one"), ("b", "two"), ("c", "three")]
    # So does one that the agent made, and that is left for what a person wrote into it.
    for mover, alone in (("agent", ["a", "n"]), ("person", ["n", "a"])):
        page = Page("one")
        page.agent(partial(page.notebook.ycells.append, page.notebook.create_ycell(code("n", "made"))))
        page.person(partial(page.cell("n")["source"].insert, 4, " MINE"))
        (page.agent if mover == "agent" else page.person)(page.move("n", 0))
        assert order(page.replay.content()) == [("n", "made MINE"), ("a", "one")]
        assert list(sources(page.without())) == alone
        assert sources(page.undo_and_redo()) == {"a": "one", "n": " MINE"}


def test_what_is_written_to_what_an_undo_brought_back_is_not_lost() -> None:
    page = Page("one")
    outputs = page.cell("a")["outputs"]
    printed = {"output_type": "stream", "name": "stdout", "text": "first\n"}
    drawn = {"output_type": "display_data", "data": {"text/plain": "x"}, "metadata": {"n": 1, "list": [1, {"m": 2.5}]}}
    page.person(lambda: outputs.extend(page.notebook._create_youtputs([printed, drawn])))
    page.agent(outputs.clear)
    page.undo()
    page.person(lambda: outputs[0]["text"].insert(6, "second\n"))
    page.person(lambda: outputs[1].update({"metadata": {"n": 2}}))
    now = content_in(page.notebook)
    assert [each.get("text", each.get("metadata")) for each in now["cells"][0]["outputs"]] == [
        "first\nsecond\n",
        {"n": 2},
    ]
    assert page.replay.content() == now
    assert page.undo(undone=False)["cells"][0]["outputs"] == []
    assert page.undo() == now


def test_what_is_typed_where_a_move_is_undone_stays_when_it_is_done_again() -> None:
    page = Page("one", "two")
    far = page.replica()
    page.agent(page.move("a", 1))
    page.undo()
    far.ycells[0]["source"].insert(3, " late")
    page.arrive(far)
    assert order(page.undo(undone=False)) == [("b", "two"), ("a", "one late")]
    assert order(page.undo()) == [("a", "one late"), ("b", "two")]


def test_a_cell_with_no_id_is_undone_with_the_rest() -> None:
    page = Page("one")
    cell = Map({"cell_type": "raw", "source": Text("x"), "metadata": Map()})
    page.person(lambda: page.notebook.ycells.append(cell))
    page.agent(lambda: page.notebook.ycells[1]["source"].insert(0, "agent's "))
    assert [each["source"] for each in page.replay.content()["cells"]] == ["one", "agent's x"]
    assert page.without()["cells"][1] == {"cell_type": "raw", "source": "x", "metadata": {}}


def test_a_value_that_is_set_where_a_cell_was_comes_too_late_too() -> None:
    page = Page("one", "two")
    far = page.replica()
    page.agent(page.move("a", 1))
    far.ycells[0]["metadata"]["mine"] = 1
    page.arrive(far)
    assert page.replay.content() == content_in(page.notebook)
    assert page.replay.content()["cells"][1]["metadata"] == {}
    assert page.undo_and_redo()["cells"][0]["metadata"] == {"mine": 1}
