"""Searching conversations: their titles, questions and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .access import visible_to
from .people import Viewer

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

AROUND = 80
"""Characters that are shown before and behind what was found."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where something was found; `turn` is empty for a title. `at` is seconds since the epoch."""

    conversation_id: str
    title: str
    notebook: str
    turn: str
    where: Literal["title", "question", "answer"]
    at: float
    snippet: str


@dataclass(slots=True)
class _Texts:
    at: float
    question: str = ""
    answer: list[str] = field(default_factory=list)


def search(connection: Connection, query: str, viewer: Viewer, *, notebook: str | None, limit: int) -> list[Hit]:
    """The hits, the conversation that changed last first, within a transaction. Case and kinds of blanks do not matter."""
    from sqlalchemy import select

    from ..storage.tables import conversations as table

    words = query.split()
    if not words:
        return []
    wanted = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
    found = select(table).where(visible_to(viewer)).order_by(table.c.updated_at.desc())
    if notebook is not None:
        found = found.where(table.c.notebook == notebook)
    hits: list[Hit] = []
    for row in connection.execute(found).mappings().all():
        for hit in _in_conversation(connection, row, wanted):
            hits.append(hit)
            if len(hits) >= limit:
                return hits
    return hits


def _in_conversation(connection: Connection, row: RowMapping, wanted: re.Pattern[str]) -> Iterator[Hit]:
    about = (row["id"], row["title"], row["notebook"])
    if snippet := _snippet(row["title"], wanted):
        yield Hit(*about, "", "title", row["updated_at"], snippet)
    for turn, texts in reversed(_texts(connection, row["id"]).items()):
        if snippet := _snippet(texts.question, wanted):
            yield Hit(*about, turn, "question", texts.at, snippet)
        # Pieces of an answer are put together first: a word may be split between two.
        if snippet := _snippet("".join(texts.answer), wanted):
            yield Hit(*about, turn, "answer", texts.at, snippet)


def _texts(connection: Connection, conversation_id: str) -> dict[str, _Texts]:
    from sqlalchemy import select

    from ..storage.tables import conversation_events as log

    rows = connection.execute(
        select(log.c.turn, log.c.at, log.c.kind, log.c.data)
        .where(log.c.conversation_id == conversation_id, log.c.kind.in_(["question", "text_delta"]))
        .order_by(log.c.sequence)
    )
    turns: dict[str, _Texts] = {}
    for turn, at, kind, data in rows:
        texts = turns.setdefault(turn, _Texts(at))
        if kind == "question":
            texts.question = str(data.get("text", ""))
        else:
            texts.answer.append(str(data.get("text", "")))
    return turns


def _snippet(text: str, wanted: re.Pattern[str]) -> str:
    found = wanted.search(text)
    if found is None:
        return ""
    start, end = max(0, found.start() - AROUND), found.end() + AROUND
    shown = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{shown}{'…' if end < len(text) else ''}"
