"""What a Yjs document can hold of a notebook's content, and what is made of the rest.

Notebooks come from any program. A Yjs document holds JSON as browsers know it: its texts have no half surrogate pairs,
its numbers are finite, and integers end at 64 bits.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pycrdt import Array, Map

CELL_TYPES = ("code", "markdown", "raw")
_MAPPINGS = (dict, Mapping)
"""To ask for the class before the abstract one is ten times as fast."""
_FIRST_FLOAT = 2**63 - 1
"""The first integer that becomes a float on its way to another replica."""


def storable_text(text: str) -> str:
    """The text with surrogate pairs as the character they mean and half ones as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def storable_value(value: Any) -> Any:
    """A copy of a JSON value that a document gives back as it is; NaN and the infinities become None."""
    if isinstance(value, str):
        return storable_text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _FIRST_FLOAT else _finite(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, _MAPPINGS):
        return {storable_text(str(key)): storable_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable_value(item) for item in value]
    return storable_text(str(value))


def stored_value(shared: Array[Any] | Map[Any]) -> Any:
    """What a shared map or array holds, as JSON: several times as fast as reading its values one by one."""
    text = str(shared)
    # As the float 2**63 is written.
    return json.loads(text, parse_int=_integer if str(_FIRST_FLOAT) in text else None)


def shaped_cell(cell: Any) -> dict[str, Any]:
    """A shallow copy of a cell in the form in which documents give them out: texts joined, what must be there filled in.

    What is no cell at all becomes a raw cell with its text, so that nothing is lost.
    """
    if not isinstance(cell, _MAPPINGS):
        return {"cell_type": "raw", "metadata": {}, "source": joined_text(cell)}
    shaped = dict(cell)
    shaped.pop("execution_state", None)
    if shaped.get("cell_type") not in CELL_TYPES:
        shaped["cell_type"] = "raw"
    shaped["source"] = joined_text(shaped.get("source", ""))
    if not isinstance(shaped.get("metadata"), _MAPPINGS):
        shaped["metadata"] = {}
    if shaped["cell_type"] == "code":
        outputs = shaped.get("outputs")
        shaped["outputs"] = [shaped_output(output) for output in outputs] if isinstance(outputs, list | tuple) else []
    elif not shaped.get("attachments", True):
        del shaped["attachments"]
    return shaped


def shaped_output(output: Any) -> dict[str, Any]:
    """An output in the form in which documents give them out: a stream's text joined."""
    if not isinstance(output, _MAPPINGS):
        return {"output_type": "stream", "name": "stdout", "text": joined_text(output)}
    if output.get("output_type") == "stream" and not isinstance(output.get("text"), str):
        return {**output, "text": joined_text(output.get("text", ""))}
    return output if isinstance(output, dict) else dict(output)


def joined_text(text: Any) -> str:
    """A text that a file may hold as a list of its lines."""
    if isinstance(text, str):
        return text
    if isinstance(text, list | tuple):
        return "".join(part if isinstance(part, str) else str(part) for part in text)
    return "" if text is None else str(text)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; 1 and 1.0 are, 1 and true are not."""
    return one is other or (bool(one == other) and _same_truths(one, other))


def _same_truths(one: Any, other: Any) -> bool:
    """Whether equal values are truth values in the same places."""
    if isinstance(one, str):
        return True
    if isinstance(one, dict):
        return all(_same_truths(item, other[key]) for key, item in one.items() if type(item) is not str)
    if isinstance(one, list | tuple):
        return all(map(_same_truths, one, other))
    return isinstance(one, bool) == isinstance(other, bool)


def _integer(digits: str) -> int:
    value = int(digits)
    return value + 1 if value == _FIRST_FLOAT else value


def _finite(value: int) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None
