"""Notebooks of hundreds of megabytes: refused in a sentence while others work on, or opened, edited and saved whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lumina_jupyter.errors import NotebookTooLarge

from . import participant
from .conftest import NAME, Live, code
from .participant import Participant, until

HUGE = 200_000_000
"""Bytes."""
OUTPUT = 100_000_000
"""Bytes of one output. The client here takes no message of more than 100 MiB, where browsers do."""


async def refused(anna: Participant) -> dict[str, Any]:
    """What somebody is told whom the server does not let into a room."""
    await anna.ask()
    await anna.connect()
    await until(lambda: anna.close_code is not None)
    assert anna.close_code == 1003
    assert anna.texts == []
    told: dict[str, Any] = json.loads(anna.close_reason or "")
    await anna.leave()
    return told


async def test_what_is_too_large_is_refused_and_left_as_it_is_while_others_work_on(live: Live) -> None:
    (live.root / "small.ipynb").write_text(json.dumps(notebook(code("a", "one"))))
    live.put(code("a", "one"))
    kept = live.file.read_text()
    with live.file.open("r+b") as file:
        file.truncate(HUGE)  # nobody gets so far as to see that the rest of it is empty
    engine = await live.extension.service.engine()
    small = Participant(live.url, live.token, "small.ipynb")
    await small.join()
    told = await refused(live.participant())
    small.type(0, "!")
    await until(lambda: "one!" in (live.root / "small.ipynb").read_text())
    # JupyterLab shows just this.
    assert told["reason"] == "initialization_error"
    assert told["errorReason"].startswith("It has 200 MB, more than notebook_mb (64): clear outputs, or raise it.")
    with pytest.raises(NotebookTooLarge, match="nbconvert --clear-output"):
        await (await engine.notebooks.open(NAME)).read()
    assert live.file.stat().st_size == HUGE
    assert live.file.read_bytes().startswith(kept.encode())
    await small.leave()
    # Whoever follows the advice gets in.
    live.put(code("a", "one"))
    async with live.joined() as anna:
        assert anna.texts == ["one"]


@pytest.mark.slow
@pytest.mark.parametrize("lumina_settings", [{"notebook_mb": 0.0}])
async def test_without_a_limit_an_output_of_100_mb_is_opened_edited_and_saved_whole(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(participant, "PATIENCE", 300.0)
    line = "0123456789abcde\n"
    text = line * (OUTPUT // len(line))
    live.put(code("a", "x", outputs=[{"output_type": "stream", "name": "stdout", "text": text}], execution_count=1))
    async with live.joined() as anna:
        anna.type(0, "y")
        await until(lambda: live.room().saver.edits and not live.room().saver.dirty)
    (saved,) = json.loads(live.file.read_text())["cells"]
    assert "".join(saved["source"]) == "xy"
    assert "".join(saved["outputs"][0]["text"]) == text


def notebook(*cells: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
