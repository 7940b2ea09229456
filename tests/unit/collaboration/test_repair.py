"""What a file means as a notebook: repaired so that nothing of it is lost, or refused; whatever is in it."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_ydoc import YNotebook

from lumina_jupyter.collaboration.document.repair import ID, repaired, understood
from lumina_jupyter.collaboration.document.shared_cells import content_in, fill
from lumina_jupyter.collaboration.document.storable import joined_text, same, storable_text
from lumina_jupyter.collaboration.replicas.disk_file import serialized
from lumina_jupyter.errors import NotebookUnreadable

from .notebooks import TEXTS, THOROUGH, VALUES, Content, notebooks

KEYS = st.sampled_from(
    ["cells", "cell_type", "source", "metadata", "nbformat", "nbformat_minor", "worksheets", "outputs", "data", "id"]
)
ANYTHING = st.recursive(
    st.sampled_from(VALUES) | st.sampled_from([4, 3, 5, "code", "markdown", "stream"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


def texts(content: Content) -> list[str]:
    return [storable_text(joined_text(cell.get("source", ""))) for cell in content["cells"]]


@THOROUGH
@given(notebooks())
def test_nothing_of_a_notebook_is_lost(content: Content) -> None:
    found = repaired(content, "a.ipynb")
    assert texts(found) == texts(content)
    ids = [cell["id"] for cell in found["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(ID.fullmatch(cell_id) for cell_id in ids)
    assert [len(cell.get("outputs", ())) for cell in found["cells"]] == [
        len(cell.get("outputs", ())) for cell in content["cells"]
    ]
    assert same(repaired(found, "a.ipynb"), found)


@THOROUGH
@given(notebooks())
def test_a_repaired_notebook_goes_through_a_document_and_a_file_unchanged(content: Content) -> None:
    found = repaired(content, "a.ipynb")
    document = YNotebook()
    fill(document, found)
    read = content_in(document)
    assert same(read, found)
    data = serialized(read)
    again = understood(data, "a.ipynb")
    for cell in [*again["cells"], *found["cells"]]:
        cell["metadata"].pop("trusted", None)  # never in a file
    assert same(again["cells"], found["cells"])


@THOROUGH
@given(notebooks())
def test_ids_that_are_missing_are_the_same_each_time(content: Content) -> None:
    ids = [cell["id"] for cell in repaired(content, "a.ipynb")["cells"]]
    assert [cell["id"] for cell in repaired(content, "a.ipynb")["cells"]] == ids


@THOROUGH
@given(ANYTHING)
def test_anything_else_is_refused_or_becomes_a_notebook(value: Any) -> None:
    data = json.dumps(value).encode()
    try:
        found = understood(data, "a.ipynb")
    except NotebookUnreadable as error:
        refusal = error
    else:
        document = YNotebook()
        fill(document, found)
        assert same(understood(serialized(content_in(document)), "a.ipynb")["cells"], content_in(document)["cells"])
        return
    assert "a.ipynb" in refusal.message
    assert refusal.hint


@THOROUGH
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_become_a_notebook(data: bytes) -> None:
    try:
        found = understood(data, "a.ipynb")
    except NotebookUnreadable:
        return
    assert found["nbformat"] == 4


@THOROUGH
@given(st.lists(TEXTS, max_size=4), st.sampled_from([1, 2, 3]))
def test_old_formats_keep_their_texts(sources: list[str], major: int) -> None:
    cells = [{"cell_type": "code", "input": source, "outputs": [], "language": "python"} for source in sources]
    old: Content = {"nbformat": major, "nbformat_minor": 0, "metadata": {"name": "a"}}
    old |= (
        {"cells": [{"cell_type": "code", "code": source} for source in sources]}
        if major == 1
        else {"worksheets": [{"cells": cells, "metadata": {}}]}
    )
    found = understood(json.dumps(old).encode(), "a.ipynb")
    assert texts(found) == [storable_text(source) for source in sources]
    nbformat.validate(nbformat.from_dict(found))


def test_a_mark_at_the_beginning_of_a_file_is_no_part_of_it() -> None:
    assert understood(b"\xef\xbb\xbf" + b'{"cells": [], "nbformat": 4}', "a.ipynb")["cells"] == []


@pytest.mark.parametrize("data", [b"", b"\0\0\0\0", b"  \n"])
def test_an_empty_file_says_how_to_go_on(data: bytes) -> None:
    with pytest.raises(NotebookUnreadable) as caught:
        understood(data, "a.ipynb")
    assert caught.value.hint
