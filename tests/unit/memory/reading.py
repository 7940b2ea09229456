"""A conversation whose database answers when a test says so, and readers that keep what a panel would show."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from lumina_jupyter.events import Event, MessageFinished, TextDelta, event_name, to_dict
from lumina_jupyter.memory import CaughtUp, Entries, Frame, Live, LogEntry, NewEntry, TurnTail, Viewer
from lumina_jupyter.memory.channel import Channel
from lumina_jupyter.memory.reader import Reader
from lumina_jupyter.memory.tail import Tail


@dataclass
class Run:
    """A turn: what it has said, and the flush that is under way."""

    tail: Tail
    said: str = ""
    taken: Sequence[Event] | None = None
    committed: list[LogEntry] | None = None


class Talk:
    """One conversation with its log, its channel and its turns. Committing and hearing of it are two things."""

    def __init__(self, slowness: Sequence[int]) -> None:
        self.channel = Channel("conv")
        self.log: list[LogEntry] = []
        self.runs: dict[str, Run] = {}
        self._pieces = itertools.count()
        self._slowness = itertools.cycle(slowness)

    async def after(self, conversation_id: str, sequence: int = 0, *, limit: int = 1000) -> Sequence[LogEntry]:
        for _ in range(next(self._slowness)):
            await asyncio.sleep(0)
        page = [entry for entry in self.log if entry.sequence > sequence][:limit]
        for _ in range(next(self._slowness)):
            await asyncio.sleep(0)
        return page

    async def answered(self, conversation_id: str, turns: Sequence[str], upto: int) -> dict[str, int]:
        await asyncio.sleep(0)
        return {e.turn: e.sequence for e in self.log[:upto] if e.turn in turns and e.kind != "question"}

    def append(self, entries: Sequence[NewEntry]) -> list[LogEntry]:
        first = len(self.log) + 1
        added = [
            LogEntry(first + number, 0.0, entry.turn, entry.author, entry.kind, entry.data)
            for number, entry in enumerate(entries)
        ]
        self.log += added
        return added

    def run(self, turn: str) -> Run:
        if turn not in self.runs:
            self.channel.publish(self.append([NewEntry("question", {"text": turn}, turn)]))
            self.runs[turn] = Run(self.channel.open(turn))
        return self.runs[turn]

    def say(self, turn: str) -> None:
        run = self.run(turn)
        if not run.tail.ended:
            piece = f"{next(self._pieces)} "
            run.said += piece
            self.channel.say(run.tail, TextDelta(piece))

    def end(self, turn: str) -> None:
        run = self.run(turn)
        if not run.tail.ended:
            self.channel.say(run.tail, MessageFinished("stop"))

    def take(self, turn: str) -> None:
        run = self.run(turn)
        if run.taken is None:
            run.taken = list(run.tail.take())

    def commit(self, turn: str) -> None:
        run = self.run(turn)
        if run.taken and run.committed is None:
            entries = [NewEntry(event_name(event), _fields(event), turn) for event in run.taken]
            run.committed = self.append(entries)

    def hear(self, turn: str) -> None:
        """The database's answer reaches the loop: written, or refused."""
        run = self.run(turn)
        if run.taken is None:
            return
        if run.committed:
            self.channel.written(run.tail, run.committed)
        else:
            run.tail.give_back()
        run.taken = run.committed = None

    def elsewhere(self) -> None:
        """Another process adds to the log; nobody here hears of it."""
        self.append([NewEntry("question", {"text": "?"}, "other"), NewEntry("message_finished", {}, "other")])

    def look(self) -> None:
        """What other processes wrote is looked up."""
        if len(self.log) > self.channel.last:
            self.channel.last = len(self.log)
            self.channel.resync()

    def finish(self) -> None:
        """Every turn ends, and all of it is written."""
        for turn, run in self.runs.items():
            self.end(turn)
            while not run.tail.is_empty:
                self.take(turn)
                self.commit(turn)
                self.hear(turn)
            self.channel.close(run.tail)
        self.look()


@dataclass
class Screen:
    """What somebody sees who reads; `permits` is how many batches they have time for."""

    talk: Talk
    kept: list[LogEntry] = field(default_factory=list)
    tails: dict[str, str] = field(default_factory=dict)
    caught_up: int = 0
    permits: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    reading: asyncio.Task[None] | None = None

    def connect(self) -> None:
        """Read on from the last entry that is here, as after a lost connection."""
        if self.reading is not None:
            self.reading.cancel()
        last = self.kept[-1].sequence if self.kept else 0
        reader = Reader(self.talk.channel, self.talk, Viewer(), notebook="", after=last)
        self.reading = asyncio.get_running_loop().create_task(self._read(reader))

    async def _read(self, reader: Reader) -> None:
        async with aclosing(reader.batches()) as batches:
            async for batch in batches:
                for frame in batch:
                    self._apply(frame)
                self.check()
                await self.permits.acquire()

    def _apply(self, frame: Frame) -> None:
        match frame:
            case Entries(entries):
                for entry in entries:
                    assert entry.sequence == len(self.kept) + 1
                    self.kept.append(entry)
                    if entry.kind != "question":
                        self.tails.pop(entry.turn, None)
            case TurnTail(turn, events):
                self.tails[turn] = "".join(map(_shown, events))
            case Live(turn, event):
                self.tails[turn] = self.tails.get(turn, "") + _shown(event)
            case CaughtUp():
                self.caught_up += 1

    def text(self, turn: str) -> str:
        kept = "".join(e.data["text"] for e in self.kept if e.turn == turn and e.kind == "text_delta")
        return kept + self.tails.get(turn, "")

    def check(self) -> None:
        """Nothing is shown twice, and nothing is shown that was not said."""
        for turn, run in self.talk.runs.items():
            assert run.said.startswith(self.text(turn)), (run.said, self.text(turn))


def _shown(event: Event) -> str:
    return event.text if isinstance(event, TextDelta) else ""


def _fields(event: Event) -> dict[str, object]:
    return {name: value for name, value in to_dict(event).items() if name != "type"}
