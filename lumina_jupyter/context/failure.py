"""How a cell failed, as a model reads it: the error, the line of the cell, and the way from there to the error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

TRACE_LIMIT = 2_000
"""Characters of a traceback at most: a small model loses the question behind a long one."""
ERROR_LIMIT = 600
"""Characters of the error itself at most."""

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_RULE = re.compile(r"^-{20,}\n", re.MULTILINE)
_FRAME = re.compile(r"\n(?=(?:Cell In\s?\[|[ \t]*File\s))")
_ARROW = re.compile(r"^-+>\s*(?:\d+\s)?(.*)$", re.MULTILINE)
_LIBRARY = re.compile(r"^\s*File .*(?:site-packages|dist-packages|[/\\]lib[/\\]python\d|[/\\]Lib[/\\]|<frozen )")
_UNDER_FILE = re.compile(r"^\s*File .*\n(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error.

    `line` is the line of the cell in which it began, empty when that is not known. `trace` is the
    traceback through the person's own cells and files, empty when it does not leave the cell: the
    frames of libraries tell little and are long.
    """

    error: str
    line: str = ""
    trace: str = ""

    @property
    def sentence(self) -> str:
        """What happened, as the end of a sentence."""
        where = f" in the line `{self.line}`" if self.line and "`" not in self.line else ""
        return f"`{self.error}`{where}" if "\n" not in self.error and "`" not in self.error else f"{self.error}{where}"


def failure_of(source: str, outputs: Sequence[dict[str, Any]]) -> Failure | None:
    """The error among a cell's outputs, or None.

    Args:
        source: The cell's source.
        outputs: Its outputs, in nbformat's shape.
    """
    for output in reversed(outputs):
        if output.get("output_type") == "error":
            return _of_error(source, output)
    return None


def _of_error(source: str, output: dict[str, Any]) -> Failure:
    lines = output.get("traceback") or []
    joined = "\n".join(map(str, lines)) if isinstance(lines, list | tuple) else str(lines)
    traceback = _RULE.sub("", _ANSI.sub("", joined))
    name, value = str(output.get("ename") or "Error"), _ANSI.sub("", str(output.get("evalue") or "")).strip()
    error = _short(f"{name}: {value}" if value else name, ERROR_LIMIT)
    head, *frames = _FRAME.split(traceback)
    own = [frame for frame in frames if not _LIBRARY.search(frame.split("\n", 1)[0])]
    trace = _short("\n".join([head.rstrip(), *map(_frame, own), error]).strip(), TRACE_LIMIT) if len(own) > 1 else ""
    return Failure(error, _line(source, traceback), trace)


def _line(source: str, traceback: str) -> str:
    """The last line of the cell that the traceback points at."""
    own = {line.strip() for line in source.split("\n") if line.strip()}
    for pattern in (_ARROW, _UNDER_FILE):
        named = [match[1].strip() for match in pattern.finditer(traceback)]
        found = [text for text in named if text in own]
        if found:
            return found[-1]
    return ""


def _frame(frame: str) -> str:
    """A frame without the error that stands behind the last one; of a file only the line that failed."""
    lines = frame.partition("\n\n")[0].rstrip()
    arrow = _ARROW.search(lines)
    if lines.startswith("Cell In") or not arrow:
        return lines
    return "\n".join([lines.split("\n", 1)[0], arrow[0]])


def _short(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    head = limit // 3
    return f"{text[:head]}\n…\n{text[head - limit :]}"
