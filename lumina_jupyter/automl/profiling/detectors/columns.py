"""What columns are taken for where their types don't say it, and columns that are left out."""

from __future__ import annotations

from collections.abc import Iterator

from lumina_jupyter.automl.columns import Column
from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.view import View
from lumina_jupyter.automl.words import counted, listed, percent, verb

MANY_LEVELS = 50
MIXED_LOOKED_AT = 5_000
TELLING = 0.2
"""Power from which on an identifier says more about the target than it should."""


def find_column_kinds(view: View) -> Iterator[Finding]:
    """Columns taken for something that their types don't say, mixed columns, and categories with many levels."""
    told = [each for each in view.schema.columns if each.told and each.kind in ("number", "datetime", "boolean")]
    for column in told[:10]:
        yield Finding(
            kind="types",
            severity="info",
            text=f"{column.name!r}: {column.told}",
            columns=(column.name,),
            evidence={"kind": column.kind, "format": column.format},
            action=f"Reads it as {'dates' if column.kind == 'datetime' else 'numbers'}.",
            advice=f"Otherwise say kinds={{{column.name!r}: 'category'}}.",
        )
    mixed = [each for each in view.columns() if _is_mixed(view, each)]
    if mixed:
        yield Finding(
            kind="mixed",
            severity="warning",
            text=f"Numbers and words are mixed in {listed([repr(each.name) for each in mixed])}.",
            columns=tuple(each.name for each in mixed),
            action=f"Reads {listed([f'{each.name!r} as {each.kind}' for each in mixed])}.",
            advice="Say `kinds` where it is another, or mend the column.",
        )
    many = [each for each in view.schema.columns if each.kind == "category" and each.levels > MANY_LEVELS]
    if many:
        yield Finding(
            kind="many categories",
            severity="info",
            text=f"Some categories have many values: {listed([f'{each.name!r} ({each.levels:,})' for each in many])}.",
            columns=tuple(each.name for each in many),
            evidence={each.name: each.levels for each in many},
            action="Tries codes, and means of the target for each value, which are made inside of each fold.",
        )


def find_left_out(view: View) -> Iterator[Finding]:
    """Columns that become no features: constants and identifiers."""
    constants = [each for each in view.schema.columns if each.kind == "constant"]
    if constants:
        empty = sum(each.levels == 0 for each in constants)
        what = f"{counted(len(constants), 'column')} {verb(len(constants), 'has', 'have')} the same value everywhere"
        yield Finding(
            kind="constant",
            severity="info",
            text=f"{what} ({empty:,} without any value): {listed([repr(each.name) for each in constants])}.",
            columns=tuple(each.name for each in constants),
            action="Leaves them out.",
        )
    for column in [each for each in view.schema.columns if each.kind == "identifier"][:10]:
        power = view.power(column.name).score
        telling = power >= TELLING
        more = f" It tells {percent(power)} about the target all the same: rows may be sorted by it." if telling else ""
        yield Finding(
            kind="identifier",
            severity="warning" if telling else "info",
            text=f"{column.name!r}: {column.told or 'It identifies rows.'}{more}",
            columns=(column.name,),
            evidence={"levels": column.levels, "power": round(power, 4)},
            action="Leaves it out.",
            advice=f"Otherwise say kinds={{{column.name!r}: 'category'}}.",
        )


def _is_mixed(view: View, column: Column) -> bool:
    values = view.frame[column.name]
    if values.dtype != object:
        return False
    cells = values.iloc[:MIXED_LOOKED_AT].dropna()
    texts = sum(isinstance(each, str) for each in cells)
    return 0 < texts < len(cells)
