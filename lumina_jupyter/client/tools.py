"""Tools, approvals, rules and the audit log as a server tells them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..errors import ServerUnreachable, StreamBroken
from ..tools import (
    CONTENT_KINDS,
    Approval,
    AuditEntry,
    ContentPart,
    Declaration,
    Preview,
    Rule,
    Target,
    Tool,
    ToolInfo,
    ToolOutcome,
)
from .refusals import error_of

if TYPE_CHECKING:
    import httpx


def tool_info_of(found: dict[str, Any]) -> ToolInfo:
    """A tool."""
    return ToolInfo(**{**found, "effects": tuple(found["effects"])})


def outcome_of(found: dict[str, Any]) -> ToolOutcome:
    """What became of a call."""
    return ToolOutcome(**{**found, "content": tuple(map(_part_of, found["content"]))})


def approval_of(found: dict[str, Any]) -> Approval:
    """An approval."""
    return Approval(
        **{
            **found,
            "effects": tuple(found["effects"]),
            "scopes": tuple(found["scopes"]),
            "target": Target(**found["target"]),
            "preview": None if found["preview"] is None else Preview(**found["preview"]),
        }
    )


def rule_of(found: dict[str, Any]) -> Rule:
    """A rule."""
    return Rule(**found)


def audit_entry_of(found: dict[str, Any]) -> AuditEntry:
    """A line of the audit log."""
    return AuditEntry(**{**found, "effects": tuple(found["effects"])})


def call_tool(http: httpx.Client, name: str, body: dict[str, Any]) -> ToolOutcome:
    """Call a tool, however long it takes.

    Raises:
        LuminaError: when it could not be called.
    """
    import httpx

    try:
        with http.stream("POST", f"tools/{name}/call", json=body) as response:
            if response.status_code != 200:
                response.read()
                raise error_of(response)
            event = ""
            for line in response.iter_lines():
                if line.startswith("event: "):
                    event = line[7:]
                elif line.startswith("data: ") and event == "outcome":
                    return outcome_of(json.loads(line[6:]))
    except httpx.HTTPError as error:
        raise ServerUnreachable(f"The Jupyter server cannot be reached: {error}.") from error
    raise StreamBroken("The Jupyter server's answer ended before it was complete.")


def declarations(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """Tools of a notebook as the server is told of them."""
    return [
        asdict(
            Declaration(
                name=tool.name,
                title=tool.title,
                description=tool.description,
                parameters=dict(tool.parameters),
                effects=tuple(sorted(tool.effects)),
                timeout=tool.timeout,
            )
        )
        for tool in tools
    ]


def _part_of(found: dict[str, Any]) -> ContentPart:
    made: ContentPart = CONTENT_KINDS[found["type"]](**found)
    return made
