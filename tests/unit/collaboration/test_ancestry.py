"""Which earlier state of a notebook a version of it began with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pycrdt import Doc, Text

from lumina_jupyter.collaboration.ydoc_server.ancestry import nearest
from lumina_jupyter.collaboration.ydoc_server.records import Record, Records


def notebook(*cells: tuple[str, str], outputs: str = "") -> dict[str, Any]:
    put_out = [{"output_type": "stream", "name": "stdout", "text": outputs}] if outputs else []
    made: list[dict[str, Any]] = [
        {"id": name, "cell_type": "code", "source": source, "metadata": {}, "outputs": put_out, "execution_count": None}
        for name, source in cells
    ]
    return {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def test_the_state_that_was_edited_is_nearer_than_one_with_more_in_the_same_cell() -> None:
    read, later = notebook(("a", "alpha")), notebook(("a", "alpha, and what somebody typed"))
    assert nearest([read, later], notebook(("a", "alpha_git"))) == read


def test_outputs_tell_the_states_apart_too() -> None:
    read, later = notebook(("a", "alpha")), notebook(("a", "alpha"), outputs="42")
    assert nearest([read, later], notebook(("a", "alpha_git"))) == read
    assert nearest([read, later], notebook(("a", "alpha_git"), outputs="42")) == later


def test_a_version_with_a_cell_of_one_state_does_not_come_of_another_that_lacks_it() -> None:
    old, later = notebook(("b", "beta")), notebook(("a", "al"), ("j", "joined"), ("b", "beta"))
    version = notebook(("a", "al" + "typed" * 5), ("b", "beta"))
    assert nearest([old, later], version) == later


def test_a_divided_cell_has_the_text_that_it_had() -> None:
    old, later = notebook(("a", "x = 1")), notebook(("a", "x = 1, and what somebody typed"))
    assert nearest([old, later], notebook(("a", "x = 1"), ("new", ", and what somebody typed"))) == later


def test_the_latest_of_equally_near_ones() -> None:
    one, other = notebook(("a", "x1")), notebook(("a", "x2"))
    assert nearest([one, other], notebook(("a", "x3"))) == other
    assert nearest([], one) is None


def test_an_ancestor_is_only_what_the_history_holds(tmp_path: Path) -> None:
    records, document = Records(tmp_path), Doc[Any]()
    text = document.get("t", type=Text)
    text += "a"
    first, state = notebook(("a", "a")), document.get_state()
    record = records.note("k", Record(), first, state, written=True)
    text += "b"
    record = records.note("k", record, notebook(("a", "ab")), document.get_state(), written=True)
    theirs = notebook(("a", "ab!"))
    assert records.ancestor("k", record, theirs, state) == first
    never = records.note("k", record, notebook(("a", "ab!")), document.get_state(), written=False)
    assert records.ancestor("k", never, theirs, document.get_state()) == notebook(("a", "ab"))
    assert records.ancestor("k", record, theirs, Doc[Any]().get_state()) is None


def test_who_puts_an_earlier_state_back_began_with_the_last_one_that_was_written(tmp_path: Path) -> None:
    records, record = Records(tmp_path), Record()
    states = [notebook(("a", "1")), notebook(("a", "12")), notebook(("a", "123"))]
    for number, content in enumerate(states):
        record = records.note("k", record, content, b"\0", written=number < 2)
    assert records.base("k", record, states[0]) == states[1]
