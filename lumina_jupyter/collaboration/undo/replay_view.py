"""What a replayed document shows without the writes that are undone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .undone import Undone
from .yjs_tree import PERSON, Item, Node, Tree
from .yjs_update import Id, Kind, joined

SKELETON = frozenset({"id", "cell_type", "source", "metadata", "outputs", "execution_count"})
"""What a cell cannot be without, also where its maker is undone."""


class Units(NamedTuple):
    """What shows of an array or text, unit by unit: who it is, and what compares it with others."""

    ids: list[Id]
    tokens: Sequence[Any]


class View:
    """The document without some writes."""

    def __init__(self, tree: Tree, undone: Undone) -> None:
        self.undone = undone
        self._tree = tree
        self._cells = tree.root("cells", Kind.ARRAY)
        self._meta = tree.root("meta", Kind.MAP)

    def content(self) -> dict[str, Any]:
        """The notebook in nbformat's own shape."""
        cells = [self._map(place.node, keep=True) for place in self.cells() if place.node is not None]
        for cell in cells:
            cell.pop("execution_state", None)
        meta = self._map(self._meta)
        metadata = meta.get("metadata")
        return {
            "cells": cells,
            "metadata": metadata if isinstance(metadata, dict) else {},
            "nbformat": int(meta.get("nbformat") or 4),
            "nbformat_minor": int(meta.get("nbformat_minor") or 5),
        }

    # --- cells ------------------------------------------------------------------------------------

    def cells(self) -> Iterator[Item]:
        """The places at which cells show, each cell once."""
        seen: set[int] = set()
        for place in self._cells.items():
            if place.node is None or place.hollow:
                continue
            if id(place.node.first) not in seen and self.shows(place):
                seen.add(id(place.node.first))
                yield place

    def shows(self, place: Item) -> bool:
        """Whether a cell shows at that place."""
        first = place.node.first if place.node is not None else None
        made = first.item if first is not None else None
        if first is None or made is None or not self._covers(made.author, first):
            return self.is_visible(place)
        # The agent's cell without the agent: it stays for what people wrote into it.
        own = place is self._tree.standing_for(made.span)[0]
        if self._is_deleted(place) or (not own and not self.is_visible(place)):
            return False
        source = self.source(first)
        return source is not None and any(item.kind is Kind.TEXT for item in self.visible(source))

    def source(self, node: Node) -> Node | None:
        """The shared text of a cell."""
        item = self.value(node, "source", keep=True)
        return item.node.first if item is not None and item.node is not None else None

    def is_left(self, node: Node) -> bool:
        """Whether a copy has taken the node's place."""
        return node.abandoned and not self._covers(node.left_by, node)

    # --- items ------------------------------------------------------------------------------------

    def is_visible(self, item: Item) -> bool:
        """Whether an item of an array or text shows."""
        if item.hollow:
            return False
        if item.author is PERSON and not item.deleters and not item.late:
            return True
        return not self._covers(item.author, item) and not self._is_late(item) and not self._is_deleted(item)

    def visible(self, node: Node) -> Iterator[Item]:
        """What shows of an array or text."""
        return (item for item in node.items() if item.kind is not Kind.GONE and self.is_visible(item))

    def value(self, node: Node, key: str, *, keep: bool = False) -> Item | None:
        """What a map holds under a key; with `keep`, also the undone maker's, where a cell cannot be without."""
        item = node.keys.get(key)
        while item is not None:
            if not item.hollow and not self._covers(item.author, item) and not self._is_late(item):
                return None if item.kind is Kind.GONE or self._is_deleted(item) else item
            if keep and item.left is None and key in SKELETON and not item.hollow:
                return item
            item = item.left
        return None

    def units(self, node: Node) -> Units:
        """What shows of an array or text, unit by unit."""
        return self.units_of(node, list(self.visible(node)))

    def units_of(self, node: Node, items: list[Item]) -> Units:
        """Items of an array or text, unit by unit."""
        ids = [Id(item.client, item.clock + offset) for item in items for offset in range(item.length)]
        if node.kind is Kind.SHARED_TEXT:
            return Units(ids, "".join(item.content if isinstance(item.content, str) else "\0" for item in items))
        values = [value for item in items for value in self._plain(item)]
        return Units(ids, [json.dumps(value, sort_keys=True, default=repr) for value in values])

    def _covers(self, author: int | None, what: Item | Node) -> bool:
        return author is not PERSON and self.undone.covers(author, cell_of(what, self._cells))

    def _is_late(self, item: Item) -> bool:
        return item.late and not self._covers(item.late_by, item)

    def _is_deleted(self, item: Item) -> bool:
        return any(
            not self._covers(author, item) and (guard is PERSON or self._covers(guard, item))
            for author, guard in item.deleters
        )

    # --- plain values -----------------------------------------------------------------------------

    def _map(self, node: Node, *, keep: bool = False) -> dict[str, Any]:
        first = node.first
        values = ((key, self.value(first, key, keep=keep)) for key in first.keys)
        return {key: self._plain(item)[-1] for key, item in values if item is not None}

    def _plain(self, item: Item) -> list[Any]:
        if item.node is None:
            return item.content if isinstance(item.content, list) else [None] * item.length
        node = item.node.first
        if node.kind is Kind.MAP:
            return [self._map(node)]
        if node.kind is Kind.SHARED_TEXT:
            return [joined("".join(each.content for each in self.visible(node) if isinstance(each.content, str)))]
        return [[value for each in self.visible(node) for value in self._plain(each)]]


def cell_of(what: Item | Node, cells: Node) -> str:
    """The id of the cell in which it is; of the notebook's own metadata, nothing."""
    if isinstance(what, Item) and what.parent is cells:
        return cell_id(what.node) or ""
    node = what.parent if isinstance(what, Item) else what
    while node is not None and node.first.item is not None:
        node = node.first
        if node.item is None or node.item.parent is cells:
            return cell_id(node) or ""
        node = node.item.parent
    return ""


def cell_id(node: Node | None) -> str | None:
    """The id that a shared cell was made with."""
    item = node.first.keys.get("id") if node is not None else None
    value = item.content[0] if item is not None and isinstance(item.content, list) else None
    return value if isinstance(value, str) else None
