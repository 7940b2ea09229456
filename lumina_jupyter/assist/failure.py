"""How a cell failed, as a model reads it: the error, and where in the cell it began."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

FAILURE_LIMIT = 2_000
"""Characters at most: a small model loses the question behind a long traceback."""

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_RULE = re.compile(r"^-{20,}\n", re.MULTILINE)
_FRAME = re.compile(r"\n(?=(?:Cell In\s?\[|File\s))")
_ARROW = re.compile(r"^-+>.*$", re.MULTILINE)


def failure_text(outputs: Sequence[dict[str, Any]]) -> str:
    """The error among a cell's outputs, empty when there is none."""
    for output in reversed(outputs):
        if output.get("output_type") == "error":
            return _of_error(output)
    return ""


def _of_error(output: dict[str, Any]) -> str:
    lines = output.get("traceback") or []
    traceback = "\n".join(map(str, lines)) if isinstance(lines, list | tuple) else str(lines)
    last = f"{output.get('ename', 'Error')}: {output.get('evalue', '')}".rstrip(": ")
    text = _condensed(_ANSI.sub("", traceback)).strip()
    if not text:
        return _short(last)
    return _short(text if last.split("\n")[0] in text else f"{text}\n{last}")


def _condensed(traceback: str) -> str:
    """IPython's traceback with the cell's own lines, and of a library's frames only the line that failed."""
    head, *frames = _FRAME.split(_RULE.sub("", traceback))
    return "\n".join([head.rstrip(), *map(_frame, frames)])


def _frame(frame: str) -> str:
    if frame.startswith("Cell In"):
        return frame.rstrip()
    # What follows the last frame's lines is the error itself.
    lines, gap, rest = frame.partition("\n\n")
    first = lines.split("\n", 1)[0]
    arrow = _ARROW.search(lines)
    kept = "\n".join([first, *([arrow[0]] if arrow else [])]) if arrow or not gap else lines
    return f"{kept}\n\n{rest}".rstrip() if gap else kept.rstrip()


def _short(text: str) -> str:
    if len(text) <= FAILURE_LIMIT:
        return text
    head = FAILURE_LIMIT // 3
    return f"{text[:head]}\n…\n{text[head - FAILURE_LIMIT :]}"
