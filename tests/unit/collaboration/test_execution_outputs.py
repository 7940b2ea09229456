"""What a cell puts out, written into a document in pieces: the same as at once, however it is cut."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jupyter_ydoc import YNotebook

from lumina_jupyter.collaboration.execution.displays import Displays
from lumina_jupyter.collaboration.execution.execution_outputs import CellOutputs, begin_cell, end_cell

PIECES = st.lists(
    st.tuples(
        st.text(alphabet="ab \r\n\bü🐎", max_size=8), st.sampled_from(["stdout", "stdout", "stderr"]), st.booleans()
    ),
    max_size=30,
)


def document() -> YNotebook:
    made = YNotebook()
    cell: dict[str, Any] = {
        "id": "c1",
        "cell_type": "code",
        "source": "1",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    made.set({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    return made


def outputs(limit: int = 1_000_000) -> CellOutputs:
    return CellOutputs("c1", limit=limit, displays=Displays())


def write(taken: CellOutputs, into: YNotebook, *, apart: bool = True) -> None:
    """As a run does it: in one transaction, or in two where people watch."""
    sealed = taken.seal()
    if apart and sealed.takes_back:
        with into.ydoc.transaction():
            sealed.take_back(into)
        with into.ydoc.transaction():
            sealed.write(into)
        return
    with into.ydoc.transaction():
        sealed.take_back(into)
        sealed.write(into)


def found(of: YNotebook) -> list[dict[str, Any]]:
    got: list[dict[str, Any]] = of.ycells[0]["outputs"].to_py()
    return got


def terminal(text: str) -> str:
    """What a terminal without a width shows of a text."""
    lines, column = [""], 0
    for character in text:
        if character == "\n":
            lines.append("")
            column = 0
        elif character == "\r":
            column = 0
        elif character == "\b":
            column = max(0, column - 1)
        else:
            lines[-1] = lines[-1][:column] + character + lines[-1][column + 1 :]
            column += 1
    return "\n".join(lines)


@settings(deadline=None)
@given(PIECES, st.booleans())
def test_streams_read_as_a_terminal_shows_them(pieces: list[tuple[str, str, bool]], apart: bool) -> None:
    taken, into = outputs(), document()
    runs: list[tuple[str, str]] = []
    for text, name, written in pieces:
        taken.take("stream", {"name": name, "text": text})
        if text:
            if runs and runs[-1][0] == name:
                runs[-1] = (name, runs[-1][1] + text)
            else:
                runs.append((name, text))
        if written:
            write(taken, into, apart=apart)
    write(taken, into, apart=apart)
    wanted = [(name, terminal(text)) for name, text in runs]
    got = [(each["name"], each["text"]) for each in found(into)]
    # A stream that shows nothing may have left no output, or an empty one.
    assert "".join(text for _, text in got) == "".join(text for _, text in wanted)
    assert [each for each in got if each[1]] == [each for each in wanted if each[1]] or len(got) < len(wanted)
    assert taken.bytes == sum(len(text.encode()) for _, text in got)


@settings(deadline=None)
@given(PIECES, st.integers(min_value=1, max_value=20))
def test_no_more_than_the_limit(pieces: list[tuple[str, str, bool]], limit: int) -> None:
    taken, into = outputs(limit), document()
    for text, name, written in pieces:
        taken.take("stream", {"name": name, "text": text})
        if written:
            write(taken, into)
    write(taken, into)
    said = [each["text"] for each in found(into) if "left out" in each["text"]]
    kept = [each["text"] for each in found(into) if "left out" not in each["text"]]
    assert sum(len(text.encode()) for text in kept) <= limit
    assert len(said) <= 1
    assert bool(said) == bool(taken.left_out)


def test_what_somebody_did_to_the_outputs_meanwhile_is_left_alone() -> None:
    taken, into = outputs(), document()
    taken.take("stream", {"name": "stdout", "text": "10 %"})
    write(taken, into)
    into.ycells[0]["outputs"].clear()
    taken.take("stream", {"name": "stdout", "text": "\r20 %"})
    write(taken, into)
    assert [each["text"] for each in found(into)] == ["20 %"]
    text = into.ycells[0]["outputs"][0]["text"]
    text += " (mine)"
    taken.take("stream", {"name": "stdout", "text": "\r30 %"})
    write(taken, into)
    assert [each["text"] for each in found(into)] == ["20 % (mine)", "30 %"]


def test_a_display_is_changed_where_it_is_and_nowhere_else() -> None:
    taken, into = outputs(), document()
    shown = {"data": {"text/plain": "1"}, "metadata": {}, "transient": {"display_id": "d"}}
    taken.take("display_data", shown)
    taken.take("stream", {"name": "stdout", "text": "between"})
    write(taken, into)
    for value in ("2", "3"):
        taken.take("update_display_data", {**shown, "data": {"text/plain": value}})
    write(taken, into)
    assert [each.get("text") or each["data"]["text/plain"] for each in found(into)] == ["3", "between"]
    taken.take("stream", {"name": "stdout", "text": " and after"})
    write(taken, into)
    assert found(into)[1]["text"] == "between and after"
    into.ycells[0]["outputs"].clear()
    taken.take("update_display_data", {**shown, "data": {"text/plain": "4"}})
    write(taken, into)
    assert found(into) == []


def test_a_cell_that_runs_and_ends() -> None:
    taken, into = outputs(), document()
    into.ycells[0]["metadata"]["trusted"] = True
    assert begin_cell(into, "c1", trusted=False) == 0
    assert into.ycells[0]["execution_state"] == "running"
    assert into.ycells[0]["metadata"]["trusted"] is False
    taken.take("execute_input", {"execution_count": 7})
    taken.take("execute_result", {"data": {"text/plain": "\ud800"}, "metadata": {}, "execution_count": 7})
    write(taken, into)
    end_cell(into, "c1", taken.execution_count)
    cell = into.get_cell(0)
    assert (cell["execution_count"], cell["outputs"][0]["execution_count"]) == (7, 7)
    assert cell["outputs"][0]["data"]["text/plain"] == "\ufffd"
    assert begin_cell(into, "gone", trusted=True) is None
