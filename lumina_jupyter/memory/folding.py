"""Neighbouring pieces of one text as one entry, for those who read a log that has been written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .log import LogEntry

_PIECES = {"text_delta", "reasoning_delta"}


def folded(entries: Iterable[LogEntry]) -> Iterator[LogEntry]:
    """The entries, neighbouring deltas of one turn put together; such an entry carries the last one's number."""
    waiting: list[LogEntry] = []
    for entry in entries:
        if waiting and not _continues(waiting[-1], entry):
            yield _one(waiting)
            waiting = []
        waiting.append(entry)
    if waiting:
        yield _one(waiting)


def _continues(before: LogEntry, entry: LogEntry) -> bool:
    return (
        entry.kind in _PIECES
        and entry.kind == before.kind
        and entry.turn == before.turn
        and before.data.get("signature") is None
    )


def _one(entries: list[LogEntry]) -> LogEntry:
    last = entries[-1]
    if len(entries) == 1:
        return last
    text = "".join(str(entry.data.get("text", "")) for entry in entries)
    return replace(last, data={**last.data, "text": text})
