"""From a conversation's log to the messages that a model is shown again.

Turns form a tree; a model sees the path from its root to the turn that a question follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import NotFound
from ..gateway.requests import ImagePart, Message, TextPart
from .asking import last_turn
from .attachments import image
from .log import LogEntry

if TYPE_CHECKING:
    from sqlalchemy import Connection

CHARACTERS_PER_TOKEN = 4
"""A rough rate for every tokenizer; history needs no more than that."""

IMAGE_TOKENS = 1000
"""About what an image takes with the providers that tell."""

MOST_TURNS = 200
"""Turns that are looked at: those without an answer take nothing of the budget."""


@dataclass(slots=True)
class PastTurn:
    """A question and what came back; `end` is the kind of the last event, empty while none came."""

    turn: str = ""
    question: str = ""
    parent: str | None = None
    began: int = 0
    images: list[str] = field(default_factory=list)
    answer: list[str] = field(default_factory=list)
    end: str = ""

    @property
    def text(self) -> str:
        """The answer's text as far as it came."""
        return "".join(self.answer)

    def add(self, entry: LogEntry) -> None:
        """Take the next entry of this turn in."""
        if entry.kind == "question":
            self.question = str(entry.data.get("prompt") or entry.data.get("text", ""))
            self.parent = entry.data.get("parent")
            self.began = entry.sequence
            self.images = [str(each["sha256"]) for each in entry.data.get("images") or ()]
        elif entry.kind == "text_delta":
            self.answer.append(str(entry.data.get("text", "")))
        elif entry.kind in {"message_finished", "failed"}:
            self.end = entry.kind


def past_turns(entries: Iterable[LogEntry]) -> dict[str, PastTurn]:
    """The turns of a log by their ids, in the order in which they were asked; parallel turns are told apart."""
    turns: dict[str, PastTurn] = {}
    for entry in entries:
        turns.setdefault(entry.turn, PastTurn(entry.turn)).add(entry)
    return turns


def messages(
    connection: Connection, conversation_id: str, parent: str, *, token_limit: int, sees: bool
) -> list[Message]:
    """The latest turns up to `parent` that fit the limit, whole turns only, as user and assistant messages.

    Turns without any answer (failed at once, or still under way) are left out: a model would
    answer them a second time. Images are shown again, as far as they fit, to a model that `sees`.
    """
    budget = token_limit * CHARACTERS_PER_TOKEN
    found: list[Message] = []
    for turn in _upwards(connection, conversation_id, parent):
        if not turn.question or not turn.text:
            continue
        budget -= len(turn.question) + len(turn.text)
        if budget < 0:
            break
        images: list[ImagePart] = []
        for sha256 in turn.images if sees else ():
            if budget < IMAGE_TOKENS * CHARACTERS_PER_TOKEN:
                break
            budget -= IMAGE_TOKENS * CHARACTERS_PER_TOKEN
            images += _image(connection, conversation_id, sha256)
        found += [Message.of("assistant", turn.text), Message("user", (TextPart(turn.question), *images))]
    return found[::-1]


def path(connection: Connection, conversation_id: str, turn: str) -> list[str]:
    """The ids of the turns from the first to `turn`."""
    parents = _parents(connection, conversation_id)
    found: list[str] = []
    while turn in parents and turn not in found:
        found.append(turn)
        turn = parents[turn]
    return found[::-1]


def _upwards(connection: Connection, conversation_id: str, turn: str) -> Iterator[PastTurn]:
    from sqlalchemy import select

    from ..storage.tables import conversation_events as log

    seen: set[str] = set()
    while turn and turn not in seen and len(seen) < MOST_TURNS:
        seen.add(turn)
        rows = connection.execute(
            select(log.c.sequence, log.c.at, log.c.turn, log.c.author, log.c.kind, log.c.data)
            .where(log.c.conversation_id == conversation_id, log.c.turn == turn)
            .order_by(log.c.sequence)
        )
        past = PastTurn(turn)
        for row in rows:
            past.add(LogEntry(*row))
        yield past
        # In logs from before there were branches a turn follows the one that was asked before it.
        turn = past.parent if past.parent is not None else last_turn(connection, conversation_id, before=past.began)


def _parents(connection: Connection, conversation_id: str) -> dict[str, str]:
    from sqlalchemy import select

    from ..storage.tables import conversation_events as log

    rows = connection.execute(
        select(log.c.turn, log.c.data)
        .where(log.c.conversation_id == conversation_id, log.c.kind == "question")
        .order_by(log.c.sequence)
    ).all()
    parents: dict[str, str] = {}
    before = ""
    for turn, data in rows:
        parent = data.get("parent")
        parents[turn] = before if parent is None else str(parent)
        before = turn
    return parents


def _image(connection: Connection, conversation_id: str, sha256: str) -> list[ImagePart]:
    try:
        return [image(connection, conversation_id, sha256).part]
    except NotFound:
        return []
