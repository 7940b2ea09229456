"""A finding: what is strange about a table, how bad it is, by what it is seen, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["info", "warning", "serious"]
SEVERITIES: tuple[Severity, ...] = ("serious", "warning", "info")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a look at a table brought up.

    Args:
        kind: What it is, in one word that stays the same: "leak", "missing", "duplicates".
        severity: "serious" makes results wrong, "warning" may make them worse, "info" is good to know.
        text: What was found, as a sentence with its evidence.
        columns: The columns that it is about; none when it is about rows or the whole table.
        evidence: The figures behind it, JSON values only.
        action: What AutoML does about it, as a sentence.
        advice: What people can do about it, as a sentence; empty where nothing has to be done.
    """

    kind: str
    severity: Severity
    text: str
    columns: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    action: str
    advice: str = ""
