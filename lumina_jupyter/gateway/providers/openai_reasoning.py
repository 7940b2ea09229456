"""Reasoning in OpenAI's chat format: the several places where servers put it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...events import ReasoningDelta

_TEXT_FIELDS = ("text", "summary")
_SEALED_FIELDS = ("signature", "data")


def reasoning_text(delta: Mapping[str, Any]) -> str:
    """The reasoning that a delta adds. Where a server says the same in two fields, it is taken once."""
    for name in ("reasoning_content", "reasoning"):
        value = delta.get(name)
        if isinstance(value, str) and value:
            return value
    details = delta.get("reasoning_details")
    if not isinstance(details, list):
        return ""
    return "".join(_detail_text(detail) for detail in details if isinstance(detail, Mapping))


def _detail_text(detail: Mapping[str, Any]) -> str:
    return next((value for name in _TEXT_FIELDS if isinstance(value := detail.get(name), str)), "")


class SealedReasoning:
    """Reasoning details that their model wants back unchanged: signed or encrypted ones (OpenRouter).

    They arrive in pieces, by index and type; the whole list becomes one signature.
    """

    def __init__(self) -> None:
        self._details: list[dict[str, Any]] = []

    def add(self, details: Any) -> None:
        """Take a delta's `reasoning_details`."""
        if not isinstance(details, list):
            return
        for detail in details:
            if isinstance(detail, dict):
                self._join(detail)

    def _join(self, piece: dict[str, Any]) -> None:
        last = self._details[-1] if self._details else None
        if last is None or (last.get("type"), last.get("index")) != (piece.get("type"), piece.get("index")):
            self._details.append(dict(piece))
            return
        for name, value in piece.items():
            if name in (*_TEXT_FIELDS, *_SEALED_FIELDS) and isinstance(value, str) and isinstance(last.get(name), str):
                last[name] += value
            elif value is not None:
                last[name] = value

    def event(self) -> ReasoningDelta | None:
        """The signature for all of them; None when nothing is sealed, since plain text needs none."""
        if not any(detail.get(name) for detail in self._details for name in _SEALED_FIELDS):
            return None
        return ReasoningDelta("", json.dumps(self._details, ensure_ascii=False))
