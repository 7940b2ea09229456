"""The columns of a table: what each one holds, which decides how it becomes features."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .words import counted

ColumnKind = Literal["number", "category", "boolean", "datetime", "text", "identifier", "constant"]
SHOWN = 50
"""Columns that are named where a schema is shown."""
IGNORED: frozenset[ColumnKind] = frozenset({"identifier", "constant"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column, as it was found.

    Args:
        name: Its name in the table; always text, duplicates made unique by a suffix.
        kind: What it holds.
        levels: How many different values that are not missing.
        missing: Share of missing values, 0 to 1.
        format: For "datetime" in text: the format that all values have; for "number" in text: "1,234.5" or "1.234,5".
        ordered: The order of a category's levels, lowest first, where the data's type has one.
        told: Why it is taken for this, as a sentence, where that is not what its type says.
    """

    name: str
    kind: ColumnKind
    levels: int = 0
    missing: float = 0.0
    format: str = ""
    ordered: tuple[str, ...] = ()
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Schema:
    """All columns of a table that a model may see, in the table's order, and how many rows there are to learn from."""

    columns: tuple[Column, ...]
    rows: int

    def __repr__(self) -> str:
        shown = [f"{each.name!r}: {each.kind}" for each in self.columns[:SHOWN]]
        more = [f"and {len(self.columns) - SHOWN:,} more"] if len(self.columns) > SHOWN else []
        return f"{counted(self.rows, 'row')} of {', '.join([*shown, *more])}"

    def of(self, kinds: Iterable[ColumnKind]) -> list[str]:
        """The names of the columns of these kinds, in the table's order."""
        wanted = set(kinds)
        return [column.name for column in self.columns if column.kind in wanted]

    @property
    def used(self) -> list[str]:
        """The names of the columns that become features."""
        return [column.name for column in self.columns if column.kind not in IGNORED]
