"""Which cells a transaction concerned, told by the document's own events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook

NOTEBOOK = ""
"""Stands for the notebook's own metadata."""


class Marks:
    """What became of the cells since it was last asked."""

    def __init__(self, document: YNotebook) -> None:
        self._cells: Any = document.ycells
        self._meta: Any = document.ydoc["meta"]
        self._ids = self._read()
        self._found: dict[str, str] = {}
        self._subscriptions = [
            (self._cells, self._cells.observe_deep(self._on_cells)),
            (self._meta, self._meta.observe_deep(self._on_meta)),
        ]

    def take(self) -> Mapping[str, str]:
        """`inserted`, `deleted`, `moved` or `changed`, by cell."""
        found, self._found = self._found, {}
        return found

    def close(self) -> None:
        """Listen no more."""
        for shared, subscription in self._subscriptions:
            shared.unobserve(subscription)
        self._subscriptions = []

    def _read(self) -> list[str]:
        return [str(cell.get("id", "")) for cell in self._cells]

    def _on_cells(self, events: list[Any]) -> None:
        if any(not event.path for event in events):
            before, self._ids = self._ids, self._read()
            self._found.update(dict.fromkeys(set(self._ids) - set(before), "inserted"))
            self._found.update(dict.fromkeys(set(before) - set(self._ids), "deleted"))
            for cell in _inserted(events, self._ids):
                self._found.setdefault(cell, "moved")
        for event in events:
            if event.path and isinstance(event.path[0], int) and event.path[0] < len(self._ids):
                self._found.setdefault(self._ids[event.path[0]], "changed")

    def _on_meta(self, events: list[Any]) -> None:
        self._found[NOTEBOOK] = "changed"


def _inserted(events: list[Any], ids: list[str]) -> list[str]:
    found: list[str] = []
    for event in events:
        at = 0
        for change in event.delta if not event.path else ():
            at += int(change.get("retain", 0))
            if "insert" in change:
                found += ids[at : at + len(change["insert"])]
                at += len(change["insert"])
    return found
