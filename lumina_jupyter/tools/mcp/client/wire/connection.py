"""One connection to one server, from its start to its end."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import mcp_types as types
from mcp import Client
from mcp.client import InputRequiredRoundsExceededError
from mcp.shared.dispatcher import ProgressFnT
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from ....._version import __version__
from .....errors import LuminaError, McpCallFailed, McpServerMisbehaved, McpServerUnavailable
from .....gateway import KeyStore
from .....telemetry.redaction import redact
from ....content import Content, TextContent
from ....context import ToolContext
from ..config import ServerConfig
from ..host import Host
from ..limits import Limits
from ..schema import mismatch
from .asking import Asking
from .guard import OUTPUT_SCHEMA, Fate, GuardedStream
from .http import Answered, address
from .oauth import NobodyThere, SignIn, oauth
from .results import content_of_prompt, content_of_result, part_of_resource
from .stdio import Printed, program
from .tasks import Tasks, call_as_task

MOST_MESSAGE = 4_000
"""Characters of what a server says went wrong."""

T = TypeVar("T")
Transport = AbstractAsyncContextManager[tuple[Any, Any]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A tool as its server describes it; nothing of it is trusted."""

    name: str
    title: str
    description: str
    parameters: Mapping[str, Any]
    read_only: bool | None
    destructive: bool | None
    open_world: bool | None
    as_task: bool
    output: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a server offers."""

    tools: tuple[Offered, ...]
    resources: bool
    prompts: bool
    version: str
    name: str
    instructions: str
    left_out: tuple[str, ...] = ()
    """Tools that cannot be used, and why."""


class Connection:
    """A server that is connected.

    Args:
        config: Its entry.
        client: The SDK's client.
        fate: When and why it ends.
        asking: Answers its questions.
        limits: What it may do.
        told: Whether it has said what it offers.
    """

    def __init__(
        self, config: ServerConfig, client: Client, fate: Fate, asking: Asking, limits: Limits, *, told: bool = True
    ) -> None:
        self._told = told
        self._config = config
        self._client = client
        self.fate = fate
        self._asking = asking
        self._limits = limits

    # --- what it offers ---------------------------------------------------------------------------

    async def offer(self) -> Offer:
        """What the server offers now."""
        capabilities = self._client.server_capabilities
        tools: list[Offered] = []
        left_out: list[str] = []
        if capabilities.tools is not None or not self._told:
            for tool in await self._pages(self._client.list_tools, "tools"):
                if len(tools) == self._limits.tools:
                    left_out.append(f"it has more than {self._limits.tools} tools")
                    break
                try:
                    tools.append(_offered(tool, self._limits.schema))
                except McpServerMisbehaved as error:
                    left_out.append(error.message)
        info = self._client.server_info
        return Offer(
            tools=tuple(tools),
            resources=capabilities.resources is not None,
            prompts=capabilities.prompts is not None,
            version=self._client.protocol_version,
            name=f"{info.name} {info.version}"[:120] if info is not None else "",
            instructions=(self._client.session.instructions or "")[:MOST_MESSAGE],
            left_out=tuple(left_out),
        )

    async def _pages(self, fetch: Callable[..., Awaitable[Any]], what: str) -> list[Any]:
        found: list[Any] = []
        cursor: str | None = None
        for _page in range(self._limits.pages):
            page = await fetch(cursor=cursor, cache_mode="refresh")
            found += getattr(page, what)
            cursor = page.next_cursor
            if cursor is None:
                return found
        raise McpServerMisbehaved(f"Its list of {what} has more than {self._limits.pages} pages.")

    async def watch(self, changed: Callable[[], None]) -> None:
        """Call `changed` when a server of 2026-07-28 says that its tools changed; older ones say it by themselves."""
        tools = self._client.server_capabilities.tools
        if self._client.protocol_version not in MODERN_PROTOCOL_VERSIONS or tools is None or not tools.list_changed:
            return
        try:
            async with self._client.listen(tools_list_changed=True) as events:
                async for _event in events:
                    changed()
        except Exception as error:  # noqa: BLE001 - whatever it is, the server works without
            log.debug("the MCP server %s does not tell of changes: %s", self._config.name, redact(str(error)))

    # --- calls ------------------------------------------------------------------------------------

    async def call(self, tool: Offered, arguments: Mapping[str, Any], context: ToolContext) -> Content:
        """Call a tool.

        Raises:
            McpCallFailed: when the server says that it failed.
            McpServerUnavailable: when the server did not answer, or not as the protocol says.
        """

        async def send() -> Any:
            if tool.as_task and self._client.protocol_version not in MODERN_PROTOCOL_VERSIONS:
                return await call_as_task(self._client.session, tool.name, arguments, context.tell)
            return await self._client.call_tool(tool.name, dict(arguments), progress_callback=_telling(context))

        result = await self._within(f"{tool.name}", send, context)
        content = content_of_result(result)
        if result.is_error:
            text = "\n".join(part.text for part in content if isinstance(part, TextContent))
            raise McpCallFailed(f"{tool.name} failed: {redact(text)[:MOST_MESSAGE]}")
        if tool.output is not None and result.structured_content is not None:
            wrong = mismatch(tool.output, result.structured_content)
            if wrong:
                raise McpServerMisbehaved(
                    f"The result of {tool.name} is not what the MCP server {self._config.name} said it would be: {wrong}"
                )
        return content

    async def list_resources(self, context: ToolContext) -> Any:
        """The resources and the templates of resources, as JSON."""

        async def send() -> Any:
            found = await self._pages(self._client.list_resources, "resources")
            try:
                templates = await self._pages(self._client.list_resource_templates, "resource_templates")
            except MCPError:
                templates = []
            return {
                "resources": [_told(each, "uri") for each in found],
                "templates": [_told(each, "uri_template") for each in templates],
            }

        return await self._within("the list of resources", send, context)

    async def read_resource(self, uri: str, context: ToolContext) -> Content:
        """A resource's content."""
        result = await self._within(uri[:200], lambda: self._client.read_resource(uri), context)
        return tuple(part_of_resource(each) for each in result.contents) or (TextContent("The resource is empty."),)

    async def list_prompts(self, context: ToolContext) -> Any:
        """The prompts and their arguments, as JSON."""

        async def send() -> Any:
            return [
                {
                    **_told(each, "name"),
                    "arguments": [
                        {"name": one.name, "description": one.description, "required": bool(one.required)}
                        for one in each.arguments or ()
                    ],
                }
                for each in await self._pages(self._client.list_prompts, "prompts")
            ]

        return await self._within("the list of prompts", send, context)

    async def get_prompt(self, name: str, arguments: Mapping[str, str], context: ToolContext) -> Content:
        """A prompt's messages."""
        result = await self._within(name[:200], lambda: self._client.get_prompt(name, dict(arguments)), context)
        return content_of_prompt(result)

    async def _within(self, what: str, send: Callable[[], Awaitable[T]], context: ToolContext) -> T:
        """The answer to a request, within the time limit; every way in which it can fail as an error of ours."""
        seconds = self._config.timeout or self._limits.call
        server = self._config.name
        try:
            with self._asking.during(context, seconds):
                return await send()
        except MCPError as error:
            raise self._refusal(what, error) from error
        except InputRequiredRoundsExceededError as error:
            raise McpServerMisbehaved(
                f"The MCP server {server} asked for input more than {self._limits.rounds} times for {what}."
            ) from error
        except ValidationError as error:
            raise McpServerMisbehaved(
                f"The MCP server {server} answered {what} with what the protocol does not allow: {_first(error)}."
            ) from error
        except RuntimeError as error:
            raise McpServerMisbehaved(
                f"The MCP server {server} answered {what} with what it should not: {redact(str(error))[:500]}"
            ) from error
        except ExceptionGroup as group:
            raise reason_of(group, server) from group
        raise McpServerUnavailable(
            f"The MCP server {server} did not answer {what} within {seconds:g} seconds; "
            "what it did until then is not known.",
            hint='A longer "timeout" (seconds) in its entry in mcp.json gives it more.',
        )

    def _refusal(self, what: str, error: MCPError) -> LuminaError:
        server = self._config.name
        if self.fate.reason is not None:
            return self.fate.reason
        if error.code == types.CONNECTION_CLOSED or self.fate.ended.is_set():
            return McpServerUnavailable(
                f"The MCP server {server} went away during {what}; whether that took effect is not known."
            )
        return McpCallFailed(f"{what}: {redact(error.message)[:MOST_MESSAGE]}")


@asynccontextmanager
async def connect(
    config: ServerConfig,
    limits: Limits,
    host: Host,
    *,
    keys: KeyStore | None = None,
    sign_in: SignIn | None = None,
    changed: Callable[[], None] = lambda: None,
    protocol: str = "",
) -> AsyncGenerator[Connection, None]:
    """Start a server's program, or reach its address, and agree on a protocol.

    Args:
        config: The server's entry.
        limits: What it may do.
        host: Who answers its questions.
        keys: Where tokens of sign-ins are kept; None for no OAuth.
        sign_in: How a person signs in; when omitted nobody is there to do it.
        changed: Is called when the server says that its tools changed.
        protocol: The version to speak, without asking the server which it knows.

    Raises:
        McpServerUnavailable: when that fails, or the server broke off; it says why, and quotes what the server printed.
    """
    fate, printed, answered = Fate(), Printed(), Answered()
    asking = Asking(config.name, host, limits)
    if config.url:
        own = {name.lower() for name, _value in config.headers}
        signs = keys is not None and "authorization" not in own
        auth = oauth(config, keys, sign_in or NobodyThere(config.name)) if keys is not None and signs else None
        transport: Transport = address(config, limits, fate, answered, auth)
    else:
        transport = program(config, limits, fate, printed)

    async def heard(message: Any) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            changed()

    modern = protocol in MODERN_PROTOCOL_VERSIONS
    client = Client(
        _guarded(transport, limits, fate),
        mode=protocol if modern else "legacy" if protocol else "auto",
        client_info=types.Implementation(name="lumina-jupyter", title="Lumina for Jupyter", version=__version__),
        elicitation_callback=asking.elicit,
        sampling_callback=asking.sample,
        list_roots_callback=asking.folders,
        message_handler=heard,
        input_required_max_rounds=limits.rounds,
        extensions=[Tasks(asking.tell, limits.rounds)],
    )
    try:
        async with client:
            yield Connection(config, client, fate, asking, limits, told=not modern)
    except LuminaError:
        raise
    except (Exception, BaseExceptionGroup) as error:
        raise _broken(config, fate, printed, answered, error) from error


@asynccontextmanager
async def _guarded(transport: Transport, limits: Limits, fate: Fate) -> AsyncGenerator[tuple[Any, Any], None]:
    async with transport as (messages, outgoing):
        yield GuardedStream(messages, limits, fate), outgoing


def _broken(
    config: ServerConfig, fate: Fate, printed: Printed, answered: Answered, error: BaseException
) -> LuminaError:
    """Why a connection could not be made, or ended, for people."""
    reason = fate.reason if fate.reason is not None else reason_of(error, config.name)
    if isinstance(reason, McpServerUnavailable) and answered.status in (401, 403) and fate.reason is None:
        reason = McpServerUnavailable(
            f"The MCP server {config.name} does not let us in (HTTP {answered.status}).",
            hint=f"Run `lumina mcp login {config.name}`, or give it the header that it wants in mcp.json.",
        )
    if printed.tail:
        kind = type(reason)
        return kind(f"{reason.message} It printed: {printed.tail}", hint=reason.hint)
    return reason


def reason_of(error: BaseException, server: str) -> LuminaError:
    """What an exception of the SDK's means, of a group's first; an error of ours is itself."""
    while isinstance(error, BaseExceptionGroup):
        own = [each for each in error.exceptions if isinstance(each, LuminaError)]
        error = own[0] if own else error.exceptions[0]
    if isinstance(error, LuminaError):
        return error
    text = redact(str(error)).strip().rstrip(".")[:500] or type(error).__name__
    if isinstance(error, ValidationError):
        return McpServerMisbehaved(f"The MCP server {server} does not speak the protocol: {_first(error)}.")
    if isinstance(error, MCPError) and error.code == types.CONNECTION_CLOSED:
        text = "it ended before it answered"
    return McpServerUnavailable(f"The MCP server {server} cannot be used: {text}.")


def _first(error: ValidationError) -> str:
    wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in wrong["loc"])
    return f"{place}: {wrong['msg']}"[:300]


def _offered(tool: types.Tool, most: int) -> Offered:
    meta = dict(tool.meta or {})
    output = meta.get(OUTPUT_SCHEMA)
    size = len(tool.input_schema.__repr__()) + len(repr(output))
    if size > 4 * most:
        raise McpServerMisbehaved(f"the schema of {tool.name[:80]!r} is larger than {most:,} bytes")
    hints = tool.annotations or types.ToolAnnotations()
    return Offered(
        name=tool.name,
        title=tool.title or hints.title or tool.name,
        description=tool.description or "",
        parameters=tool.input_schema,
        read_only=hints.read_only_hint,
        destructive=hints.destructive_hint,
        open_world=hints.open_world_hint,
        as_task=tool.execution is not None and tool.execution.task_support == "required",
        output=output,
    )


def _told(each: Any, key: str) -> dict[str, Any]:
    told = {key: getattr(each, key), "name": each.name, "description": each.description}
    kind = getattr(each, "mime_type", None)
    return {name: value[:2000] for name, value in {**told, "mime_type": kind}.items() if isinstance(value, str)}


def _telling(context: ToolContext) -> ProgressFnT:
    async def tell(progress: float, total: float | None, message: str | None) -> None:
        share = f"{progress:g} of {total:g}" if total else f"{progress:g}"
        context.tell(f"{redact(message)[:300]} ({share})" if message else share)

    return tell
