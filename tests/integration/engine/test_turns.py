"""A question goes through the whole engine: history in, answer out, both kept."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.engine import Engine
from lumina_jupyter.events import Cost, Event, Failed, MessageFinished, Notice, TextDelta
from lumina_jupyter.gateway import TextPart
from lumina_jupyter.memory import Question
from lumina_jupyter.settings import Lumina
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer


@asynccontextmanager
async def engine(folder: Path, server: ReplayServer, **settings: Any) -> AsyncGenerator[Engine, None]:
    lumina = Lumina(
        data_dir=str(folder),
        endpoints={"lab": {"base_url": f"{server.url}/v1"}},
        default_model="lab/m",
        ollama_url="",
        retry_base_delay=0.0,
        **settings,
    )
    made = Engine(lumina, {})
    yield made
    await made.close()


def question(text: str, **fields: Any) -> Question:
    return Question(prompt=(TextPart(text),), notebook="a.ipynb", **fields)


async def ask(made: Engine, asked: Question) -> list[Event]:
    async with aclosing(made.ask(asked)) as events:
        return [event async for event in events]


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def test_the_second_question_sees_the_first(tmp_path: Path) -> None:
    async with ReplayServer(chat_reply("for", "ty-two")) as server, engine(tmp_path, server) as made:
        events = await ask(made, question("What is six times seven?"))
        assert text_of(events) == "forty-two"
        assert isinstance(events[-1], MessageFinished)
        assert any(isinstance(event, Cost) for event in events)
        await ask(made, question("Sure?"))
        messages = json.loads(server.requests[-1].body)["messages"]
    said = [(message["role"], message["content"]) for message in messages]
    assert said[0][0] == "system"
    assert said[1:] == [("user", "What is six times seven?"), ("assistant", "forty-two"), ("user", "Sure?")]


async def test_history_outlives_the_engine_and_ends_with_a_reset(tmp_path: Path) -> None:
    async with ReplayServer(chat_reply("noted")) as server:
        async with engine(tmp_path, server) as made:
            await ask(made, question("My name is Ada."))
        async with engine(tmp_path, server) as made:
            await ask(made, question("Who am I?"))
            assert "Ada" in server.requests[-1].body.decode()
            await made.reset_conversation("a.ipynb")
            await ask(made, question("Who am I?"))
            assert "Ada" not in server.requests[-1].body.decode()


async def test_without_history_nothing_is_seen_or_kept(tmp_path: Path) -> None:
    async with ReplayServer(chat_reply("noted")) as server, engine(tmp_path, server) as made:
        await ask(made, question("My name is Ada."))
        await ask(made, question("Who am I?", history=False))
        assert "Ada" not in server.requests[-1].body.decode()
        (conversation,) = await made.conversations("a.ipynb")
        log = await made.conversation_events(conversation.id)
    assert [entry.data["text"] for entry in log if entry.kind == "question"] == ["My name is Ada."]


async def test_other_notebooks_hear_nothing_of_it(tmp_path: Path) -> None:
    async with ReplayServer(chat_reply("noted")) as server, engine(tmp_path, server) as made:
        await ask(made, question("My name is Ada."))
        await ask(made, Question(prompt=(TextPart("Who am I?"),), notebook="b.ipynb"))
        assert "Ada" not in server.requests[-1].body.decode()


async def test_a_consumer_that_leaves_keeps_what_it_saw(tmp_path: Path) -> None:
    async with ReplayServer(chat_reply(*["word "] * 50, delay=0.01)) as server, engine(tmp_path, server) as made:
        seen = ""
        async with aclosing(made.ask(question("Go on."))) as events:
            async for event in events:
                seen += event.text if isinstance(event, TextDelta) else ""
                if len(seen) >= 20:
                    break
        await server.until_answering(0)
        (conversation,) = await made.conversations("a.ipynb")
        log = await made.conversation_events(conversation.id)
        kept = "".join(entry.data["text"] for entry in log if entry.kind == "text_delta")
        assert kept.startswith(seen)
        assert (log[-1].kind, log[-1].data) == ("message_finished", {"reason": "cancelled"})
        (row,) = await made.usage()
        assert (row.model, row.calls, row.failed) == ("lab/m", 1, 0)


async def test_a_stream_that_breaks_is_kept_as_far_as_it_came(tmp_path: Path) -> None:
    async with ReplayServer(chat_reply("half ", finish=None)) as server, engine(tmp_path, server) as made:
        events = await ask(made, question("Go on."))
        assert text_of(events) == "half "
        assert isinstance(events[-1], Failed)
        assert events[-1].code == "stream_broken"
        (conversation,) = await made.conversations("a.ipynb")
        log = await made.conversation_events(conversation.id)
    assert [entry.kind for entry in log][-1] == "failed"
    assert "half " in [entry.data.get("text") for entry in log]


async def test_trouble_with_the_log_takes_no_answer_away(tmp_path: Path) -> None:
    (tmp_path / "lumina.db").write_bytes(b"not a database, whatever its name says " * 50)
    async with ReplayServer(chat_reply("still here")) as server, engine(tmp_path, server) as made:
        events = await ask(made, question("Anyone?"))
    assert text_of(events) == "still here"
    assert [event.code for event in events if isinstance(event, Notice)] == ["history", "usage"]
    assert isinstance(events[-1], MessageFinished)


async def test_broken_text_reaches_the_model_as_far_as_it_is_text(tmp_path: Path) -> None:
    async with ReplayServer(chat_reply("ok")) as server, engine(tmp_path, server) as made:
        events = await ask(made, question("a\0b \ud800 c"))
        assert isinstance(events[-1], MessageFinished | Failed)
        assert text_of(events) == "ok" or (isinstance(events[-1], Failed) and events[-1].code == "invalid_request")


async def test_a_very_long_prompt_passes(tmp_path: Path) -> None:
    async with ReplayServer(chat_reply("long")) as server, engine(tmp_path, server) as made:
        events = await ask(made, question("x" * 10_000_000))
        assert text_of(events) == "long"
        assert len(server.requests[-1].body) > 10_000_000


@pytest.mark.parametrize("name", ["nothing/there", "m2"])
async def test_an_unknown_model_is_named(tmp_path: Path, name: str) -> None:
    async with ReplayServer(chat_reply("never")) as server, engine(tmp_path, server) as made:
        (end,) = [event for event in await ask(made, question("hi", model=name)) if isinstance(event, Failed)]
    assert name.split("/")[0] in end.message
    assert end.hint
