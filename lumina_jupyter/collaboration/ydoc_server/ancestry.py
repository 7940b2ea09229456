"""Which earlier state of a notebook another version of it began with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..document.storable import same
from ..document.text_edit import minimal_splices
from .contents import plain


def nearest(states: Sequence[dict[str, Any]], version: Mapping[str, Any]) -> dict[str, Any] | None:
    """The state that least has been taken from and added to in the version, the latest of several; None of none."""
    wanted = plain(version)
    return min(reversed(states), key=lambda state: distance(state, wanted), default=None)


def distance(state: Mapping[str, Any], version: Mapping[str, Any]) -> int:
    """How much was taken away and put in on the way from one to the other, in characters; the order counts nothing."""
    before, after = _by_id(state), _by_id(version)
    changed = sum(_between(cell, after[name]) for name, cell in before.items() if name in after)
    gone = sum(_weight(cell) for name, cell in before.items() if name not in after)
    come = sum(_weight(cell) for name, cell in after.items() if name not in before)
    return changed + gone + come + _entries(state.get("metadata"), version.get("metadata"))


def _by_id(content: Mapping[str, Any]) -> dict[Any, Mapping[str, Any]]:
    return {cell.get("id"): cell for cell in content.get("cells", ())}


def _between(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    if same(one, other):
        return 0
    rest = sum(not same(one.get(name), other.get(name)) for name in ("cell_type", "execution_count", "attachments"))
    return (
        rest
        + sum(end - start + len(text) for start, end, text in minimal_splices(one["source"], other["source"]))
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


def _weight(cell: Mapping[str, Any]) -> int:
    return 1 + len(cell["source"]) + _size(cell.get("outputs") or ())


def _size(value: Any) -> int:
    return len(json.dumps(value)) if value else 0
