"""What a cell shows, as text that can be compared: without what is another each time, numbers by their value."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{5,}\b")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w)")
_PICTURES = ("image/", "application/vnd.")


def shown_text(outputs: Sequence[Mapping[str, Any]]) -> str:
    """What is printed and shown. Of pictures it matters that they are there; warnings are left out."""
    parts: list[str] = []
    for output in outputs:
        kind = output.get("output_type")
        if kind == "stream" and output.get("name") != "stderr":
            parts.append(_joined(output.get("text")))
        elif kind in ("execute_result", "display_data"):
            parts.append(_data(output.get("data")))
        elif kind == "error":
            parts.append(f"[error {output.get('ename', '')}]")
    lines = "".join(parts).splitlines()
    return _ADDRESS.sub("0x", "\n".join(line.rstrip() for line in lines)).strip()


def shows_the_same(before: str, now: str) -> bool:
    """Whether two such texts are the same, but for the last digits of numbers, as another order of sums brings them."""
    if before == now:
        return True
    if " ".join(_NUMBER.sub("#", before).split()) != " ".join(_NUMBER.sub("#", now).split()):
        return False
    pairs = zip(_NUMBER.findall(before), _NUMBER.findall(now), strict=True)
    return all(old == new or math.isclose(float(old), float(new), rel_tol=1e-9, abs_tol=1e-12) for old, new in pairs)


def _data(data: object) -> str:
    if not isinstance(data, Mapping):
        return ""
    pictures = sorted(str(each) for each in data if str(each).startswith(_PICTURES))
    text = _joined(data.get("text/plain")) if not pictures else ""
    return "\n".join([*(f"[{each}]" for each in pictures), text, ""])


def _joined(text: object) -> str:
    return "".join(map(str, text)) if isinstance(text, list | tuple) else str(text or "")
