"""Tables in a cell's output: Markdown for notebooks, aligned text for terminals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .output import MimeBundle, markdown, sentence


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, note: str = "") -> MimeBundle:
    """A table, with a note below it."""
    lines = [_row(headers), f"|{'---|' * len(headers)}", *(_row([_cell(cell) for cell in row]) for row in rows)]
    rich = "\n".join(lines) + (f"\n\n{sentence(note)}" if note else "")
    plain = _aligned([headers, *rows]) + (f"\n\n{note}" if note else "")
    return markdown(rich, plain)


def _cell(text: str) -> str:
    # A bar ends a cell also inside code.
    return re.sub(r"(?<!\\)\|", r"\\|", sentence(text))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()) for cell in cells)} |"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
