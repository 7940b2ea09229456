"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ..telemetry.redaction import redact

Status = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was looked at, how it is, and the command (or step) that mends it."""

    check: str
    status: Status
    text: str
    fix: str = ""

    def redacted(self) -> Finding:
        """The same without anything that looks like a key."""
        return replace(self, text=redact(self.text), fix=redact(self.fix))


def ok(check: str, text: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", text)


def warning(check: str, text: str, fix: str = "") -> Finding:
    """It works, but not as it should, or not for long."""
    return Finding(check, "warning", text, fix)


def problem(check: str, text: str, fix: str = "") -> Finding:
    """It does not work."""
    return Finding(check, "problem", text, fix)
