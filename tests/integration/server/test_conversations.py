"""Conversations over HTTP: a question is kept at once, its answer goes on whoever leaves, readers see all of it."""

from __future__ import annotations

import pytest

from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer

from .conftest import Face
from .conversing import Panel, ask, begin, follow, read_until_kept

WORDS = [f"word{number} " for number in range(120)]
SLOW = (chat_reply(*WORDS, delay=0.01),)
TEXT = "".join(WORDS)


async def test_a_question_is_answered_and_read(face: Face) -> None:
    async with face.client() as http:
        conversation = await begin(http)
        turn = await ask(http, conversation, "What is six times seven?")
        panel = await read_until_kept(http, conversation, turn)
    assert panel.text(turn) == "forty-two"
    assert [entry["sequence"] for entry in panel.entries] == sorted(entry["sequence"] for entry in panel.entries)
    assert panel.entries[0]["kind"] == "question"
    assert panel.entries[0]["data"]["parent"] == ""
    assert panel.entries[-1]["kind"] == "message_finished"


@pytest.mark.parametrize("provider", [SLOW], indirect=True)
async def test_the_answer_goes_on_when_everybody_leaves(face: Face, provider: ReplayServer) -> None:
    panel = Panel()
    async with face.client() as http:
        conversation = await begin(http)
        turn = await ask(http, conversation, "Go on.")
        async for _ in follow(http, conversation, panel):
            if len(panel.text(turn)) > 60:
                break
        assert not panel.ended(turn)
        await read_until_kept(http, conversation, turn, panel)
    assert panel.text(turn) == TEXT
    assert len(provider.requests) == 1
