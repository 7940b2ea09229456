"""What the commands print: tables, JSON, and errors as one sentence with a hint.

Colours and boxes are for terminals alone; a pipe gets plain aligned columns. NO_COLOR is honoured.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

import click

# What could move the cursor, change the title or type into the terminal, if a model or server wrote it.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """Text from outside without what a terminal would obey."""
    return _CONTROL.sub("", text)


def say(text: str = "", *, dim: bool = False, bold: bool = False, colour: str | None = None, err: bool = False) -> None:
    """Print a line, styled on a terminal."""
    stream = sys.stderr if err else sys.stdout
    click.echo(style(text, dim=dim, bold=bold, colour=colour, err=err), file=stream)


def style(text: str, *, dim: bool = False, bold: bool = False, colour: str | None = None, err: bool = False) -> str:
    """The text with terminal styles, where there is a terminal that wants them."""
    if not wants_style(err=err):
        return text
    return click.style(text, dim=dim or None, bold=bold or None, fg=colour)


def wants_style(*, err: bool = False) -> bool:
    """Whether the stream is a terminal whose user has not switched colours off."""
    stream = sys.stderr if err else sys.stdout
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_error(message: str, hint: str = "") -> None:
    """Say what went wrong, and below it what to do."""
    say(f"{style('Error:', bold=True, colour='red', err=True)} {clean(message)}", err=True)
    if hint:
        say(f"  {clean(hint)}", err=True)


def print_json(value: Any) -> None:
    """Print a value, or dataclasses in it, as JSON."""
    click.echo(json.dumps(_plain(value), indent=2, ensure_ascii=False))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Print rows in aligned columns.

    On a terminal the last column is wrapped to fit; in a pipe nothing is cut or wrapped.

    Args:
        headings: One for each column.
        rows: The cells of each row, as many as there are headings.
        right: The headings of the columns that are aligned on the right (numbers).
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    widths = [max(len(heading), *(len(row[n]) for row in cells), 0) for n, heading in enumerate(headings)]
    aligned = [heading in right for heading in headings]
    line = _line(headings, widths, aligned)
    say(line, bold=True)
    indent = sum(widths[:-1]) + 2 * (len(widths) - 1)
    room = shutil.get_terminal_size().columns - indent if sys.stdout.isatty() else 0
    for row in cells:
        for text in _wrapped(row, room):
            say(_line(text, widths, aligned))


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = (
        cell.rjust(width) if to_right else cell.ljust(width)
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    )
    return "  ".join(padded).rstrip()


def _wrapped(row: Sequence[str], room: int) -> list[list[str]]:
    """The row, with its last cell broken into lines of at most `room` characters when that is readable."""
    import textwrap

    last = row[-1]
    if room < 20 or len(last) <= room:
        return [list(row)]
    first, *others = textwrap.wrap(last, room, break_on_hyphens=False) or [""]
    return [[*row[:-1], first], *([""] * (len(row) - 1) + [other] for other in others)]


def count(number: int | None) -> str:
    """A number of tokens for people; a dash when unknown."""
    return "-" if number is None else f"{number:,}"


def dollars(amount: float | None) -> str:
    """An amount of US dollars for people; `?` when unknown."""
    if amount is None:
        return "?"
    if amount == 0:
        return "$0"
    return f"${amount:,.2f}" if amount >= 1 else f"${amount:.4f}"


def per_million(price: float | None) -> str:
    """US dollars per token as dollars per million of tokens; a dash when unknown."""
    if price is None:
        return "-"
    return f"{price * 1e6:,.2f}" if price else "free"
