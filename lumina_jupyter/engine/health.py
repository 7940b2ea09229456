"""How the engine is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the engine is. `default_model` is empty, and `hint` says what to do, while nothing can answer."""

    status: str
    version: str
    ready: bool
    default_model: str
    hint: str
    data_dir: str
    uptime_seconds: float
    unsaved_turns: int = 0
    """Answers that are over and could not be written to the database yet."""
