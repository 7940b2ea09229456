"""A conversation as it reads from its first question to its last, without the branches that were left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import NotFound
from .asking import last_turn
from .attachments import Image, image
from .conversations import Conversation, get
from .history import path
from .log import LogEntry
from .people import Viewer

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(slots=True)
class Exchange:
    """A question and its answer. Times are seconds since the epoch."""

    turn: str
    asked_at: float = 0.0
    answered_at: float = 0.0
    by: dict[str, str] = field(default_factory=dict)
    question: str = ""
    images: list[Image] = field(default_factory=list)
    model: str = ""
    answer: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation's exchanges, in order."""

    conversation: Conversation
    exchanges: Sequence[Exchange]


def transcript(connection: Connection, conversation_id: str, viewer: Viewer) -> Transcript:
    """The path to the last question of a conversation, within a transaction.

    Raises:
        NotFound: when there is no such conversation for the viewer.
    """
    from sqlalchemy import select

    from ..storage.tables import conversation_events as log

    conversation = get(connection, conversation_id, viewer)
    turns = path(connection, conversation_id, last_turn(connection, conversation_id))
    found = {turn: Exchange(turn) for turn in turns}
    rows = connection.execute(
        select(log.c.sequence, log.c.at, log.c.turn, log.c.author, log.c.kind, log.c.data)
        .where(log.c.conversation_id == conversation_id)
        .where(log.c.kind.in_(["question", "message_started", "text_delta", "failed"]))
        .order_by(log.c.sequence)
    )
    for row in rows:
        entry = LogEntry(*row)
        if entry.turn in found:
            _add(connection, conversation_id, found[entry.turn], entry)
    return Transcript(conversation, list(found.values()))


def _add(connection: Connection, conversation_id: str, exchange: Exchange, entry: LogEntry) -> None:
    data = entry.data
    if entry.kind == "question":
        exchange.asked_at = exchange.answered_at = entry.at
        exchange.question = str(data.get("text", ""))
        exchange.by = {name: str(value) for name, value in (data.get("by") or {}).items()}
        for each in data.get("images") or ():
            try:
                exchange.images.append(image(connection, conversation_id, str(each["sha256"])))
            except NotFound:
                continue
    elif entry.kind == "message_started":
        exchange.model = str(data.get("model", ""))
    elif entry.kind == "text_delta":
        exchange.answer += str(data.get("text", ""))
        exchange.answered_at = entry.at
    else:
        exchange.failure = str(data.get("message", ""))
