"""Keeps a model from going round in circles: calls repeated, calls in vain, too many at once."""

from __future__ import annotations

from collections import Counter

from ...errors import LuminaError
from ..call import ToolCall
from ..permission.call_digest import canonical

REPEATS = 2
"""How often the very same call is run in one turn."""
IN_VAIN = 6
"""Calls in a row that came to nothing, after which the model must answer without tools."""
AT_ONCE = 16
"""Calls in one reply that are run."""

_VAIN = {"unknown_tool", "invalid_arguments", "tool_denied", "approval_expired", "repeated_call"}


class Limits:
    """What one turn has called so far."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._vain = 0

    @property
    def given_up(self) -> bool:
        """Whether the model has called in vain too often."""
        return self._vain >= IN_VAIN

    def refusal(self, call: ToolCall, place: int) -> str:
        """Why a call is not run, for the model; empty when it is. `place` is its place in the reply, from 0."""
        if place >= AT_ONCE:
            return f"Only {AT_ONCE} calls are run at once; call this one again if it is still needed."
        name = f"{call.name} {_arguments(call)}"
        self._calls[name] += 1
        if self._calls[name] > REPEATS:
            self._vain += 1
            return (
                f"{call.name} was called with these very arguments {REPEATS} times already, and the results stand above. "
                "Work with them, call something else, or answer."
            )
        return ""

    def outcome(self, error_code: str) -> None:
        """Take note of what became of a call."""
        self._vain = self._vain + 1 if error_code in _VAIN else 0


def _arguments(call: ToolCall) -> str:
    try:
        return canonical(call.read())
    except LuminaError:
        return str(call.arguments)
