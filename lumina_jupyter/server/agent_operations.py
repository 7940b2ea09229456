"""The description of the routes over runs of the agent."""

from __future__ import annotations

from typing import Any

from ..agent import Gear, RunView
from ..agent.personas import KnownPersonas
from ..agent.run_events import run_event_classes
from .agent_bodies import NewAgentRun, NewPlanVerdict, NewReply, NewShift, NewUndo
from .operation import KERNEL, NOTEBOOK, REF, Operation, Schema, object_of

_AFTER: dict[str, Schema] = {"after": {"type": "integer", "minimum": 0, "default": 0}}
AGENT_EVENT = "AgentEvent"
"""The schema of any of a run's events."""
_LOGGED: Schema = object_of(
    sequence={"type": "integer"}, at={"type": "number"}, event={"$ref": REF.format(model=AGENT_EVENT)}
)
AGENT_EVENT_TYPES: tuple[Any, ...] = tuple(run_event_classes().values())
"""Types that the log of a run holds."""

AGENT_OPERATIONS = (
    Operation(
        method="get", path="/lumina/api/gears", summary="The gears that the agent works in.", lists={"gears": Gear}
    ),
    Operation(
        method="get",
        path="/lumina/api/personas",
        summary="Who can be asked and who can work as the agent, and the files that are no personas.",
        answer=KnownPersonas,
    ),
    Operation(
        method="get",
        path="/lumina/api/runs",
        summary="Runs of the agent, the newest first.",
        lists={"runs": RunView},
        query={"notebook": NOTEBOOK, "kernel_id": KERNEL},
    ),
    Operation(
        method="post",
        path="/lumina/api/runs",
        summary="Give the agent something to do; the run goes on whoever leaves. A kernel may do so in its own notebook.",
        request=NewAgentRun,
        answer=RunView,
        status=202,
    ),
    Operation(method="get", path="/lumina/api/runs/{run_id}", summary="One run, as it is now.", answer=RunView),
    Operation(
        method="get",
        path="/lumina/api/runs/{run_id}/events",
        summary="What happened in a run after an event's number.",
        schema=object_of(events={"type": "array", "items": _LOGGED}),
        query=_AFTER,
    ),
    Operation(
        method="get",
        path="/lumina/api/runs/{run_id}/stream",
        summary="What happened after a number (or after Last-Event-ID), and then whatever does; `over` at its end.",
        frames={"entry": _LOGGED, "over": object_of()},
        query=_AFTER,
    ),
    Operation(
        method="post",
        path="/lumina/api/runs/{run_id}/plan",
        summary="Approve or refuse the plan; closed to kernels unless a setting opens it.",
        request=NewPlanVerdict,
        answer=RunView,
    ),
    Operation(
        method="post",
        path="/lumina/api/runs/{run_id}/reply",
        summary="Answer what the run asked; closed to kernels unless a setting opens it.",
        request=NewReply,
        answer=RunView,
    ),
    *(
        Operation(method="post", path=f"/lumina/api/runs/{{run_id}}/{word}", summary=summary, answer=RunView)
        for word, summary in {
            "pause": "Hold the run before its next step.",
            "resume": "Let it go on, also after the server was restarted.",
            "stop": "Stop it, at any point; what it did stays until it is undone.",
        }.items()
    ),
    Operation(
        method="post",
        path="/lumina/api/runs/{run_id}/shift",
        summary="Another gear, from the next step, phase or task on; a kernel may only shift to a more careful one.",
        request=NewShift,
        answer=RunView,
    ),
    *(
        Operation(
            method="post", path=f"/lumina/api/runs/{{run_id}}/{word}", summary=summary, request=NewUndo, answer=RunView
        )
        for word, summary in {
            "undo": "Take back a step, or all that the run did: cells, files and variables.",
            "redo": "Bring again what was undone.",
        }.items()
    ),
)


def logged_event_schemas(schemas: dict[str, Schema]) -> dict[str, Schema]:
    """The schemas of a run's events, each with the `type` that it has in the log, and `AgentEvent` for any of them."""
    made: dict[str, Schema] = {}
    mapping: dict[str, str] = {}
    for name, cls in run_event_classes().items():
        plain = schemas[cls.__name__]
        properties = {"type": {"type": "string", "const": name}, **plain.get("properties", {})}
        made[cls.__name__] = {**plain, "properties": properties, "required": list(properties)}
        mapping[name] = REF.format(model=cls.__name__)
    made[AGENT_EVENT] = {
        "oneOf": [{"$ref": reference} for reference in mapping.values()],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }
    return made
