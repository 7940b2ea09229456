"""How one route is described: what it takes, what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "integer", "enum": [0, 1], "default": 0}
KERNEL: Schema = {"type": "string", "description": "Id of a kernel; its notebook is meant."}
NOTEBOOK: Schema = {"type": "string", "description": "Path of a notebook below the server's root."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path. `request` and `answer` are types, `lists` maps names to the types of lists."""

    method: Literal["get", "put", "post", "patch", "delete"]
    path: str
    summary: str
    request: Any = None
    answer: Any = None
    lists: dict[str, Any] = field(default_factory=dict)
    schema: Schema | None = None
    stream: bool = False
    event: Any = None
    """What the stream's events hold, where they are none of `events`."""
    frames: dict[str, Schema] = field(default_factory=dict)
    """What the `data` of the stream's events holds, by the events' names."""
    media_types: tuple[str, ...] = ()
    """What it answers where that is a file."""
    query: dict[str, Schema] = field(default_factory=dict)
    status: int = 200


def object_of(**properties: Schema) -> Schema:
    """The schema of an object that holds exactly these."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
