"""Moments of notebooks as a server tells them."""

from __future__ import annotations

from typing import Any

from ..collaboration.snapshots.comparison import CellDifference, Comparison
from ..collaboration.snapshots.history import Moment, MomentView, Restored

_CELLS = ("inserted", "deleted", "moved", "edited")


def view_of(found: dict[str, Any]) -> MomentView:
    """What `GET …/notebooks/history/{snapshot}` answers."""
    comparison = found["comparison"]
    return MomentView(
        moment=Moment(**found["moment"]),
        against=found["against"],
        content=found["content"],
        comparison=None if comparison is None else _comparison_of(comparison),
    )


def restored_of(found: dict[str, Any]) -> Restored:
    """What `POST …/notebooks/restore` answers."""
    cells: dict[str, Any] = {name: tuple(found[name]) for name in _CELLS}
    return Restored(**{**found, **cells})


def _comparison_of(found: dict[str, Any]) -> Comparison:
    cells = tuple(CellDifference(**{**cell, "lines": tuple(cell["lines"])}) for cell in found["cells"])
    return Comparison(**{**found, "cells": cells})
