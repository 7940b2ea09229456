"""Which earlier state of a notebook another version of it began with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..document.storable import same
from .contents import plain

_GRAM = 3
"""Characters in a row by which texts are compared."""
_LARGE = 20_000
"""Characters of an output or an entry above which it is compared as a whole."""
_FIELDS = ("cell_type", "execution_count", "attachments")


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
    """How much was taken away and put in on the way from one to the other, in characters, about.

    Cells that were moved, divided or joined count next to nothing: they have what they had, in other places.
    """
    before, after = _by_id(state), _by_id(version)
    differing = [name for name in {**before, **after} if not same(before.get(name), after.get(name))]
    one = _pieces([before[name] for name in differing if name in before], state)
    other = _pieces([after[name] for name in differing if name in after], version)
    return ((one - other) + (other - one)).total()


def _by_id(content: Mapping[str, Any]) -> dict[Any, Mapping[str, Any]]:
    return {cell.get("id"): cell for cell in content.get("cells", ())}


def _pieces(cells: Iterable[Mapping[str, Any]], notebook: Mapping[str, Any]) -> Counter[str]:
    """What there is in cells and in the notebook's metadata, and how often, in pieces that outlive small edits."""
    found: Counter[str] = Counter()
    for cell in cells:
        found.update(_grams(cell["source"]))
        found.update(f"{name} {cell.get(name)!r} of {cell.get('id')}" for name in _FIELDS)
        for output in cell.get("outputs") or ():
            _count(found, json.dumps(output, sort_keys=True))
        for entry in (cell.get("metadata") or {}).items():
            _count(found, json.dumps(entry, sort_keys=True))
    for entry in (notebook.get("metadata") or {}).items():
        _count(found, json.dumps(entry, sort_keys=True))
    return found


def _count(found: Counter[str], text: str) -> None:
    if len(text) > _LARGE:
        found[text] += len(text)
    else:
        found.update(_grams(text))


def _grams(text: str) -> Iterator[str]:
    return (text[at : at + _GRAM] for at in range(max(1, len(text) - _GRAM + 1)))
