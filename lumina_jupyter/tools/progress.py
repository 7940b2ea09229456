"""How a call goes, for whoever watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .permission.approval import Approval

if TYPE_CHECKING:
    from .questions import PersonQuestion


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


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """The tool waits for a person's answer."""

    question: PersonQuestion


@dataclass(frozen=True, slots=True)
class QuestionOver:
    """It does not wait for it any more."""

    question: PersonQuestion


Asked = ApprovalAsked | ApprovalDecided | QuestionAsked | QuestionOver
"""What a person is asked, and that it is over."""
Progress = ApprovalAsked | ApprovalDecided | Began | QuestionAsked | QuestionOver | Said
