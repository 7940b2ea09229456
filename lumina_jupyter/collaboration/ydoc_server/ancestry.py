"""Which earlier state of a notebook another version of it began with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..document.storable import same
from ..document.text_edit import minimal_splices
from .contents import plain


def nearest(states: Sequence[dict[str, Any]], version: Mapping[str, Any]) -> dict[str, Any] | None:
    """The state that least has been taken from and added to in the version, the latest of several; None of none.

    A cell's id is made once: a version with a cell of one state does not come of another that never had it.
    """
    wanted = plain(version)
    seen = _by_id(wanted).keys() & {name for state in states for name in _by_id(state)}

    def far(state: dict[str, Any]) -> tuple[int, int]:
        return len(seen - _by_id(state).keys()), distance(state, wanted)

    return min(reversed(states), key=far, default=None)


def distance(state: Mapping[str, Any], version: Mapping[str, Any]) -> int:
    """How much was taken away and put in on the way from one to the other, in characters; the order counts nothing."""
    before, after = _by_id(state), _by_id(version)
    either, others = {**before, **after}, before.keys() ^ after.keys()
    shared = [(cell, after[name]) for name, cell in before.items() if name in after]
    written = sum(_edited(one["source"], other["source"]) for one, other in shared)
    written += sum(1 + len(either[name]["source"]) for name in others)
    if others:
        # Cells that were divided or joined have the text that they had, under other ids.
        written = min(written, _edited(_flowing(before), _flowing(after)) + abs(len(before) - len(after)))
    beside = sum(_beside(one, other) for one, other in shared)
    beside += sum(_size(either[name].get("outputs") or ()) for name in others)
    return written + beside + _entries(state.get("metadata"), version.get("metadata"))


def _by_id(content: Mapping[str, Any]) -> dict[Any, Mapping[str, Any]]:
    return {cell.get("id"): cell for cell in content.get("cells", ())}


def _beside(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """What differs between two cells beside their texts."""
    if same(one, other):
        return 0
    rest = sum(not same(one.get(name), other.get(name)) for name in ("cell_type", "execution_count", "attachments"))
    return (
        rest
        + _outputs(one.get("outputs") or (), other.get("outputs") or ())
        + _entries(one.get("metadata"), other.get("metadata"))
    )


def _outputs(one: Sequence[Any], other: Sequence[Any]) -> int:
    alike = 0
    while alike < min(len(one), len(other)) and same(one[alike], other[alike]):
        alike += 1
    return _size(one[alike:]) + _size(other[alike:])


def _entries(one: Any, other: Any) -> int:
    """The size of the entries of metadata that differ."""
    one, other = one or {}, other or {}
    names = [name for name in {*one, *other} if not same(one.get(name, ...), other.get(name, ...))]
    return sum(_size(each[name]) for each in (one, other) for name in names if name in each)


def _edited(one: str, other: str) -> int:
    return sum(end - start + len(text) for start, end, text in minimal_splices(one, other))


def _flowing(cells: Mapping[Any, Mapping[str, Any]]) -> str:
    return "".join(cell["source"] for cell in cells.values())


def _size(value: Any) -> int:
    return len(json.dumps(value)) if value else 0
