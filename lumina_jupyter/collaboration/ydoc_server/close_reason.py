"""Why a connection is closed, in as few bytes as a websocket has for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

MOST_BYTES = 123
"""What the protocol allows beside the code. With more than that nothing at all is said, and frontends try for ever."""
_TEXT = "errorReason"
"""Upstream's entry for what JupyterLab shows."""


def fitting(reason: str) -> str:
    """The same reason; where it is too long, its text ends after a word."""
    if _fits(reason):
        return reason
    try:
        told: dict[str, Any] = json.loads(reason)
        text = str(told.pop(_TEXT)).encode(errors="replace").decode()
    except (ValueError, KeyError, AttributeError, TypeError):
        return _shortened(reason, str)
    # What is false is so when it is missing, too.
    others = {name: value for name, value in told.items() if value}
    return _shortened(text, lambda text: json.dumps({**others, _TEXT: text}, ensure_ascii=False, separators=(",", ":")))


def _shortened(text: str, form: Callable[[str], str]) -> str:
    while not _fits(form(text)) and text:
        words = text.removesuffix("…")
        left = words.rpartition(" ")[0] or words[: len(words) * 3 // 4]
        text = f"{left}…" if left else ""
    return form(text)


def _fits(text: str) -> bool:
    return len(text.encode()) <= MOST_BYTES
