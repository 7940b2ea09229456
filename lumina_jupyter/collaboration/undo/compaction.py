"""Journals kept small: what is older than a limit, or too much, becomes the state with which the history begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .journal_file import BASE, PERSON, Entry, size_of


def compacted(
    entries: Sequence[Entry], oldest: float, most_bytes: int | None, *, goes_on: bool = False
) -> list[Entry] | None:
    """What is left of a journal; None when it can stay as it is, nothing when none of its writes is left.

    Args:
        entries: All of it.
        oldest: Writes from before that time, in seconds since 1970, need not be undone any more.
        most_bytes: Size of what follows the first state beyond which half of it goes; None: no limit.
        goes_on: Whether the document is being recorded: then a state of it is left in any case.
    """
    first = next((at for at, entry in enumerate(entries) if entry.is_write and entry.at >= oldest), None)
    if first is None and not goes_on:
        return [] if entries else None
    first = len(entries) if first is None else first
    sizes = [size_of(entry) for entry in entries]
    if most_bytes is not None and sum(sizes[1:]) > most_bytes:
        kept = 0
        for at in range(len(entries) - 1, first, -1):
            kept += sizes[at]
            if kept > most_bytes // 2:
                # However large, the last write can be undone.
                first = max(first, min(at + 1, len(entries) - 1))
                break
    first = _between_undos(entries, first)
    begin = max((at for at, entry in enumerate(entries[: first + 1]) if entry.kind == BASE), default=None)
    if begin is None:
        return None
    if first - begin <= 1:
        return None if begin == 0 else list(entries[begin:])
    base = replace(entries[begin], update=_state(entries[begin:first]), at=entries[first - 1].at)
    left = {entry.number for entry in entries[first:]}
    return [base, *(_without(entry, left) for entry in entries[first:])]


def _between_undos(entries: Sequence[Entry], first: int) -> int:
    """The place, or one before it, such that every undo after it is of writes that are all before or all after it."""
    place = {entry.number: at for at, entry in enumerate(entries)}
    while True:
        split = [
            min(places)
            for entry in entries[first:]
            if entry.change is not None
            and (places := [place[write] for write in entry.change.writes if write in place])
            and min(places) < first <= max(places)
        ]
        if not split:
            return first
        first = min(split)


def _without(entry: Entry, left: set[int]) -> Entry:
    if entry.change is None or left.issuperset(entry.change.writes):
        return entry
    # What it undid is part of the state now, and so is the undo.
    return replace(entry, kind=PERSON, change=None, run="", step=0)


def _state(entries: Sequence[Entry]) -> bytes:
    from pycrdt import Doc

    document: Doc[Any] = Doc()
    for entry in entries:
        document.apply_update(entry.update)
    state: bytes = document.get_update()
    return state
