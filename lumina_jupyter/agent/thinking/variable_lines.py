"""A variable on a line: its type and shape, the columns of a table, and a few values that save a model from guessing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...context.kernel.summary import ColumnSummary, Policy, VariableSummary
from ...telemetry.redaction import redact

MOST_COLUMNS = 60
MOST_VALUES = 3
"""Of a column."""
LONGEST_VALUE = 24
"""Characters; longer ones say little of a format."""
_NAME_LENGTH = 80
_SHORT = 160
"""Characters of a plain variable's description."""
_UNTOLD = {"module", "function", "type", "builtin_function_or_method"}

_ROW = re.compile(r"^\| (.*) \|$", re.MULTILINE)
_BETWEEN = re.compile(r"(?<!\\) \| ")
_TEXT = ("str", "object", "string", "category")
_NOTHING = {"", "nan", "None", "NaT", "<NA>"}


def variable_line(variable: VariableSummary, policy: Policy, words: str, *, brief: bool = False) -> str:
    """The variable as a model reads it; empty for what needs no telling.

    Args:
        variable: The variable.
        policy: What may be seen of values.
        words: What is asked: of too many columns, those that these name are shown.
        brief: Whether modules and functions are left out.
    """
    kind = variable.type.removeprefix("builtins.")
    shape = " x ".join(map(str, variable.shape))
    if variable.columns:
        values = _examples(variable) if policy == "values" else {}
        shown = _by_use(variable.columns, words)
        columns = ", ".join(_column(each, values.get(each.name, ())) for each in shown)
        left = variable.columns_total - len(shown)
        return redact(
            f"{variable.name}: {kind} {shape}, columns: {columns}{f', and {left:,} more' if left > 0 else ''}"
        )
    if brief and kind in _UNTOLD:
        return ""
    value = " ".join(variable.text.split())[:_SHORT] if policy == "values" else ""
    return redact(f"{variable.name}: {kind}{f' {shape}' if shape else ''}{f' = {value}' if value else ''}")


def _by_use(columns: Sequence[ColumnSummary], words: str) -> list[ColumnSummary]:
    """As many columns as are shown, in their order: of too many, those that the words name and the first ones."""
    lowered = words.lower()
    order = sorted(range(len(columns)), key=lambda at: (columns[at].name.lower() not in lowered, at))
    return [columns[at] for at in sorted(order[:MOST_COLUMNS])]


def _column(column: ColumnSummary, values: Sequence[str]) -> str:
    notes = [f"{column.missing:,} missing"] if column.missing else []
    notes += [f"as {', '.join(map(repr, values))}"] if values else []
    name = column.name if column.name.isidentifier() else repr(column.name)
    return f"{name[:_NAME_LENGTH]} {column.type}{f' ({chr(59).join(notes)})' if notes else ''}"


def _examples(variable: VariableSummary) -> dict[str, tuple[str, ...]]:
    """Some values of each column of text, by its name; nothing where the description shows no rows."""
    rows = [_BETWEEN.split(found) for found in _ROW.findall(variable.text)]
    if len(rows) < 2:
        return {}
    header, *body = rows
    shown: dict[str, tuple[str, ...]] = {}
    texts = {column.name for column in variable.columns if column.type.startswith(_TEXT)}
    for place, name in enumerate(header):
        if name not in texts:
            continue
        values = [row[place].replace("\\|", "|") for row in body if len(row) == len(header)]
        kept = [value for value in dict.fromkeys(values) if value not in _NOTHING and len(value) <= LONGEST_VALUE]
        if kept:
            shown[name] = tuple(kept[:MOST_VALUES])
    return shown
