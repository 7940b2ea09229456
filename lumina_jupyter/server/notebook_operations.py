"""The description of the routes over notebooks."""

from __future__ import annotations

from typing import Any

from ..collaboration.execution.run_events import RunEvent
from ..collaboration.notices import Notice
from ..collaboration.proposals.proposal import Proposal
from ..collaboration.seats import AgentAtWork
from ..collaboration.snapshots.gone import GoneNotebook
from ..collaboration.snapshots.history import Moment, MomentView, Restored
from ..collaboration.undo.undo import Step, UndoResult
from ..tools.pages import PageRequest
from .cell_bodies import CellChange, NewCell, NewRun, NotebookContent, Written
from .handlers.notebook_history import MOST_MOMENTS, Restore
from .handlers.notebook_proposals import NewProposal, NewVerdict
from .handlers.notebook_undo import Undoable
from .handlers.page_requests import PageAnswer
from .operation import FLAG, KERNEL, NOTEBOOK, REF, TEXT, Operation, Schema, object_of

_PROPOSALS: Schema = {"type": "array", "items": {"$ref": REF.format(model="Proposal")}}
_STEPS: Schema = {"type": "array", "items": {"$ref": REF.format(model="Step")}}
_AGENTS: Schema = {"type": "array", "items": {"$ref": REF.format(model="AgentAtWork")}}
_FRAMES: dict[str, Schema] = {
    "proposals": object_of(proposals=_PROPOSALS),
    "steps": object_of(steps=_STEPS),
    "agents": object_of(agents=_AGENTS),
    "requests": object_of(requests={"type": "array", "items": {"$ref": REF.format(model="PageRequest")}}),
    "file": object_of(file={"type": "object", "properties": {"last_modified": {"type": "string"}}}),
}
NOTEBOOK_FRAME_TYPES: tuple[Any, ...] = (Proposal, Step, AgentAtWork, PageRequest)
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

_UNDO_OPERATIONS = (
    Operation(
        method="get",
        path="/lumina/api/notebooks/runs",
        summary="What agents did to a notebook and can be undone or redone, by step, the oldest first.",
        lists={"steps": Step},
        query={"path": NOTEBOOK, "kernel_id": KERNEL},
    ),
    Operation(
        method="post",
        path="/lumina/api/notebooks/undo",
        summary="Take back a run, a step or what was done to a cell; what people wrote since stays.",
        request=Undoable,
        answer=UndoResult,
    ),
    Operation(
        method="post",
        path="/lumina/api/notebooks/redo",
        summary="Bring again what was undone.",
        request=Undoable,
        answer=UndoResult,
    ),
)

_EVENTS = Operation(
    method="get",
    path="/lumina/api/notebooks/events",
    summary="What somebody who has the notebook open needs to know: all of it at first, then each topic that changes.",
    frames=_FRAMES,
    query={"path": NOTEBOOK, "kernel_id": KERNEL},
)

_PAGES = Operation(
    method="post",
    path="/lumina/api/pages/requests/{request_id}",
    summary="Say what became of a request to one's own page, as `notebooks/events` told it. Closed to kernels.",
    request=PageAnswer,
    status=204,
)

_HASH: Schema = {"type": "string", "description": "The hash with which the cell was read."}
_CELL_OPERATIONS = (
    Operation(
        method="get",
        path="/lumina/api/notebooks/content",
        summary="A notebook as it is now, each cell with its hash; without outputs and attachments for `outputs=0`.",
        answer=NotebookContent,
        query={"path": NOTEBOOK, "kernel_id": KERNEL, "outputs": {**FLAG, "default": 1}},
    ),
    Operation(
        method="post",
        path="/lumina/api/notebooks/cells",
        summary="Put a cell in.",
        request=NewCell,
        answer=Written,
    ),
    Operation(
        method="patch",
        path="/lumina/api/notebooks/cells/{cell_id}",
        summary="Change a cell; 409 with its new text when it is not as it was read.",
        request=CellChange,
        answer=Written,
    ),
    Operation(
        method="delete",
        path="/lumina/api/notebooks/cells/{cell_id}",
        summary="Take a cell away; 409 with its new text when it is not as it was read.",
        answer=Written,
        query={
            "path": NOTEBOOK,
            "kernel_id": KERNEL,
            "base_hash": _HASH,
            "run": TEXT,
            "step": {"type": "integer", "minimum": 0, "default": 0},
        },
    ),
)
_RUN_OPERATIONS = (
    Operation(
        method="post",
        path="/lumina/api/notebooks/run",
        summary="Run cells on the notebook's own kernel; the run goes on whoever listens. Closed to kernels.",
        request=NewRun,
        event=RunEvent,
    ),
    Operation(
        method="get",
        path="/lumina/api/notebooks/run/{run_id}",
        summary="How a run went so far, and how it goes on; closed to kernels.",
        event=RunEvent,
    ),
    Operation(
        method="post",
        path="/lumina/api/notebooks/run/{run_id}/interrupt",
        summary="Interrupt a run; whether it was under way. Closed to kernels.",
        schema=object_of(interrupted={"type": "boolean"}),
    ),
)

_HISTORY_OPERATIONS = (
    Operation(
        method="get",
        path="/lumina/api/notebooks/notices",
        summary="What was done to a live notebook so that nothing of it is lost, the newest first.",
        lists={"notices": Notice},
        query={"path": NOTEBOOK, "kernel_id": KERNEL},
    ),
    Operation(
        method="get",
        path="/lumina/api/notebooks/gone",
        summary="Notebooks that have a history and no file any more, the last kept first.",
        lists={"notebooks": GoneNotebook},
    ),
    Operation(
        method="get",
        path="/lumina/api/notebooks/history",
        summary="A notebook's moments, the newest first; also of one that is gone.",
        lists={"moments": Moment},
        query={
            "path": NOTEBOOK,
            "kernel_id": KERNEL,
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST_MOMENTS, "default": 200},
        },
    ),
    Operation(
        method="get",
        path="/lumina/api/notebooks/history/{snapshot}",
        summary="What a notebook was; or what changed from then to another moment, or to now.",
        answer=MomentView,
        query={
            "path": NOTEBOOK,
            "kernel_id": KERNEL,
            "against": {"type": "string", "description": "A moment's id, or `now`."},
        },
    ),
    Operation(
        method="post",
        path="/lumina/api/notebooks/restore",
        summary="Make a notebook, or one cell of it, what it was; what it is now is kept first. Writes anew one that is gone.",
        request=Restore,
        answer=Restored,
    ),
)

NOTEBOOK_OPERATIONS = (
    *_HISTORY_OPERATIONS,
    *_CELL_OPERATIONS,
    *_RUN_OPERATIONS,
    _EVENTS,
    _PAGES,
    *_PROPOSAL_OPERATIONS,
    *_UNDO_OPERATIONS,
)
