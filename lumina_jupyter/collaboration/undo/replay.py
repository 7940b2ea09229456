"""The history of a notebook's document as it would be without some of its writes.

Everything that ever was in the document stands in a `Tree`, with who made and who deleted it. A view leaves out what
the undone writes made and brings back what they deleted: what remains is what all others alone produce.

Yjs knows no move: a cell is deleted and a copy of the same id inserted. Here such a copy is taken for the cell itself
at another place, so that an undo finds the agent's characters again after a person moved the cell, and a person's in a
cell that the agent moved. In the same way, what an undo brings back as copies is taken for the original.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .replay_copies import Copies
from .replay_view import View, cell_id
from .undone import Change, Undone
from .yjs_tree import PERSON, Deleter, Item, Node, Tree
from .yjs_update import Kind, Piece, Span, read_update


class Replay:
    """All that was written into one document, from a state of it on."""

    def __init__(self, base: bytes) -> None:
        """Take in a document's state.

        Raises:
            StorageFailed: when it cannot be read.
        """
        self._tree = Tree()
        self._cells = self._tree.root("cells", Kind.ARRAY)
        self._view = View(self._tree, Undone())
        self._known: dict[str, list[Node]] = {}
        """The cells by id; several where ids were doubled."""
        self._waiting: list[tuple[Span, int | None]] = []
        """Deletes of what is not here yet."""
        self._take(base, PERSON, is_echo=True, is_base=True)

    @property
    def undone(self) -> Undone:
        """What is undone now."""
        return self._view.undone

    @property
    def is_complete(self) -> bool:
        """Whether nothing waits for something that has not arrived yet."""
        return not self._waiting and not self._tree.is_waiting

    @property
    def state(self) -> dict[int, int]:
        """Of each client, how many units are here."""
        return self._tree.state()

    def content(self, undone: Undone | None = None) -> dict[str, Any]:
        """The notebook in nbformat's own shape, without what is undone now or would be."""
        return (self._view if undone is None else View(self._tree, undone)).content()

    def texts(self, undone: Undone) -> dict[str, list[tuple[str, bool, bool]]]:
        """How the cells' texts would change: their pieces, each with whether it shows now and would then."""
        now, then = self._view, View(self._tree, undone)
        remaining = {id(place.node.first) for place in then.cells() if place.node is not None}
        found: dict[str, list[tuple[str, bool, bool]]] = {}
        for place in now.cells():
            if place.node is None or id(place.node.first) not in remaining:
                continue
            source, cell = now.source(place.node.first), cell_id(place.node)
            if cell is None or source is None or source is not then.source(place.node.first):
                continue
            texts = [(item, item.content) for item in source.items() if isinstance(item.content, str)]
            pieces = [(text, now.is_visible(item), then.is_visible(item)) for item, text in texts]
            if any(before != after for _, before, after in pieces):
                found[cell] = pieces
        return found

    def continues_in(self, state: bytes) -> bool:
        """Whether a document, given by all of its state, has this history and perhaps more.

        One that was made anew of the same file can name the same units and mean others by them.

        Raises:
            StorageFailed: when the state cannot be read.
        """
        pieces = read_update(state).pieces
        there: dict[int, int] = {}
        for piece in pieces:
            there[piece.client] = max(there.get(piece.client, 0), piece.clock + piece.length)
        if any(there.get(client, 0) < units for client, units in self.state.items()):
            return False
        return all(self._tree.agrees(piece) for piece in pieces)

    # --- what is written --------------------------------------------------------------------------

    def add(self, update: bytes, author: int | None = PERSON, *, is_echo: bool = False) -> None:
        """Take in an update of a person's, or of the write of that number.

        `is_echo`: the update repeats deletes that its sender only heard of, as all do that bring a whole state.

        Raises:
            StorageFailed: when it cannot be read.
        """
        self._take(update, author, is_echo=is_echo)

    def add_undo(self, update: bytes, write: int, change: Change) -> None:
        """Take in the update by which an undo or redo, the write of that number, made the document what it is now.

        Raises:
            StorageFailed: when it cannot be read.
        """
        read = read_update(update)
        fresh = self._tree.add(read.pieces, write)
        deleted = self._deleted_by_itself([*self._here(read.deleted, write)])
        originals = [original for item in deleted for original in self._tree.standing_for(item.span)]
        spans = [item.span for item in originals]
        for item in originals:
            item.delete((write, PERSON))
        # This write only shows what the change means, so it counts for nothing itself.
        after = self.undone.after(change)
        aside = View(self._tree, after.after(Change((write,), undone=True)))
        copies = Copies(self._tree, aside)
        order = copies.order(self._cells, write)
        touched = {id(item.parent): item.parent for item in [*fresh, *originals] if item.parent is not None}
        for node in touched.values():
            if node is not self._cells and (node.item is None or node.item.author != write):
                copies.reconcile(node, self._view, write)
        kept = {id(place.node.first): place for place in self._view.cells() if place.node is not None}
        for span in spans:
            for item in [*self._tree.within(span), *self._tree.standing_for(span)]:
                item.deleters = tuple(each for each in item.deleters if each[0] != write)
        self._view = View(self._tree, after)
        back = self._recognise([item for item in fresh if item.parent is self._cells and item.node is not None])
        for place in list(self._view.cells()):
            first = id(place.node.first) if place.node is not None else None
            there = kept.get(first) if first is not None and first not in back else None
            if there is not None and there is not place and not there.hollow:
                # A moved cell that could stay where it is for being between the same neighbours anyway.
                self._tree.move_behind(place, there, self._cells)
        copies.keep_order(self._cells, order)
        gone = [item for item in originals if item.parent is self._cells and item.node is not None]
        for item in gone:
            if item.node is not None and id(item.node.first) not in back and self._view.shows(item):
                self._delete_cell(item, PERSON)
        for item in self._tree.made_by(fresh, write):
            item.author = PERSON

    def _take(self, update: bytes, author: int | None, *, is_echo: bool, is_base: bool = False) -> None:
        read = read_update(update)
        dropped = [piece for piece in read.pieces if piece.kind is Kind.GONE and self._knows(piece)]
        fresh = self._tree.add(read.pieces, author)
        for item in fresh:
            if item.home is not None and self._view.is_left(item.home):
                item.late, item.late_by = True, item.home.left_by
        # What a document throws away because it came for something deleted, nobody deleted.
        deleted = [span for span in read.deleted if not any(_is_in(span, piece) for piece in dropped)]
        self._delete(deleted, author, {id(item) for item in fresh}, is_echo=is_echo)
        for item in fresh:
            if item.parent is self._cells and item.node is not None:
                self._put(item.node, author, may_be_copy=not is_base)

    def _knows(self, piece: Piece) -> bool:
        return self._tree.known(piece.client) >= piece.clock + piece.length

    def _put(self, node: Node, author: int | None, *, may_be_copy: bool) -> None:
        """A cell came: a new one, or one that is gone elsewhere."""
        cell = cell_id(node)
        if cell is None:
            return
        known = self._known.setdefault(cell, [])
        for first in reversed(known) if may_be_copy else ():
            if not any(self._view.shows(place) for place in first.places()):
                copies = Copies(self._tree, self._view)
                copies.leave(first, author)
                copies.link(node, first, author)
                return
        known.append(node)

    def _recognise(self, items: list[Item]) -> set[int]:
        """Cells that an undo put back: the same as before, at the place where they show again."""
        copies = Copies(self._tree, self._view)
        back: set[int] = set()
        for item in items:
            known = self._known.get(cell_id(item.node) or "", [])
            places = [place for first in known for place in first.places() if self._view.shows(place)]
            if item.node is None:
                continue
            if not places or places[0].node is None:
                item.author = PERSON
                self._put(item.node, PERSON, may_be_copy=True)
                continue
            first = places[0].node.first
            copies.restore(item, places[0].id)
            back.add(id(first))
        return back

    # --- what is deleted --------------------------------------------------------------------------

    def _here(self, spans: list[Span], author: int | None) -> Iterator[Span]:
        """The part of the spans that is here; the rest waits."""
        for span in spans:
            known = max(min(self._tree.known(span.client) - span.clock, span.length), 0)
            if known:
                yield Span(span.client, span.clock, known)
            if known < span.length:
                self._waiting.append((Span(span.client, span.clock + known, span.length - known), author))

    def _deleted_by_itself(self, spans: list[Span]) -> list[Item]:
        """What is deleted for its own sake, not because it was in something deleted."""
        items = [item for span in spans for item in self._tree.within(span)]
        owners = {id(item) for item in items}
        return [
            item for item in items if item.home is None or item.home.item is None or id(item.home.item) not in owners
        ]

    def _delete(self, spans: list[Span], author: int | None, fresh: set[int], *, is_echo: bool) -> None:
        waiting, self._waiting = self._waiting, []
        for span, whose in waiting:
            for item in self._deleted_by_itself(list(self._here([span], whose))):
                self._delete_literal(item, whose, fresh, is_echo=False)
        for item in self._deleted_by_itself(list(self._here(spans, author))):
            self._delete_literal(item, author, fresh, is_echo=is_echo)

    def _delete_literal(self, literal: Item, author: int | None, fresh: set[int], *, is_echo: bool) -> None:
        guard = PERSON
        if literal.home is not None and self._view.is_left(literal.home):
            guard = literal.home.left_by
            if guard is PERSON:
                return
        originals = self._tree.standing_for(literal.span)
        for item in originals:
            if is_echo and item.deleters:
                continue
            if item.parent is self._cells and literal.node is not None and not self._view.is_left(literal.node):
                self._delete_cell(item, author)
            else:
                item.delete((author, guard))
        if literal.key is not None:
            _delete_before(literal if literal.hollow else originals[-1], (author, guard), fresh)

    def _delete_cell(self, item: Item, author: int | None) -> None:
        """Wherever the cell was, it is gone; elsewhere it can come back."""
        for place in item.node.first.places() if item.node is not None else [item]:
            place.delete((author, PERSON))


def _is_in(span: Span, piece: Piece) -> bool:
    return (
        span.client == piece.client
        and span.clock >= piece.clock
        and span.clock + span.length <= piece.clock + piece.length
    )


def _delete_before(item: Item, deleter: Deleter, fresh: set[int]) -> None:
    """With a key's value, those before it go: else one of them would come back with the undo of what followed it."""
    right = item.right
    while right is not None:
        if id(right) in fresh:
            return  # another value took its place
        right = right.right
    left = item.left
    while left is not None:
        left.delete(deleter)
        left = left.left
