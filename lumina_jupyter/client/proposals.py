"""Proposals and undoable steps as a server tells them."""

from __future__ import annotations

from typing import Any

from ..collaboration.proposals.hunks import Hunk
from ..collaboration.proposals.proposal import Decision, Proposal, ProposedChange
from ..collaboration.undo.undo import Step, UndoResult


def proposal_of(found: dict[str, Any]) -> Proposal:
    """A proposal."""
    decisions = tuple(Decision(**{**each, "hunks": tuple(each["hunks"])}) for each in found["decisions"])
    changes = tuple(map(_change_of, found["changes"]))
    return Proposal(**{**found, "changes": changes, "decisions": decisions})


def step_of(found: dict[str, Any]) -> Step:
    """A step of an agent."""
    return Step(**{**found, "undone_cells": tuple(found["undone_cells"])})


def undo_result_of(found: dict[str, Any]) -> UndoResult:
    """What an undo or redo did."""
    return UndoResult(**{**found, "steps": tuple(found["steps"]), "cells": tuple(found["cells"])})


def _change_of(found: dict[str, Any]) -> ProposedChange:
    return ProposedChange(**{**found, "hunks": tuple(Hunk(**each) for each in found["hunks"])})
