"""What a probe answers, read as what a stranger says: every part checked and kept within bounds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...telemetry.redaction import redact
from .summary import ColumnSummary, Ran, VariableSummary

_NAME = 300
_TYPE = 300
_COLUMNS = 300
_TEXT = 20_000
_LARGEST = 2**62


def read_variables(answer: dict[str, Any]) -> tuple[VariableSummary, ...]:
    """The variables in a probe's answer; what is malformed is left out."""
    told = answer.get("variables")
    found = (_variable(each) for each in told) if isinstance(told, list) else ()
    return tuple(each for each in found if each is not None)


def read_executions(answer: dict[str, Any]) -> tuple[Ran, ...] | None:
    """What a probe says was run; None when it does not say, or nothing that can be read."""
    told = answer.get("executions")
    if not isinstance(told, list) or not all(map(_is_execution, told)):
        return None
    return tuple(Ran(count=count, source=source) for count, source in told)


def _is_execution(told: Any) -> bool:
    return isinstance(told, list) and len(told) == 2 and _number(told[0]) is not None and isinstance(told[1], str)


def without_values(variable: VariableSummary) -> VariableSummary:
    """The same variable as `schema-only` lets it be seen, when nothing better is at hand."""
    columns = tuple(replace(column, missing=None, sampled=0) for column in variable.columns)
    return replace(variable, text=variable.type, columns=columns)


def _variable(told: Any) -> VariableSummary | None:
    if not isinstance(told, dict) or not isinstance(told.get("name"), str):
        return None
    columns = told.get("columns")
    read = (_column(each) for each in columns[:_COLUMNS]) if isinstance(columns, list) else ()
    return VariableSummary(
        name=told["name"][:_NAME],
        type=_text(told.get("type"), _TYPE),
        shape=_shape(told.get("shape")),
        size_bytes=_number(told.get("size")),
        columns=tuple(column for column in read if column is not None),
        columns_total=_number(told.get("columns_total")) or 0,
        text=redact(_text(told.get("text"), _TEXT)),
        hidden=told.get("hidden") is True,
        identity=_number(told.get("id")) or 0,
    )


def _column(told: Any) -> ColumnSummary | None:
    if not isinstance(told, dict) or not isinstance(told.get("name"), str):
        return None
    return ColumnSummary(
        name=told["name"][:_NAME],
        type=_text(told.get("type"), _TYPE),
        missing=_number(told.get("missing")),
        sampled=_number(told.get("sampled")) or 0,
    )


def _text(value: Any, limit: int) -> str:
    return value[:limit] if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < _LARGEST else None


def _shape(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(number for number in map(_number, value[:32]) if number is not None)
