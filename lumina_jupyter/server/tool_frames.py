"""How a call of a tool goes, written out as server-sent events."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ..tools import (
    ApprovalAsked,
    ApprovalDecided,
    Began,
    Progress,
    QuestionAsked,
    QuestionOver,
    Said,
    ToolOutcome,
)


def written(step: Progress | ToolOutcome) -> bytes:
    """A step on the wire."""
    match step:
        case ApprovalAsked() | ApprovalDecided():
            return _event("approval", asdict(step.approval))
        case QuestionAsked() | QuestionOver():
            return _event("question", asdict(step.question))
        case Began():
            return _event("began", asdict(step))
        case Said():
            return _event("said", asdict(step))
        case _:
            return _event("outcome", asdict(step))


def _event(name: str, data: dict[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
    return f"event: {name}\ndata: {text}\n\n".encode("utf-8", "replace")
