"""The log of updates on the disk: what is squashed in it, and what was written by an earlier version."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from pycrdt import Doc, Text

from lumina_jupyter.collaboration.ydoc_server.update_log import UpdateLog


def test_a_history_is_the_same_after_it_was_squashed_and_small(tmp_path: Path) -> None:
    log = UpdateLog(tmp_path / "updates.db")
    document: Doc[Any] = Doc()
    updates: list[bytes] = []
    document.observe(lambda event: updates.append(event.update))
    text = document.get("text", type=Text)
    for number in range(200):
        text.insert(0, f"line {number}\n" * 50)
        log.append("room", [updates.pop()])
    assert len(log.read("room")) < 200
    assert text_of(log) == str(text)
    log.close()
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 10 * len(str(text))
    again = UpdateLog(tmp_path / "updates.db")
    assert text_of(again) == str(text)
    text.insert(0, "and on\n")
    again.append("room", [updates.pop()])
    assert text_of(again) == str(text)
    again.close()


def test_a_history_that_was_squashed_by_an_earlier_version_is_read_and_gone_on_with(tmp_path: Path) -> None:
    document: Doc[Any] = Doc()
    text = document.get("text", type=Text)
    text += "earlier"
    log = UpdateLog(tmp_path / "updates.db")
    with log._database:
        log._database.execute(
            "INSERT INTO updates (room, data, at, squashed) VALUES ('room', ?, 0, 1)", (document.get_update(),)
        )
    updates: list[bytes] = []
    document.observe(lambda event: updates.append(event.update))
    for _ in range(200):
        text += " and later" * 50
        log.append("room", [updates.pop()])
    assert text_of(log) == str(text)
    (first, _), *_ = log.read("room")
    assert len(zlib.compress(first)) < len(first)
    log.close()


def text_of(log: UpdateLog) -> str:
    document: Doc[Any] = Doc()
    for update, _ in log.read("room"):
        document.apply_update(update)
    return str(document.get("text", type=Text))
