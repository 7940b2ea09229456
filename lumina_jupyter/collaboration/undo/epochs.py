"""A journal's entries as histories: each begins with a state, and a new one where the document was made anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .journal_file import BASE, Entry
from .replay import Replay
from .undone import Undone

if TYPE_CHECKING:
    from pycrdt import Doc


class Epoch:
    """One document's history. `after` holds the entries that follow its state."""

    def __init__(self, base: Entry) -> None:
        self.base = base
        self.after: list[Entry] = []
        self.undone = Undone()
        """What is undone of it, also by what was written in later ones."""

    @property
    def numbers(self) -> set[int]:
        """Of its entries."""
        return {entry.number for entry in self.after}

    def document(self) -> Doc[Any]:
        """The document as all of it made it."""
        from pycrdt import Doc

        document: Doc[Any] = Doc()
        for entry in (self.base, *self.after):
            document.apply_update(entry.update)
        return document

    def replay(self) -> Replay:
        """The history, replayed.

        Raises:
            StorageFailed: when an update cannot be read.
        """
        replay = Replay(self.base.update)
        own = self.numbers
        for entry in self.after:
            if entry.change is not None and own.issuperset(entry.change.writes):
                replay.add_undo(entry.update, entry.number, entry.change)
            else:
                replay.add(entry.update, entry.number if entry.is_write else None, is_echo=entry.is_echo)
        return replay


def epochs_of(entries: Sequence[Entry]) -> list[Epoch]:
    """The histories in a journal, the oldest first."""
    epochs: list[Epoch] = []
    for entry in entries:
        if entry.kind == BASE:
            epochs.append(Epoch(entry))
        elif epochs:
            epochs[-1].after.append(entry)
    changes = [entry.change for entry in entries if entry.change is not None]
    for epoch in epochs:
        own = epoch.numbers
        for change in changes:
            if own.issuperset(change.writes):
                epoch.undone = epoch.undone.after(change)
    return epochs
