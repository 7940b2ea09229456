"""The description of the routes over notebooks."""

from __future__ import annotations

from typing import Any

from ..collaboration.proposal import Proposal
from .handlers.notebook_proposals import NewProposal, NewVerdict
from .operation import FLAG, KERNEL, NOTEBOOK, REF, Operation, Schema, object_of

_PROPOSALS: Schema = {"type": "array", "items": {"$ref": REF.format(model="Proposal")}}
_FRAMES: dict[str, Schema] = {"proposals": object_of(proposals=_PROPOSALS)}
NOTEBOOK_FRAME_TYPES: tuple[Any, ...] = (Proposal,)
"""Types that streams hold and nothing else answers."""

_PROPOSAL_OPERATIONS = (
    Operation(
        method="get",
        path="/lumina/api/notebooks/proposals",
        summary="What is proposed for a notebook and left to decide, the oldest first; all with `decided`.",
        lists={"proposals": Proposal},
        query={"path": NOTEBOOK, "kernel_id": KERNEL, "decided": FLAG},
    ),
    Operation(
        method="post",
        path="/lumina/api/notebooks/proposals",
        summary="Propose changes; the notebook stays as it is until somebody accepts something of them.",
        request=NewProposal,
        answer=Proposal,
    ),
    *(
        Operation(
            method="post",
            path=f"/lumina/api/notebooks/proposals/{{proposal_id}}/{word}",
            summary=f"{word.capitalize()} hunks of a cell, all that is left in a cell, or all that is left.",
            request=NewVerdict,
            answer=Proposal,
        )
        for word in ("accept", "refuse")
    ),
)

_EVENTS = Operation(
    method="get",
    path="/lumina/api/notebooks/events",
    summary="What somebody who has the notebook open needs to know: all of it at first, then each topic that changes.",
    frames=_FRAMES,
    query={"path": NOTEBOOK, "kernel_id": KERNEL},
)

NOTEBOOK_OPERATIONS = (_EVENTS, *_PROPOSAL_OPERATIONS)
