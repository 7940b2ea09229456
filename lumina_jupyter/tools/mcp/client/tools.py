"""A server's tools, resources and prompts as tools of ours."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from ....errors import InvalidArguments
from ....telemetry.redaction import redact
from ...content import Content, JsonContent
from ...context import ToolContext
from ...effects import EFFECTS, Effect
from ...target import Target
from ...tool import Tool
from ...unseen import UNSEEN
from .config import ServerConfig
from .names import source_of, tool_name
from .schema import mismatch

if TYPE_CHECKING:
    from .wire.connection import Connection, Offer, Offered

MOST_DESCRIPTION = 2_000
MOST_TITLE = 100
SLACK_SECONDS = 600.0
"""What a call may take beyond its own time, which the connection keeps: its server may have to be started first."""

Connected = Callable[[], "Awaitable[Connection]"]
"""The server's connection, as soon as there is one.

Raises McpServerUnavailable when there is none to be had.
"""
Use = Callable[["Connection", Mapping[str, Any], ToolContext], "Awaitable[Content]"]


def tools_of(config: ServerConfig, offer: Offer, connected: Connected, seconds: float) -> list[Tool]:
    """Everything that a server offers, as tools.

    Args:
        config: Its entry.
        offer: What it offers.
        connected: Gives the connection when a tool is called.
        seconds: The limit of a call.
    """
    maker = _Maker(config, connected, seconds)
    made = [maker.tool(each) for each in offer.tools]
    taken = {tool.name for tool in made}
    beside = []
    if offer.resources:
        beside += [maker.list_resources(), maker.read_resource()]
    if offer.prompts:
        beside += [maker.list_prompts(), maker.get_prompt()]
    # A server's own tool of that name is the one that its author meant.
    return made + [tool for tool in beside if tool.name not in taken]


def effects_of(tool: Offered, *, trusted: bool) -> frozenset[Effect]:
    """What a tool may do: everything, unless a person said that its server's word is to be believed.

    What a server leaves unsaid is what the protocol says then: it writes, it destroys, it reaches out.
    """
    if not trusted:
        return frozenset(EFFECTS)
    found: set[Effect] = {"read"}
    if tool.read_only is not True:
        found.add("write")
        if tool.destructive is not False:
            found.add("execute")
    if tool.open_world is not False:
        found.add("network")
    return frozenset(found)


def seen(text: str, most: int) -> str:
    """A server's text as a person would see it, no longer than allowed, without keys."""
    cleaned = redact(UNSEEN.sub("", text)).strip()
    return cleaned if len(cleaned) <= most else f"{cleaned[:most]} …"


class _Maker:
    def __init__(self, config: ServerConfig, connected: Connected, seconds: float) -> None:
        self._config = config
        self._connected = connected
        self._seconds = seconds

    def tool(self, offered: Offered) -> Tool:
        async def use(connection: Connection, arguments: Mapping[str, Any], context: ToolContext) -> Content:
            return await connection.call(offered, arguments, context)

        return self._made(
            offered.name,
            seen(offered.title, MOST_TITLE),
            seen(offered.description, MOST_DESCRIPTION),
            {"type": "object", "properties": {}, **offered.parameters},
            effects_of(offered, trusted=self._config.trusted),
            use,
        )

    def list_resources(self) -> Tool:
        async def use(connection: Connection, _arguments: Mapping[str, Any], context: ToolContext) -> Content:
            return (JsonContent(await connection.list_resources(context)),)

        return self._made(
            "list_resources", "List resources", "The resources that can be read.", _schema(), self._reading(), use
        )

    def read_resource(self) -> Tool:
        async def use(connection: Connection, arguments: Mapping[str, Any], context: ToolContext) -> Content:
            return await connection.read_resource(arguments["uri"], context)

        schema = _schema(uri={"type": "string", "description": "As list_resources gives it."})
        return self._made("read_resource", "Read a resource", "A resource's content.", schema, self._reading(), use)

    def list_prompts(self) -> Tool:
        async def use(connection: Connection, _arguments: Mapping[str, Any], context: ToolContext) -> Content:
            return (JsonContent(await connection.list_prompts(context)),)

        return self._made(
            "list_prompts", "List prompts", "The prompts that can be had.", _schema(), self._reading(), use
        )

    def get_prompt(self) -> Tool:
        async def use(connection: Connection, arguments: Mapping[str, Any], context: ToolContext) -> Content:
            return await connection.get_prompt(arguments["name"], arguments.get("arguments") or {}, context)

        schema = _schema(name={"type": "string"})
        schema["properties"]["arguments"] = {"type": "object", "additionalProperties": {"type": "string"}}
        return self._made("get_prompt", "Get a prompt", "A prompt's messages.", schema, self._reading(), use)

    def _reading(self) -> frozenset[Effect]:
        """What reading a resource may do: a server that is not trusted may do anything then."""
        return frozenset({"read"}) if self._config.trusted else frozenset(EFFECTS)

    def _made(
        self, name: str, title: str, description: str, schema: dict[str, Any], effects: frozenset[Effect], use: Use
    ) -> Tool:
        server = self._config.name
        known_as = tool_name(server, name)
        place = Target("url" if self._config.url else "process", f"{server}: {name}"[:200])

        def check(arguments: Mapping[str, Any]) -> dict[str, Any]:
            given = dict(arguments)
            wrong = mismatch(schema, given)
            if wrong:
                raise InvalidArguments(f"Wrong arguments for {known_as}: {wrong}")
            return given

        async def run(arguments: Mapping[str, Any], context: ToolContext) -> Content:
            return await use(await self._connected(), arguments, context)

        return Tool(
            name=known_as,
            title=title or name,
            description=f"[MCP server {server}] {description}",
            parameters=json.loads(json.dumps(schema)),
            effects=effects,
            source=source_of(server),
            timeout=self._seconds + SLACK_SECONDS,
            check=check,
            run=run,
            target=lambda _arguments, _context: place,
        )


def _schema(**required: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(required), "required": list(required), "additionalProperties": False}
