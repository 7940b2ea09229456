"""A recorded history that goes on with a notebook's file, opened anew: after a restart, or in another process.

The document of a file knows nothing of what was edited before it was made. Made of the recorded history instead, and
brought to what the file holds now as by an edit of another program, it goes on with that history, so that undo and redo
stay exact.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..document.shared_cells import content_in, copy_of
from ..document.storable import same
from .journal_file import BASE, PERSON, Entry

MOST_TIMES = 8
"""How much larger than the notebook's alone a document may be that has a history; beyond that one begins anew."""
ALWAYS = 1_000_000
"""Bytes that a document with a history may have in any case."""
MOST_UNSAVED = 50
"""Of that many last writes it is found out whether they ever reached the file."""
TRUSTED = "trusted"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Past:
    """A history to go on with."""

    state: bytes
    """The document as it was, with all that ever was in it."""
    entries: list[Entry]
    """The journal without what never reached the file."""


def past_of(entries: Sequence[Entry], update: bytes) -> Past | None:
    """The history with which a document can go on; None when it does already, or none is worth it.

    A process can end between a write's recording and its saving. Nobody was told then that it was done, and the file
    is what it was before; the end of the history is given up that says otherwise.

    Args:
        entries: The journal's.
        update: All of the document, which holds what the file holds.
    """
    begin = max((at for at, entry in enumerate(entries) if entry.kind == BASE), default=None)
    if begin is None:
        return None
    try:
        return _past(entries, begin, update)
    except (ValueError, RuntimeError) as error:
        log.warning("a notebook's history cannot be gone on with: %s", error)
        return None


def _past(entries: Sequence[Entry], begin: int, update: bytes) -> Past | None:
    document = _applied(*(entry.update for entry in entries[begin:]))
    if _covers(_applied(update), document):
        return None
    left = list(entries)
    now = _without_trust(content_in(copy_of(update)))
    if not same(_content(document), now):
        end = _saved_until(entries, begin, now)
        if end is not None:
            log.info("%d writes to a notebook that never reached its file are forgotten", len(entries) - end)
            left, document = list(entries[:end]), _applied(*(entry.update for entry in entries[begin:end]))
    state = document.get_update()
    return None if len(state) > max(ALWAYS, MOST_TIMES * len(update)) else Past(state, left)


def _saved_until(entries: Sequence[Entry], begin: int, now: Mapping[str, Any]) -> int | None:
    """Where the journal has to end for the document to be what the file holds, if only our own writes follow."""
    first = len(entries)
    while first > begin + 1 and entries[first - 1].kind != PERSON and len(entries) - first < MOST_UNSAVED:
        first -= 1
    document = _applied(*(entry.update for entry in entries[begin:first]))
    found = None
    for end in range(first, len(entries)):
        if same(_content(document), now):
            found = end
        document.apply_update(entries[end].update)
    return found


def _applied(*updates: bytes) -> Any:
    from pycrdt import Doc

    document: Doc[Any] = Doc()
    for update in updates:
        document.apply_update(update)
    return document


def _content(document: Any) -> dict[str, Any]:
    from jupyter_ydoc import YNotebook

    return _without_trust(content_in(YNotebook(document)))


def _covers(document: Any, other: Any) -> bool:
    """Whether a document has all that another one has."""
    from pycrdt import Decoder

    def clocks(state: bytes) -> dict[int, int]:
        decoder = Decoder(state)
        return {decoder.read_var_uint(): decoder.read_var_uint() for _ in range(decoder.read_var_uint())}

    known = clocks(document.get_state())
    return all(known.get(client, 0) >= units for client, units in clocks(other.get_state()).items())


def _without_trust(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content without what each server says of its cells for itself."""
    return {**content, "cells": [_untrusted(cell) for cell in content["cells"]]}


def _untrusted(cell: Mapping[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    if not isinstance(metadata, dict):
        return dict(cell)
    return {**cell, "metadata": {name: value for name, value in metadata.items() if name != TRUSTED}}
