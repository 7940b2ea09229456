"""A live document made equal to a notebook's content with the fewest edits, so that everybody else's work stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ..merging.cell_match import Look, first_ids, match_cells, match_equal
from ..merging.sequence_match import longest_increasing
from .shared_outputs import converge_outputs
from .storable import same, shaped_cell, storable_value, stored_value
from .text_edit import apply_to

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Map

_FORMAT = {"nbformat": 4, "nbformat_minor": 5}
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Changes:
    """What was done to a document, by the ids of its cells; false when nothing was."""

    inserted: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    """Deleted and inserted as a copy: Yjs knows no move."""
    edited: tuple[str, ...] = ()
    metadata: bool = False
    """Whether the notebook's own metadata or format changed."""

    def __bool__(self) -> bool:
        return bool(self.inserted or self.deleted or self.moved or self.edited or self.metadata)


def converge(document: YNotebook, target: Mapping[str, Any], origin: str | None = None) -> Changes:
    """Make the document equal `target`, a notebook of format 4 as nbformat reads it; nothing happens when it is.

    Cells are found by id. One without an id, or with an id that another has, is found by its content and keeps the id
    that it has in the document or gets a new one. Texts change by minimal splices; cells and outputs that are equal
    stay untouched. A cell is deleted and inserted again only where it moves or changes its type.

    All happens in one transaction: the caller's own if one is open, else a new one with `origin`.
    """
    with document.ydoc.transaction(origin=origin):
        metadata = _converge_format(document, target)
        return _Cells(document, target.get("cells") or ()).converge(metadata)


class _Cells:
    """The cells of a document on their way to a target. The document's are counted as they were at the beginning."""

    def __init__(self, document: YNotebook, target: Sequence[Any]) -> None:
        self._document = document
        self._current = [_as_read(cell) for cell in stored_value(document.ycells)]
        self._target = [shaped_cell(cell) for cell in target]
        self._partners = _partners(self._current, self._target)
        self._name()

    def converge(self, metadata: bool) -> Changes:
        order = sorted(self._partners)
        in_order = longest_increasing([self._partners[at] for at in order])
        kept = {order[position] for position in in_order}
        edited = {at for at, was in self._partners.items() if self._differs(at, was)}
        in_place = {at for at in kept if at not in edited or self._editable(at)}
        self._delete(set(range(len(self._current))) - {self._partners[at] for at in in_place})
        for at, cell in enumerate(self._target):
            if at not in in_place:
                self._document.ycells.insert(at, self._document.create_ycell(storable_value(cell)))
            elif at in edited:
                _edit(self._document.ycells[at], self._current[self._partners[at]], cell)
        paired = set(self._partners.values())
        return Changes(
            inserted=tuple(cell["id"] for at, cell in enumerate(self._target) if at not in self._partners),
            deleted=tuple(str(cell.get("id", "")) for at, cell in enumerate(self._current) if at not in paired),
            moved=tuple(self._target[at]["id"] for at in order if at not in kept),
            edited=tuple(self._target[at]["id"] for at in sorted(edited)),
            metadata=metadata,
        )

    def _name(self) -> None:
        """Give each target cell an id that no other has, the one that it has in the document where it brings none."""
        used = first_ids(self._target)
        for at, cell in enumerate(self._target):
            if used.get(str(cell.get("id"))) == at:
                continue
            known = self._current[self._partners[at]].get("id") if at in self._partners else None
            cell["id"] = known if isinstance(known, str) and known and known not in used else str(uuid4())
            used[cell["id"]] = at

    def _differs(self, at: int, was: int) -> bool:
        if same(self._current[was], self._target[at]):
            return False
        self._target[at] = storable_value(self._target[at])
        return not same(self._current[was], self._target[at])

    def _editable(self, at: int) -> bool:
        """Whether the cell can become the target where it stands: views are bound to a cell's type and shared parts."""
        from pycrdt import Array, Map, Text

        ycell = self._document.ycells[self._partners[at]]
        return (
            isinstance(ycell, Map)
            and ycell.get("cell_type") == self._target[at]["cell_type"]
            and isinstance(ycell.get("source"), Text)
            and isinstance(ycell.get("metadata"), Map)
            and (self._target[at]["cell_type"] != "code" or isinstance(ycell.get("outputs"), Array))
        )

    def _delete(self, gone: set[int]) -> None:
        stop = None
        for at in sorted(gone, reverse=True):
            stop = stop or at + 1
            if at - 1 not in gone:
                del self._document.ycells[at:stop]
                stop = None


def _as_read(cell: Any) -> dict[str, Any]:
    """A cell of the document as the document gives it out, where it is one."""
    if not isinstance(cell, dict):
        return {}
    cell.pop("execution_state", None)
    if cell.get("cell_type") != "code" and not cell.get("attachments", True):
        del cell["attachments"]
    return cell


def _partners(current: Sequence[Mapping[str, Any]], target: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """For the positions in the target, the positions in the document of the same cells, each at most once."""
    named = first_ids(target)
    bearers: dict[str, list[int]] = {}
    for was, cell in enumerate(current):
        bearers.setdefault(cell.get("id", ""), []).append(was)
    found: dict[int, int] = {}
    for cell_id, at in named.items():
        alike = bearers.get(cell_id, [])
        if alike:
            found[at] = alike[0]
        if len(alike) > 1:
            found[at] = next((was for was in alike if same(current[was], target[at])), alike[0])
    if len(found) == len(target):
        return found
    taken = set(found.values())
    free = [was for was in range(len(current)) if was not in taken]
    by_position = set(named.values())
    nameless = [at for at in range(len(target)) if at not in by_position]
    looks = [Look.of(current[was]) for was in free]
    likely = match_cells(looks, [Look.of(target[at]) for at in nameless])
    found |= {nameless[at]: free[was] for at, was in likely.items()}
    # Another program may have given the cells new ids.
    renamed = [at for at in by_position if at not in found]
    free = [was for was in free if was not in set(found.values())]
    equal = match_equal([Look.of(current[was]) for was in free], [Look.of(target[at]) for at in renamed], {})
    return found | {renamed[at]: free[was] for at, was in equal.items()}


def _edit(ycell: Map[Any], current: Mapping[str, Any], target: Mapping[str, Any]) -> None:
    from pycrdt import Array

    for key in sorted(current.keys() | target.keys()):
        if same(current.get(key, _ABSENT), target.get(key, _ABSENT)):
            continue
        if key == "source":
            apply_to(ycell[key], target[key])
        elif key == "metadata":
            _converge_map(ycell[key], current[key], target[key])
        elif key == "outputs" and isinstance(ycell.get(key), Array):
            converge_outputs(ycell[key], current[key], target.get(key, []))
        elif key in target:
            ycell[key] = target[key]
        else:
            del ycell[key]


def _converge_map(shared: Map[Any], current: Mapping[str, Any], target: Mapping[str, Any]) -> None:
    for key in sorted(current.keys() - target.keys()):
        del shared[key]
    for key, value in target.items():
        if not same(current.get(key, _ABSENT), value):
            shared[key] = value


def _converge_format(document: YNotebook, target: Mapping[str, Any]) -> bool:
    from pycrdt import Map

    shared = document.ydoc.get("meta", type=Map)
    current = stored_value(shared)
    wanted = {key: target.get(key, current.get(key, default)) for key, default in _FORMAT.items()}
    metadata = target.get("metadata") or {}
    if same({**current, **wanted, "metadata": metadata}, current):
        return False
    metadata = storable_value(metadata)
    changed = False
    for key, value in wanted.items():
        if not same(current.get(key, _ABSENT), value):
            shared[key] = value
            changed = True
    if not isinstance(shared.get("metadata"), Map):
        shared["metadata"] = Map(metadata)
        return True
    if not same(current["metadata"], metadata):
        _converge_map(shared["metadata"], current["metadata"], metadata)
        return True
    return changed
