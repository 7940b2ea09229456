"""kill -9 of the Jupyter server in the middle of an answer: the database opens, and what was told to be kept is there."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from lumina_jupyter.client.http import HttpClient
from lumina_jupyter.events import Event, Failed, MessageFinished, TextDelta
from lumina_jupyter.gateway import TextPart
from lumina_jupyter.memory import Conversations, Log, Question
from lumina_jupyter.storage import Database, UsageLog
from tests.e2e.server import running_lab
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer

SLOW = chat_reply(*[f"word{number} " for number in range(600)], delay=0.01)


def question(text: str) -> Question:
    return Question(prompt=(TextPart(text),), notebook="a.ipynb")


@pytest.mark.slow
async def test_kill_minus_nine_of_the_server_in_mid_answer(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with ReplayServer(chat_reply("kept ", "whole"), SLOW) as provider:
        settings = {
            "Lumina.data_dir": str(data),
            "Lumina.endpoints": json.dumps({"lab": {"base_url": f"{provider.url}/v1"}}),
            "Lumina.default_model": "lab/m",
        }
        seen_before, seen_in_mid = await asyncio.to_thread(_serve, tmp_path / "lab", settings)
    assert seen_before == "kept whole"
    with sqlite3.connect(data / "lumina.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database = Database("", data)
    conversations = Conversations(database)
    log = await Log(database).after(await conversations.current("a.ipynb"), limit=10_000)
    (usage,) = await UsageLog(database).summary()
    await database.close()
    assert [entry.sequence for entry in log] == list(range(1, len(log) + 1))
    questions = {entry.data["text"]: entry.turn for entry in log if entry.kind == "question"}
    kept = {
        text: "".join(entry.data["text"] for entry in log if entry.turn == turn and entry.kind == "text_delta")
        for text, turn in questions.items()
    }
    assert kept["first"] == seen_before
    assert kept["second"], "nothing was kept of an answer that streamed for seconds"
    assert seen_in_mid.startswith(kept["second"]) or kept["second"].startswith(seen_in_mid)
    assert usage.calls >= 1


def _serve(folder: Path, settings: dict[str, str]) -> tuple[str, str]:
    with running_lab(folder, collaboration=False, settings=settings, forked=True) as server:
        return _ask_and_kill(server.url, server.token, server.process.kill)


def _ask_and_kill(url: str, token: str, kill: Callable[[], None]) -> tuple[str, str]:
    """The texts of a whole answer, and of one in whose middle the server was killed."""
    client = HttpClient(url, token=token)
    first = list(client.ask(question("first")))
    assert isinstance(first[-1], MessageFinished)
    second = []
    for event in client.ask(question("second")):
        second.append(event)
        if sum(isinstance(one, TextDelta) for one in second) == 200:
            kill()
    client.close()
    assert isinstance(second[-1], Failed)
    return _text(first), _text(second)


def _text(events: Sequence[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))
