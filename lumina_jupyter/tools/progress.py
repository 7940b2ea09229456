"""How a call goes, for whoever watches."""

from __future__ import annotations

from dataclasses import dataclass

from .permission.approval import Approval


@dataclass(frozen=True, slots=True)
class ApprovalAsked:
    """The call waits for a person."""

    approval: Approval


@dataclass(frozen=True, slots=True)
class ApprovalDecided:
    """It does not wait any more."""

    approval: Approval


@dataclass(frozen=True, slots=True)
class Began:
    """The call is allowed and has begun."""

    tool: str
    source: str


@dataclass(frozen=True, slots=True)
class Said:
    """The tool tells how it goes."""

    text: str


Progress = ApprovalAsked | ApprovalDecided | Began | Said
