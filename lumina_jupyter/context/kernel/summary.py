"""What is told of a kernel's variables, and how it came to be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Policy = Literal["values", "schema-only", "off"]
"""What may be seen of variables: their values; only names, types, shapes and columns; nothing."""

POLICIES: tuple[Policy, ...] = ("values", "schema-only", "off")
"""From the most open to the strictest."""

How = Literal["live", "last_seen", "not_seen", "not_python", "unreachable", "off"]
"""Looked at now; what an earlier look saw; nothing seen yet; no Python kernel; no such kernel, or none that answers;
not allowed."""


def stricter(one: str, other: str) -> Policy:
    """The stricter of two policies; what is no policy counts as the strictest."""
    ranks: dict[str, int] = {name: rank for rank, name in enumerate(POLICIES)}
    strictest = len(POLICIES) - 1
    return POLICIES[max(ranks.get(one, strictest), ranks.get(other, strictest))]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSummary:
    """A column of a table. `missing` is counted in the first `sampled` rows; None where nothing was counted."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    name: str
    type: str
    missing: int | None = None
    sampled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableSummary:
    """A variable, within bounds.

    `type` is a class's name with its package; `shape` is empty for what has none; `size_bytes` is None
    where finding out would take long. `columns` holds the first of `columns_total`. `text` describes it
    to a model, on one line or several; under `schema-only` it holds no value. `hidden` says that the
    name looks like a secret's, so that nothing but the type is told. `identity` changes when the name
    is bound to another object (it may be used again once an object is gone).
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    name: str
    type: str
    shape: tuple[int, ...] = ()
    size_bytes: int | None = None
    columns: tuple[ColumnSummary, ...] = ()
    columns_total: int = 0
    text: str = ""
    hidden: bool = False
    identity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look saw.

    `age_seconds` is the time since then, `how` says where it is from. `left_out` counts the variables
    that had no room or no time. `note` is a sentence for people when there is something to explain.
    """

    variables: tuple[VariableSummary, ...] = ()
    age_seconds: float = 0.0
    how: How = "live"
    left_out: int = 0
    note: str = ""

    def variable(self, name: str) -> VariableSummary | None:
        """The variable of that name."""
        return next((each for each in self.variables if each.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One execution: its count, and the source as it was typed."""

    count: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a look may take: seconds until the last seen is given instead, and bytes of text at most.

    `value_seconds` is what one value may take, its own `repr` included.
    """

    seconds: float = 1.0
    value_seconds: float = 0.05
    text_bytes: int = 4_000
    total_bytes: int = 200_000
    variables: int = 400
