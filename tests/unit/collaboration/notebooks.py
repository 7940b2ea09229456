"""Notebooks of every kind, made by hypothesis, and what a document is to give back of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from lumina_jupyter.collaboration.document.storable import same, shaped_cell, storable_value

Content = dict[str, Any]

THOROUGH = settings(
    deadline=None,  # a busy machine is no fault
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# Few ids and few characters, so that cells meet; with all that UTF-8, UTF-16 and lines count differently.
IDS = ["a", "b", "c", "d", "e", "f"]
TEXTS = st.text(alphabet="abx= \n\ré😀\u0301\u200d\u2028", max_size=30)
ROUGH_TEXTS = st.text(alphabet="ab\n\r😀\ud83d\ude00\ud800\0", max_size=12)
VALUES: list[Any] = [
    *(None, True, False, 0, 1, 1.0, 0.5, -0.0, 1e300, 2**53 + 1, 2**63 - 1, -(2**63), 2**70, math.nan, math.inf),
    *("", "text", "é😀", "\ud800", [], [1, True, [None]], {}, {"": 1, "é": {"x": [0.5, {"y": False}]}}),
]
METADATA = st.dictionaries(st.sampled_from(["trusted", "tags", ""]), st.sampled_from(VALUES), max_size=2)
STREAMS: list[Content] = [
    {"output_type": "stream", "name": name, "text": text}
    for name in ("stdout", "stderr")
    for text in ("", "1\n", "1\n2\n", ["1\n", "2\n", "3"], "é\r\n")
]
RESULTS: list[Content] = [
    {"output_type": "display_data", "data": {"application/json": value}, "metadata": {"x": value}} for value in VALUES
]
OUTPUTS = st.lists(st.sampled_from(STREAMS) | st.sampled_from(RESULTS), max_size=3)
SOURCES = TEXTS | ROUGH_TEXTS | st.sampled_from(["import a\n", "x = 1\n", ["x = 1\n", "y"]])
IMAGES: list[Content] = [{}, {"i.png": {"image/png": "AA=="}}]


@st.composite
def cells(draw: st.DrawFn) -> Content:
    cell: Content = {
        "cell_type": draw(st.sampled_from(["code", "code", "markdown", "raw"])),
        "source": draw(SOURCES),
        "metadata": draw(METADATA),
    }
    if cell["cell_type"] == "code":
        cell |= {"outputs": draw(OUTPUTS), "execution_count": draw(st.sampled_from([None, 1, 2]))}
    elif draw(st.booleans()):
        cell["attachments"] = draw(st.sampled_from(IMAGES))
    cell_id = draw(st.sampled_from([*IDS, None]))
    return cell if cell_id is None else {"id": cell_id, **cell}


@st.composite
def notebooks(draw: st.DrawFn) -> Content:
    """Any notebook of format 4, also with ids missing or twice."""
    return {
        "cells": draw(st.lists(cells(), max_size=5)),
        "metadata": draw(METADATA),
        "nbformat": 4,
        "nbformat_minor": draw(st.sampled_from([4, 5])),
    }


def assert_holds(got: Mapping[str, Any], target: Mapping[str, Any]) -> None:
    """That `got`, read from a document, is all that a document can hold of `target`."""
    assert len(got["cells"]) == len(target["cells"])
    bare = target["nbformat_minor"] < 5
    first: dict[Any, int] = {}
    for at, cell in enumerate(target["cells"]):
        first.setdefault(cell.get("id"), at)
    for at, (cell, wanted) in enumerate(zip(got["cells"], target["cells"], strict=True)):
        expected = storable_value(shaped_cell(wanted))
        if bare or "id" not in expected or first[expected["id"]] != at:
            expected.pop("id", None)
            assert same({key: value for key, value in cell.items() if key != "id"}, expected)
        else:
            assert same(cell, expected)
    if not bare:
        assert max(Counter(cell["id"] for cell in got["cells"]).values(), default=1) == 1
    assert same(got["metadata"], storable_value(target["metadata"]))
    assert (got["nbformat"], got["nbformat_minor"]) == (target["nbformat"], target["nbformat_minor"])
