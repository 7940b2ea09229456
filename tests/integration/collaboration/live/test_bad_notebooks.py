"""Notebooks that are odd or broken, opened in live rooms: a clear refusal or a repaired document, nothing lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lumina_jupyter.collaboration import Author, Whole

from .conftest import NAME, Live, code
from .participant import until

BROKEN = {
    "no JSON": "this is no notebook",
    "no notebook": '["nothing", "of", "the", "kind"]',
    "cells of no known type": '{"cells": [{"cell_type": "poem", "source": "x"}], "metadata": {}, "nbformat": 4}',
    "a format to come": '{"cells": [], "metadata": {}, "nbformat": 9, "nbformat_minor": 0}',
}


@pytest.mark.parametrize("name", sorted(BROKEN))
async def test_what_is_no_notebook_is_refused_and_left_as_it_is(live: Live, name: str) -> None:
    live.file.write_text(BROKEN[name])
    anna = live.participant()
    await anna.ask()
    await anna.connect()
    await until(lambda: anna.close_code is not None)
    assert anna.texts == []
    assert live.file.read_text() == BROKEN[name]
    await anna.leave()


async def test_a_notebook_of_version_3_keeps_its_texts_and_outputs(live: Live) -> None:
    shown = {"output_type": "stream", "stream": "stdout", "text": ["42\n"]}
    run = {"cell_type": "code", "input": ["a = 1\n", "b"], "outputs": [shown], "language": "python", "metadata": {}}
    cells = [{"cell_type": "heading", "level": 2, "source": "Title", "metadata": {}}, run]
    old = {"worksheets": [{"cells": cells}], "metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0}
    live.file.write_text(json.dumps(old))
    async with live.joined() as anna:
        assert anna.texts == ["## Title", "a = 1\nb"]
        anna.type(1, " = 2")
        await until(lambda: "cells" in json.loads(live.file.read_text() or "{}"))
        await until(lambda: live.on_disk() == ["## Title", "a = 1\nb = 2"], live.on_disk)
        assert "42" in live.file.read_text()


async def test_double_and_missing_ids_are_repaired_and_all_cells_stay(live: Live) -> None:
    nameless = {name: value for name, value in code("", "three").items() if name != "id"}
    live.put(code("a", "one"), code("a", "two"), nameless, code("not allowed!", "four"))
    async with live.joined() as anna:
        assert anna.texts == ["one", "two", "three", "four"]
        assert len(set(anna.ids)) == 4
        anna.type(1, "!")
        await until(lambda: live.on_disk() == ["one", "two!", "three", "four"], live.on_disk)
    assert [cell["id"] for cell in json.loads(live.file.read_text())["cells"]] == anna.ids


@pytest.mark.parametrize("kept", ["words", 5, None, ["a"], {"model": ["no", "text"], "time": {}, "reviewed_by": 1}])
async def test_metadata_of_ours_that_somebody_edited_by_hand_hinders_nobody(live: Live, kept: Any) -> None:
    live.put(code("a", "one", metadata={"lumina": kept}), metadata={"lumina": kept})
    engine = await live.extension.service.engine()
    async with live.joined() as anna:
        notebook = await engine.notebooks.open(NAME)
        cell = await notebook.cell("a")
        await notebook.edit(Author(run="r1", step=1, model="lab/m"), "a", cell.hash, Whole("two"))
        await anna.until(lambda: anna.texts == ["two"])
        await until(lambda: live.on_disk() == ["two"], live.on_disk)
        assert json.loads(live.file.read_text())["metadata"]["lumina"] == kept
