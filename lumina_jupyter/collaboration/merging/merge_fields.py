"""What two sides made of one cell, or of one mapping, put together field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..document.storable import same
from .text_merge import join_texts, merge_texts

ABSENT: Any = object()
"""What stands for a key that a mapping has not."""
UNSETTLED: Any = object()
"""What stands for the outcome where both sides changed something in different ways."""
_RUN = ("outputs", "execution_count")
_EDITED = ("cell_type", "source", "attachments")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that both sides changed in different ways, and what it was: values, or passages of a source.

    `cell` is the cell's id in ours, empty for the notebook itself and for cells without one. `what` is a cell's field,
    "deleted" (a side's None says which one deleted it), or a path of keys as "metadata.tags".
    """

    cell: str
    what: str
    base: Any
    ours: Any
    theirs: Any


class Sides(NamedTuple):
    """One thing in the base, in ours and in theirs."""

    base: Any
    ours: Any
    theirs: Any

    def at(self, key: str) -> Sides:
        """What each of these mappings has at a key."""
        return Sides(*(side.get(key, ABSENT) if isinstance(side, Mapping) else ABSENT for side in self))

    def names(self) -> Iterator[str]:
        """The keys of ours and theirs, each once, in their order."""
        return iter(dict.fromkeys([*self.ours, *self.theirs]))

    @property
    def settled(self) -> Any:
        """What all agree on, or what the only side that changed it made of it; else UNSETTLED."""
        if same(self.ours, self.theirs) or same(self.theirs, self.base):
            return self.ours
        return self.theirs if same(self.ours, self.base) else UNSETTLED


@dataclass(frozen=True, slots=True)
class Fields:
    """Puts the fields of one cell together, or of the notebook itself, and notes what both sides changed."""

    conflicts: list[Conflict]
    cell: str = ""

    def value(self, sides: Sides, what: str) -> Any:
        """The value that a key gets; ABSENT when it goes. Mappings are merged by their keys."""
        settled = sides.settled
        if settled is not UNSETTLED:
            return settled
        if isinstance(sides.ours, Mapping) and isinstance(sides.theirs, Mapping):
            return self.mapping(sides, what)
        self._note(what, sides)
        return sides.theirs if sides.ours is ABSENT else sides.ours

    def mapping(self, sides: Sides, what: str) -> dict[str, Any]:
        """Ours and theirs by key: of two values ours, and of a change and a deletion the change."""
        values = {key: self.value(sides.at(key), f"{what}.{key}" if what else key) for key in sides.names()}
        return {key: value for key, value in values.items() if value is not ABSENT}

    def source(self, sides: Sides) -> str:
        """The text with both sides' changes."""
        text, passages = join_texts(*sides[1:]) if sides.base is ABSENT else merge_texts(*sides)
        for passage in passages:
            self._note("source", Sides(passage.base, passage.ours, passage.theirs))
        return text

    def run(self, sides: Sides) -> dict[str, Any]:
        """Outputs with the count that belongs to them: of the side that ran the cell, or of the one that ran it later."""
        runs = Sides(*({key: side[key] for key in _RUN if key in side} for side in sides))
        settled = runs.settled
        if settled is not UNSETTLED:
            return dict(settled)
        outputs = runs.at("outputs")
        if outputs.ours and outputs.theirs and outputs.settled is UNSETTLED:
            self._note("outputs", outputs)
        return dict(runs.theirs if _lateness(sides.theirs) > _lateness(sides.ours) else runs.ours)

    def _note(self, what: str, sides: Sides) -> None:
        values = (None if side is ABSENT else side for side in sides)
        self.conflicts.append(Conflict(self.cell, what, *values))


def merge_cell(sides: Sides, conflicts: list[Conflict]) -> dict[str, Any]:
    """The cell with both sides' changes. Without a base, both are joined."""
    settled = sides.settled
    if settled is not UNSETTLED:
        return dict(settled)
    fields = Fields(conflicts, str(sides.ours.get("id", "")))
    if sides.base is None:
        sides = sides._replace(base={})
    run = fields.run(sides)
    merged: dict[str, Any] = {}
    for key in sides.names():
        if key == "source":
            merged[key] = fields.source(sides.at(key))
        elif key in _RUN:
            merged |= {key: run[key]} if key in run else {}
        else:
            # Two new ids are no conflict that anybody could settle.
            value = (Fields([]) if key == "id" else fields).value(sides.at(key), key)
            merged |= {} if value is ABSENT else {key: value}
    if merged["cell_type"] != "code":
        return {key: value for key, value in merged.items() if key not in _RUN}
    return {**merged, "outputs": merged.get("outputs", [])}


def was_edited(base: Mapping[str, Any], cell: Mapping[str, Any]) -> bool:
    """Whether the cell holds something that the base does not hold."""
    return not all(same(base.get(key), cell.get(key)) for key in _EDITED)


def _lateness(cell: Mapping[str, Any]) -> tuple[bool, str, int, int]:
    """What is greater for a later run: when it began, if JupyterLab noted it, its count, how much it has put out."""
    outputs = cell.get("outputs") or ()
    count = cell.get("execution_count")
    return bool(outputs) or count is not None, _begun(cell), count if isinstance(count, int) else 0, _size(outputs)


def _begun(cell: Mapping[str, Any]) -> str:
    execution = cell["metadata"].get("execution")
    begun = execution.get("iopub.execute_input") if isinstance(execution, Mapping) else None
    return begun if isinstance(begun, str) else ""


def _size(outputs: Sequence[Any]) -> int:
    return sum(len(str(output.get("text", ""))) + 1 for output in outputs if isinstance(output, Mapping))
