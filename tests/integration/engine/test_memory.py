"""Turns on a disk that is full, and beside gathering that fails: nothing that was said is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from lumina_jupyter.context.report import Gathered
from lumina_jupyter.engine import Engine
from lumina_jupyter.errors import DiskFull, LuminaError, UnknownName
from lumina_jupyter.events import MessageFinished, Notice, TextDelta
from lumina_jupyter.gateway import TextPart
from lumina_jupyter.memory import CaughtUp, Entries, Frame, Live, LogEntry, Memory, Question, TurnTail, Viewer, unsaved
from lumina_jupyter.settings import Lumina
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer
from tests.small_disk import fill, small_disk

WORDS = [f"word{number} " * 200 for number in range(60)]
ADA = Viewer(name="ada")


@asynccontextmanager
async def engine(folder: Path, server: ReplayServer) -> AsyncGenerator[Engine, None]:
    lumina = Lumina(
        data_dir=str(folder),
        endpoints={"lab": {"base_url": f"{server.url}/v1"}},
        default_model="lab/m",
        ollama_url="",
        retry_base_delay=0.0,
    )
    made = Engine(lumina, {})
    yield made
    await made.close()


def question(conversation: str, text: str = "Go on.", request_id: str = "req_1") -> Question:
    return Question(prompt=(TextPart(text),), conversation=conversation, request_id=request_id)


async def until_unsaved(made: Engine, turns: int) -> None:
    """Wait until so many answers wait for room on the disk; the engine tells it when it is asked."""
    while (await made.health()).unsaved_turns != turns:  # noqa: ASYNC110 (as a person would look again)
        await asyncio.sleep(0.01)


class Screen:
    """What somebody sees who reads."""

    def __init__(self) -> None:
        self.entries: list[LogEntry] = []
        self.tail: list[object] = []
        self.notices: list[Notice] = []
        self.caught_up = False

    def take(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            match frame:
                case Entries(entries):
                    self.entries += entries
                    if any(entry.kind not in {"question", "context"} for entry in entries):
                        self.tail = []
                case TurnTail(_, events):
                    self.tail = list(events)
                case Live(_, event):
                    self.tail.append(event)
                    if isinstance(event, Notice):
                        self.notices.append(event)
                case CaughtUp():
                    self.caught_up = True

    @property
    def text(self) -> str:
        kept = "".join(entry.data["text"] for entry in self.entries if entry.kind == "text_delta")
        return kept + "".join(event.text for event in self.tail if isinstance(event, TextDelta))

    @property
    def ended(self) -> bool:
        return any(isinstance(event, MessageFinished) for event in self.tail) or self.kept

    @property
    def kept(self) -> bool:
        """Whether the end is in the log."""
        return any(entry.kind == "message_finished" for entry in self.entries)


async def test_a_full_disk_takes_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsaved, "FIRST_WAIT", 0.05)
    reply = chat_reply(*WORDS, delay=0.03)
    with small_disk(tmp_path / "disk", 2048) as disk:
        async with ReplayServer(reply) as server, engine(disk, server) as made, asyncio.timeout(60):
            conversation = (await made.memory.begin("a.ipynb", ADA)).id
            await made.memory.start(question(conversation), ADA)
            filler = await asyncio.to_thread(fill, disk)
            screen = Screen()
            async with aclosing(made.memory.read(conversation, ADA)) as batches:
                async for batch in batches:
                    screen.take(batch)
                    if screen.ended and any(notice.code == "history" for notice in screen.notices):
                        break
                assert screen.entries[-1].kind != "message_finished", "the disk was not full"
                assert screen.text == "".join(WORDS)
                late = Screen()
                async with aclosing(made.memory.read(conversation, ADA)) as others:
                    async for batch in others:
                        late.take(batch)
                        if late.caught_up:
                            break
                assert late.text == screen.text
                assert late.ended
                with pytest.raises(DiskFull):
                    await made.memory.start(question(conversation, "x" * 500_000, "req_2"), ADA)
                await until_unsaved(made, 1)
                await asyncio.sleep(0.2)  # it is tried again meanwhile
                await asyncio.to_thread(filler.unlink)
                async for batch in batches:
                    screen.take(batch)
                    if screen.kept:
                        break
            await until_unsaved(made, 0)
            assert [notice.code for notice in screen.notices].count("history") == 1
            assert screen.text == "".join(WORDS)
            log = await made.memory.events(conversation, ADA)
            assert "".join(entry.data["text"] for entry in log if entry.kind == "text_delta") == "".join(WORDS)
            assert {entry.turn for entry in log} == {"req_1"}
            again = await made.memory.start(question(conversation, "Room again", "req_2"), ADA)
            assert again.sequence == log[-1].sequence + 1


async def test_an_engine_that_ends_writes_what_waits(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2048) as disk:
        async with ReplayServer(chat_reply(*WORDS, delay=0.01)) as server:
            async with engine(disk, server) as made:
                conversation = (await made.memory.begin("a.ipynb", ADA)).id
                await made.memory.start(question(conversation), ADA)
                filler = await asyncio.to_thread(fill, disk)
                await until_unsaved(made, 1)
                await asyncio.to_thread(filler.unlink)
            async with engine(disk, server) as made:
                log = await made.memory.events(conversation, ADA)
    assert "".join(entry.data["text"] for entry in log if entry.kind == "text_delta") == "".join(WORDS)


@pytest.mark.parametrize("error", [UnknownName("no df"), RuntimeError("a fault of ours"), None])
async def test_trouble_while_gathering_loses_no_turn(tmp_path: Path, error: Exception | None) -> None:
    async def gather(question: Question, worded: str) -> Gathered | None:
        if error is not None:
            raise error
        await asyncio.Event().wait()
        return None

    async with ReplayServer(chat_reply("for", "ty-two")) as server, engine(tmp_path, server) as made:
        memory = Memory(made.settings, made._gateway, made._database, gather=gather)
        conversation = (await memory.begin("a.ipynb", ADA)).id
        await memory.start(question(conversation), ADA)
        if error is None:
            assert await memory.cancel("req_1", ADA)
        screen = Screen()
        async with asyncio.timeout(60), aclosing(memory.read(conversation, ADA)) as batches:
            async for batch in batches:
                screen.take(batch)
                if screen.kept:
                    break
        await memory.end(5)
    notices = [entry.data["code"] for entry in screen.entries if entry.kind == "notice"]
    if error is None:
        assert screen.entries[-1].data == {"reason": "cancelled"}
        assert not server.requests
    else:
        assert screen.text == "forty-two"
        assert notices == ["context"]
    assert isinstance(error, LuminaError | RuntimeError | None)
