"""The outputs of a cell in a shared document, changed in the way that JupyterLab's views can follow.

A view takes whatever is added to a cell's outputs as added at their end, and whatever happens to a stream's text as
happening at the end of the last output. So outputs that differ are replaced from the first that does, and only the
last stream grows in place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .storable import same

if TYPE_CHECKING:
    from pycrdt import Array, Map

STREAM = "stream"


def shared_output(output: Mapping[str, Any]) -> Map[Any]:
    """An output as documents hold it: a stream's text is shared text."""
    from pycrdt import Map, Text

    if output.get("output_type") != STREAM:
        return Map(dict(output))
    return Map({**output, "text": Text(output["text"])})


def converge_outputs(shared: Array[Any], current: Sequence[Any], target: Sequence[Mapping[str, Any]]) -> None:
    """Make the shared outputs, which read as `current`, equal the target."""
    kept = 0
    while kept < min(len(current), len(target)) and same(current[kept], target[kept]):
        kept += 1
    if kept == len(current) - 1 and kept < len(target) and _grow(shared[kept], current[kept], target[kept]):
        kept += 1
    if kept < len(current):
        del shared[kept : len(current)]
    if kept < len(target):
        shared.extend([shared_output(output) for output in target[kept:]])


def _grow(shared: Any, current: Any, target: Mapping[str, Any]) -> bool:
    """Append what the last stream has got; False where that is not what happened."""
    from pycrdt import Map, Text

    if not isinstance(shared, Map) or target.get("output_type") != STREAM:
        return False
    text = shared.get("text")
    before = current.get("text")
    if not isinstance(text, Text) or not isinstance(before, str) or not target["text"].startswith(before):
        return False
    if not same({**current, "text": ""}, {**target, "text": ""}):
        return False
    text += target["text"][len(before) :]
    return True
