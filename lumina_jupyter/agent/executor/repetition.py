"""Notices a run that does the same again and again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ...errors import AgentLooped
from ..plan import Step
from .arguments import EDITS, RUNS

MOST_SAME = 3
"""How often the same call may be made in a run."""


class Repetition:
    """What a run has called and planned so far."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._edits: set[str] = set()
        self._failed: set[str] = set()

    @property
    def calls(self) -> int:
        """All calls that were made."""
        return self._calls.total()

    def call(self, tool: str, arguments: Mapping[str, Any]) -> None:
        """A call is about to be made.

        Raises:
            AgentLooped: when it is the same once too often.
        """
        key = _key(tool, arguments)
        if tool in EDITS:
            self._edits.add(key)
        elif tool in RUNS:
            # A cell that runs after something else was written is not the same again.
            key = f"{key} after {len(self._edits)}"
        self._calls[key] += 1
        if self._calls[key] > MOST_SAME:
            raise AgentLooped(f"The run calls {tool} with the same arguments again and again.")

    def failed(self, step: Step) -> None:
        """A step has failed for good."""
        self._failed.add(_step_key(step))

    def has_failed(self, step: Step) -> bool:
        """Whether a step like this one has failed for good already."""
        return _step_key(step) in self._failed


def _step_key(step: Step) -> str:
    return _key(step.tool, {"arguments": step.arguments, "writes": step.writes, "from": step.from_steps})


def _key(tool: str, arguments: Mapping[str, Any]) -> str:
    return f"{tool}:{json.dumps(arguments, sort_keys=True, default=dict)}"
