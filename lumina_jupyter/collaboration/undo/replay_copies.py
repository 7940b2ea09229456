"""Copies taken for what they are copies of: cells that were moved, and what an undo put back."""

from __future__ import annotations

from typing import NamedTuple

from ..merging.sequence_match import Block, matching_blocks
from .replay_view import Units, View
from .yjs_tree import PERSON, Item, Node, Tree
from .yjs_update import Id, Kind, Span


class Run(NamedTuple):
    """Units, and as many others that they are copies of."""

    copy: Span
    original: Id


class Copies:
    """Finds the originals of copies, in what a view shows."""

    def __init__(self, tree: Tree, view: View) -> None:
        self._tree = tree
        self._view = view

    def leave(self, node: Node, author: int | None) -> None:
        """That author's copy takes the node's place: what is written here from now on comes too late."""
        for each in [node, *node.copies]:
            if not self._view.is_left(each):
                each.abandoned, each.left_by = True, author
        for item in [*node.keys.values(), *node.items()]:
            if item.node is not None:
                self.leave(item.node.first, author)

    def link(self, copy: Node, first: Node, author: int | None, shown: View | None = None) -> None:
        """Take `copy` for `first`; where they differ, that author changed it.

        Args:
            copy: The copy.
            first: What it is a copy of.
            author: Who made it.
            shown: The view in which the copy shows, where that is another one.
        """
        if first.kind is Kind.MAP:
            self._link_map(copy, first, author, shown or self._view)
        else:
            self._link_units(copy, first, author, shown or self._view)
        copy.same = first
        first.copies.append(copy)

    def reconcile(self, node: Node, shown: View, write: int) -> None:
        """Take what an undo put into a node for what shows there without the undone writes.

        Args:
            node: An array, map or text that the undo changed in place.
            shown: What the document itself shows after it.
            write: The undo's number.
        """
        if node.kind is Kind.MAP:
            self._reconcile_map(node, shown, write)
            return
        order = self.order(node, write)
        there, came = self._view.units(node), shown.units(node)
        at_there = at_came = 0
        for block in [*_blocks(there, came), Block(len(there.ids), len(came.ids), 0)]:
            for span in _spans(came.ids[at_came : block.b_start]):
                for item in self._tree.within(span):
                    item.author = PERSON if item.author == write else item.author
            self._delete(there.ids[at_there : block.a_start], PERSON)
            for run in _runs(there, came, block):
                for item in list(self._tree.within(run.copy)):
                    if item.author == write:
                        self.restore(
                            item, Id(run.original.client, run.original.clock + item.clock - run.copy.clock), shown
                        )
            at_there, at_came = block.a_start + block.size, block.b_start + block.size
        self.keep_order(node, order)

    def order(self, node: Node, write: int) -> list[tuple[Span, bool]]:
        """What an array or text holds, in order, without what that write put there; and whether each shows."""
        items = [item for item in node.items() if not item.hollow and item.author != write]
        return [(item.span, self._view.is_visible(item)) for item in items]

    def keep_order(self, node: Node, order: list[tuple[Span, bool]]) -> None:
        """Put what does not show between the same neighbours as before, where an undo put these at other places."""
        left: Item | None = None
        for span, shows in order:
            for item in self._tree.standing_for(span):
                if shows:
                    left = item
                    continue
                following = left.right if left is not None else node.start
                while following is not None and following.hollow:
                    following = following.right
                left = item if following is item else self._tree.move_behind(item, left, node)

    def restore(self, item: Item, original: Id, shown: View | None = None) -> None:
        """Take what an undo put back, and shows in a view, for the original."""
        known = self._tree.starting_at(original)
        if item.node is not None and known.node is not None:
            self.link(item.node, known.node.first, PERSON, shown)
        self._tree.take_over(item, original)

    def _reconcile_map(self, node: Node, shown: View, write: int) -> None:
        for key in list(node.keys):
            made, known = shown.value(node, key, keep=True), self._view.value(node, key)
            if made is None and known is not None:
                known.delete((PERSON, PERSON))
            elif made is not None and made.author == write:
                if known is None or not _is_same(known, made):
                    made.author = PERSON
                else:
                    # It marks from when on what people set here is newer than what the undone writes set.
                    self._become(made, known.id, PERSON, shown)
                    made.hollow = True

    def _link_map(self, copy: Node, first: Node, author: int | None, shown: View) -> None:
        for key, item in list(copy.keys.items()):
            if not shown.is_visible(item):
                continue
            known = self._view.value(first, key, keep=True)
            if known is not None and _is_same(known, item):
                self._become(item, known.id, author, shown)
                continue
            tail = first.keys.get(key)
            item.origin = tail.last_id if tail is not None else None
            # A copy of what was there before: whoever made the copy did not choose that value.
            before = tail
            while before is not None and not (before.node is None and _is_same(before, item)):
                before = before.left
            if before is not None:
                item.author = before.author
            self._tree.put_after(item, tail, first)
        for key in first.keys:
            known = self._view.value(first, key)
            if known is not None and key not in copy.keys:
                known.delete((author, PERSON))

    def _link_units(self, copy: Node, first: Node, author: int | None, shown: View) -> None:
        there, came = self._view.units(first), shown.units(copy)
        at_there = at_came = 0
        for block in [*_blocks(there, came), Block(len(there.ids), len(came.ids), 0)]:
            new = Units(came.ids[at_came : block.b_start], came.tokens[at_came : block.b_start])
            if new.ids:
                before = there.ids[at_there - 1] if at_there else None
                until = there.ids[block.a_start] if block.a_start < len(there.ids) else None
                self._graft(first, new, before, until, shown)
            self._delete(there.ids[at_there : block.a_start], author)
            for run in _runs(there, came, block):
                for item in list(self._tree.within(run.copy)):
                    self._become(
                        item, Id(run.original.client, run.original.clock + item.clock - run.copy.clock), author, shown
                    )
            at_there, at_came = block.a_start + block.size, block.b_start + block.size

    def _become(self, item: Item, original: Id, author: int | None, shown: View) -> None:
        if item.node is not None:
            known = self._tree.starting_at(original)
            if known.node is not None:
                self.link(item.node, known.node.first, author, shown)
        item.alias = original

    def _delete(self, ids: list[Id], author: int | None) -> None:
        for span in _spans(ids):
            for item in list(self._tree.within(span)):
                item.delete((author, PERSON))

    def _graft(self, node: Node, new: Units, before: Id | None, until: Id | None, shown: View) -> None:
        """Put what only a copy has into the original; what was deleted there meanwhile and the copy has is back."""
        left = self._tree.ending_at(before) if before is not None else None
        hidden = self._hidden(node, left, until)
        blocks = matching_blocks(hidden.tokens, new.tokens)
        at = 0
        for block in [*blocks, Block(len(hidden.ids), len(new.ids), 0)]:
            for span in _spans(new.ids[at : block.b_start]):
                for item in list(self._tree.within(span)):
                    item.origin = left.last_id if left is not None else None
                    self._tree.put_after(item, left, node)
                    left = item
            for run in _runs(hidden, new, block):
                for item in list(self._tree.within(run.copy)):
                    self._become(
                        item, Id(run.original.client, run.original.clock + item.clock - run.copy.clock), PERSON, shown
                    )
                for item in list(self._tree.within(Span(*run.original, run.copy.length))):
                    item.deleters, item.late = (), False
                    left = item
            at = block.b_start + block.size

    def _hidden(self, node: Node, left: Item | None, until: Id | None) -> Units:
        """What does not show between two units."""
        end = self._tree.starting_at(until) if until is not None else None
        items: list[Item] = []
        item = left.right if left is not None else node.start
        while item is not None and item is not end:
            if item.kind is not Kind.GONE and not item.hollow and not self._view.is_visible(item):
                items.append(item)
            item = item.right
        return self._view.units_of(node, items)


def _is_same(known: Item, item: Item) -> bool:
    if known.node is not None or item.node is not None:
        return known.kind is item.kind
    return known.content == item.content


def _blocks(there: Units, came: Units) -> list[Block]:
    if there.tokens == came.tokens:
        return [Block(0, 0, len(there.ids))]
    return matching_blocks(there.tokens, came.tokens)


def _spans(ids: list[Id]) -> list[Span]:
    """Units that follow each other, as spans."""
    spans: list[Span] = []
    for unit in ids:
        last = spans[-1] if spans else None
        if last is not None and last.client == unit.client and last.clock + last.length == unit.clock:
            spans[-1] = Span(last.client, last.clock, last.length + 1)
        else:
            spans.append(Span(unit.client, unit.clock, 1))
    return spans


def _runs(there: Units, came: Units, block: Block) -> list[Run]:
    """The pairs of a block that are not the same units, as runs."""
    runs: list[Run] = []
    for at in range(block.size):
        known, unit = there.ids[block.a_start + at], came.ids[block.b_start + at]
        if known == unit:
            continue
        last = runs[-1] if runs else None
        if (
            last is not None
            and unit == (last.copy.client, last.copy.clock + last.copy.length)
            and known == (last.original.client, last.original.clock + last.copy.length)
        ):
            runs[-1] = Run(last.copy._replace(length=last.copy.length + 1), last.original)
            continue
        runs.append(Run(Span(*unit, 1), known))
    return runs
