"""Finds rows that belong together, as those of one customer do: what is learned of some must not be tested on others."""

from __future__ import annotations

from dataclasses import dataclass

from lumina_jupyter.automl.columns import Schema
from lumina_jupyter.automl.tables.schema import names_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The column that names the group of each row, and why it is taken for that."""

    by: str
    told: str


def find_groups(schema: Schema) -> Groups | None:
    """The column whose values name things with several rows each (a customer, a patient), or None.

    By its name: a column whose name says that it identifies something, with several rows each. Of several such
    columns the one with the fewest things, because it is the widest.
    """
    likely = [
        column
        for column in schema.columns
        if column.kind in ("identifier", "category", "number") and names_groups(column.name, column.levels, schema.rows)
    ]
    if not likely:
        return None
    widest = min(likely, key=lambda column: column.levels)
    each = schema.rows / widest.levels
    told = (
        f"{widest.name!r} names {widest.levels:,} things with {each:.1f} rows each, and new rows may be about others."
    )
    return Groups(by=widest.name, told=told)
