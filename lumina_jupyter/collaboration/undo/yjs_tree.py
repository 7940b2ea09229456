"""A Yjs document with all that ever was in it, deleted or not, each unit with who made it and who deleted it.

Pieces find their places as in Yjs (the YATA rules), so all that are visible in a live document stand here in the
same order. What a view leaves out is decided by whoever reads.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from .yjs_update import Id, Kind, Piece, Span

PERSON = None
"""The author of all that no undo ever takes back."""

_OURS = -1
"""The client of copies that are made here; no document has it."""


class Item:
    """Neighbouring units of one author, deleted by the same ones."""

    __slots__ = (
        "alias",
        "author",
        "client",
        "clock",
        "content",
        "deleters",
        "hollow",
        "home",
        "key",
        "kind",
        "late",
        "late_by",
        "left",
        "length",
        "node",
        "origin",
        "parent",
        "right",
        "right_origin",
    )

    def __init__(self, piece: Piece, author: int | None) -> None:
        self.client = piece.client
        self.clock = piece.clock
        self.length = piece.length
        self.kind = piece.kind
        self.content = piece.content
        self.origin = piece.left
        self.right_origin = piece.right
        self.key = piece.key
        self.author = author
        self.deleters: tuple[Deleter, ...] = ()
        self.parent: Node | None = None
        self.home: Node | None = None
        """Where it was put; the parent is another when that turned out to be a copy of the parent."""
        self.late = False
        """Whether it was put where a copy had taken the parent's place already; `late_by` made that copy."""
        self.late_by: int | None = PERSON
        self.left: Item | None = None
        self.right: Item | None = None
        self.node: Node | None = None
        """What a shared array, map or text holds."""
        self.alias: Id | None = None
        """The units that stand for these: what is said of these is meant for them."""
        self.hollow = False
        """Whether it has an alias and still marks its own place."""

    @property
    def id(self) -> Id:
        """Its first unit."""
        return Id(self.client, self.clock)

    @property
    def last_id(self) -> Id:
        """Its last unit."""
        return Id(self.client, self.clock + self.length - 1)

    @property
    def span(self) -> Span:
        """All of its units."""
        return Span(self.client, self.clock, self.length)

    def delete(self, deleter: Deleter) -> None:
        """It was deleted, by one more perhaps."""
        if deleter not in self.deleters:
            self.deleters = (*self.deleters, deleter)


Deleter = tuple["int | None", "int | None"]
"""Who deleted it; and whose undo alone lets that hold, if any: it was deleted where a copy had taken its place."""


class Node:
    """A shared array, map or text."""

    __slots__ = ("abandoned", "copies", "item", "keys", "kind", "left_by", "same", "start")

    def __init__(self, kind: Kind, item: Item | None) -> None:
        self.kind = kind
        self.item = item
        self.start: Item | None = None
        self.keys: dict[str, Item] = {}
        """Of each key of a map, what was set last."""
        self.same: Node | None = None
        """Of which earlier node this one is a copy; whatever it is given goes there."""
        self.copies: list[Node] = []
        self.abandoned = False
        """Whether a copy took its place."""
        self.left_by: int | None = PERSON
        """Who made that copy."""

    @property
    def first(self) -> Node:
        """The node that this one is a copy of, or itself."""
        node = self
        while node.same is not None:
            node = node.same
        return node

    def places(self) -> list[Item]:
        """Where it and its copies are."""
        return [each.item for each in [self, *self.copies] if each.item is not None and each.item.alias is None]

    def items(self) -> Iterator[Item]:
        """All of an array or text, in order."""
        item = self.start
        while item is not None:
            yield item
            item = item.right


class Tree:
    """The document."""

    def __init__(self) -> None:
        self.roots: dict[str, Node] = {}
        self._items: dict[int, list[Item]] = {}
        self._clocks: dict[int, list[int]] = {}
        self._waiting: list[tuple[Piece, int | None]] = []

    def root(self, name: str, kind: Kind = Kind.OTHER) -> Node:
        """A root by name."""
        node = self.roots.get(name)
        if node is None:
            node = self.roots[name] = Node(kind, None)
        return node

    @property
    def is_waiting(self) -> bool:
        """Whether there are pieces whose neighbours are not here yet."""
        return bool(self._waiting)

    def state(self) -> dict[int, int]:
        """Of each client, how many units are here."""
        return {client: self.known(client) for client in self._items if client != _OURS}

    def known(self, client: int) -> int:
        """How many of a client's units are here."""
        items = self._items.get(client)
        return items[-1].clock + items[-1].length if items else 0

    def agrees(self, piece: Piece) -> bool:
        """Whether the piece is what is here under the same clocks, as far as either still holds it."""
        known = min(self.known(piece.client) - piece.clock, piece.length)
        if known <= 0 or piece.kind is Kind.GONE:
            return True
        for item in self.within(Span(piece.client, piece.clock, known)):
            if item.kind is Kind.GONE:
                continue
            if item.kind is not piece.kind:
                return False
            at = item.clock - piece.clock
            if piece.content is not None and item.content != piece.content[at : at + item.length]:
                return False
        return True

    # --- what is added ----------------------------------------------------------------------------

    def add(self, pieces: list[Piece], author: int | None) -> list[Item]:
        """Put pieces in their places; those whose neighbours are not here yet wait. The new items."""
        fresh: list[Item] = []
        waiting = [*self._waiting, *((piece, author) for piece in pieces)]
        while waiting:
            left = []
            for piece, whose in waiting:
                if self._is_ready(piece):
                    item = self._integrate(piece, whose)
                    if item is not None:
                        fresh.append(item)
                else:
                    left.append((piece, whose))
            if len(left) == len(waiting):
                break
            waiting = left
        self._waiting = waiting
        return fresh

    def _is_ready(self, piece: Piece) -> bool:
        if piece.clock > self.known(piece.client):
            return False
        parent = piece.parent if isinstance(piece.parent, Id) else None
        return all(each is None or self.known(each.client) > each.clock for each in (piece.left, piece.right, parent))

    def _integrate(self, piece: Piece, author: int | None) -> Item | None:
        have = self.known(piece.client) - piece.clock
        if have >= piece.length:
            return None
        item = Item(piece, author)
        if have > 0:
            item.clock += have
            item.length -= have
            if item.content is not None:
                item.content = item.content[have:]
            item.origin = Id(piece.client, piece.clock + have - 1)
        literal_left = self.find(item.origin) if item.origin else None
        literal_right = self.find(item.right_origin) if item.right_origin else None
        left = self.ending_at(self._anchor(item.origin)) if item.origin else None
        right = self.starting_at(self._anchor(item.right_origin)) if item.right_origin else None
        self._keep(item)
        if item.kind in {Kind.ARRAY, Kind.MAP, Kind.SHARED_TEXT}:
            item.node = Node(item.kind, item)
        if not self._place(item, piece, literal_left, literal_right, left, right):
            item.kind, item.content, item.node = Kind.GONE, None, None
        return item

    def _place(
        self,
        item: Item,
        piece: Piece,
        literal_left: Item | None,
        literal_right: Item | None,
        left: Item | None,
        right: Item | None,
    ) -> bool:
        """Whether its parent is still known; it is put between its neighbours then."""
        if isinstance(piece.parent, str):
            item.parent = item.home = self.root(piece.parent)
        elif piece.parent is not None:
            item.home = self.find(piece.parent).node
            item.parent = item.home.first if item.home is not None else None
        else:
            known = literal_left if literal_left is not None and literal_left.parent is not None else literal_right
            near = left if left is not None and left.parent is not None else right
            if known is None or near is None:
                return False
            item.home, item.parent, item.key = known.home, near.parent, near.key
        if item.parent is None:
            return False
        if left is not None and left.parent is not item.parent:
            left = None
        if right is not None and right.parent is not item.parent:
            right = None
        if left is None and item.key is not None and item.home is not item.parent:
            left = self._before_copy(item, item.parent)
            item.origin = left.last_id if left is not None else None
        self._settle(item, left, right, item.parent)
        return True

    def _before_copy(self, item: Item, parent: Node) -> Item | None:
        """What a key held before the copy was made in which it has now been set for the first time."""
        before = parent.keys.get(item.key or "")
        while before is not None and before.home is item.home:
            before = before.left
        return before

    def _settle(self, item: Item, left: Item | None, right: Item | None, parent: Node) -> None:
        """YATA: among what was put between the same neighbours at the same time, the client's number decides."""
        first = left.right if left is not None else self._first(parent, item.key)
        if first is not right:
            origin, right_origin = self._anchors(item)
            other, conflicting, before = first, set[int](), set[int]()
            while other is not None and other is not right:
                before.add(id(other))
                conflicting.add(id(other))
                others, others_right = self._anchors(other)
                if others == origin:
                    if other.client < item.client:
                        left, conflicting = other, set()
                    elif others_right == right_origin:
                        break
                elif others is not None and id(self.find(others)) in before:
                    if id(self.find(others)) not in conflicting:
                        left, conflicting = other, set()
                else:
                    break
                other = other.right
        self.put_after(item, left, parent)

    def _anchor(self, unit: Id) -> Id:
        """The unit whose place is meant."""
        while (item := self.find(unit)).alias is not None and not item.hollow:
            unit = Id(item.alias.client, item.alias.clock + unit.clock - item.clock)
        return unit

    def _anchors(self, item: Item) -> tuple[Id | None, Id | None]:
        return (
            self._anchor(item.origin) if item.origin is not None else None,
            self._anchor(item.right_origin) if item.right_origin is not None else None,
        )

    def _first(self, parent: Node, key: str | None) -> Item | None:
        if key is None:
            return parent.start
        item = parent.keys.get(key)
        while item is not None and item.left is not None:
            item = item.left
        return item

    def put_after(self, item: Item, left: Item | None, parent: Node) -> None:
        """Link an item in behind another, or as the first."""
        right = left.right if left is not None else self._first(parent, item.key)
        item.parent, item.left, item.right = parent, left, right
        if left is not None:
            left.right = item
        elif item.key is None:
            parent.start = item
        if right is not None:
            right.left = item
        elif item.key is not None:
            parent.keys[item.key] = item

    def take_over(self, item: Item, original: Id) -> None:
        """Let a copy, which stands in the same list, stand for the units that it is a copy of."""
        for known in list(self.within(Span(*original, item.length))):
            copy = next(self.within(Span(item.client, item.clock + known.clock - original.clock, known.length)))
            copy.author, copy.deleters, copy.late, copy.late_by = (
                known.author,
                known.deleters,
                known.late,
                known.late_by,
            )
            known.alias, known.hollow = copy.id, True

    def move_behind(self, item: Item, left: Item | None, node: Node) -> Item:
        """Let a copy at another place of the same list stand for an item; the copy."""
        piece = Piece(_OURS, self.known(_OURS), item.length, item.kind, item.content)
        copy = Item(piece, item.author)
        copy.home = item.home
        if item.node is not None:
            first = item.node.first
            copy.node = Node(item.kind, copy)
            copy.node.same = first
            first.copies.append(copy.node)
        self._keep(copy)
        self.put_after(copy, left, node)
        self.take_over(copy, item.id)
        return copy

    # --- what is there ----------------------------------------------------------------------------

    def find(self, unit: Id) -> Item:
        """The item that holds a unit, as it was put there."""
        return self._items[unit.client][bisect_right(self._clocks[unit.client], unit.clock) - 1]

    def standing_for(self, span: Span) -> list[Item]:
        """The items that stand for a span's units: these themselves, or what they have become."""
        found: list[Item] = []
        for item in list(self.within(span)):
            if item.alias is None:
                found.append(item)
            else:
                found += self.standing_for(Span(*item.alias, item.length))
        return found

    def ending_at(self, unit: Id) -> Item:
        """The item whose last unit it is; split off where it is not."""
        item = self.find(unit)
        if unit != item.last_id:
            self._split(item, unit.clock + 1 - item.clock)
        return item

    def starting_at(self, unit: Id) -> Item:
        """The item whose first unit it is; split off where it is not."""
        item = self.find(unit)
        return item if unit.clock == item.clock else self._split(item, unit.clock - item.clock)

    def within(self, span: Span) -> Iterator[Item]:
        """The items that make up a span; all of it must be here."""
        clock, end = span.clock, span.clock + span.length
        while clock < end:
            item = self.starting_at(Id(span.client, clock))
            if item.clock + item.length > end:
                self._split(item, end - item.clock)
            yield item
            clock += item.length

    def made_by(self, items: list[Item], author: int) -> Iterator[Item]:
        """The items, and what was split off from them, of that author."""
        for client in {item.client for item in items}:
            first = min(item.clock for item in items if item.client == client)
            begin = bisect_right(self._clocks[client], first) - 1
            yield from (item for item in self._items[client][begin:] if item.author == author)

    def _keep(self, item: Item) -> None:
        self._items.setdefault(item.client, []).append(item)
        self._clocks.setdefault(item.client, []).append(item.clock)

    def _split(self, item: Item, at: int) -> Item:
        content: Any = item.content[at:] if item.content is not None else None
        piece = Piece(item.client, item.clock + at, item.length - at, item.kind, content)
        second = Item(piece, item.author)
        second.origin = Id(item.client, item.clock + at - 1)
        second.right_origin = item.right_origin
        second.key, second.home, second.deleters = item.key, item.home, item.deleters
        second.late, second.late_by = item.late, item.late_by
        second.alias = Id(item.alias.client, item.alias.clock + at) if item.alias is not None else None
        item.length = at
        if item.content is not None:
            item.content = item.content[:at]
        second.hollow = item.hollow
        if item.parent is not None and (item.alias is None or item.hollow):
            self.put_after(second, item, item.parent)
        else:
            second.parent = item.parent
        place = bisect_right(self._clocks[item.client], item.clock)
        self._items[item.client].insert(place, second)
        self._clocks[item.client].insert(place, second.clock)
        return second
