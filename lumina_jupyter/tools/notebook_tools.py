"""Tools that a notebook declares: functions in its kernel, which run there when somebody calls them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from typing import Any, ClassVar

from ..context.kernel.kernels import Kernels
from ..context.kernel.messages import Messages, NoAnswer
from ..errors import InvalidSetting, KernelUnavailable, ToolFailed
from .content import CONTENT_KINDS, Content, ContentPart, JsonContent
from .context import ToolContext
from .effects import EFFECTS, Effect
from .schema import check_by_schema
from .target import Target
from .tool import NAME, Tool

MODULE = "lumina_jupyter.magics.declared_tools"
"""What answers in the kernel."""
MOST_TOOLS = 100
MOST_CHARACTERS = 20_000
"""Characters of a tool's description and schema at most."""
ANSWER_SECONDS = 10.0
"""Seconds that a kernel gets to answer each question; the tool's own time is not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a kernel says of one of its tools; `timeout` is in seconds."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    name: str
    description: str
    parameters: dict[str, Any]
    effects: tuple[Effect, ...]
    title: str = ""
    timeout: float = 60.0


def notebook_tool(declaration: Declaration, notebook: str, kernel_id: str, kernels: Kernels) -> Tool:
    """The tool behind a declaration.

    Raises:
        InvalidSetting: when it cannot be one.
    """
    name, effects = declaration.name, frozenset(declaration.effects)
    if not NAME.fullmatch(name):
        raise InvalidSetting(f"{name[:80]!r} cannot be a tool's name.", hint="Use letters, digits, _ and -.")
    if not effects or not effects <= set(EFFECTS):
        raise InvalidSetting(f"The tool {name} needs effects out of {', '.join(EFFECTS)}.", hint="Name at least one.")
    if len(declaration.description) + len(json.dumps(declaration.parameters)) > MOST_CHARACTERS:
        raise InvalidSetting(f"The description of the tool {name} is too long.", hint="Say it in fewer words.")
    if not 0 < declaration.timeout <= 3600:
        raise InvalidSetting(f"The tool {name} may take from 0 to 3600 s.", hint="Choose another time limit.")

    def target(_arguments: Mapping[str, Any], _context: ToolContext) -> Target:
        return Target("kernel", kernel_id, notebook)

    return Tool(
        name=name,
        title=declaration.title or name.replace("_", " ").capitalize(),
        description=declaration.description,
        parameters=declaration.parameters,
        effects=effects,
        source=f"notebook:{notebook}",
        timeout=declaration.timeout,
        check=check_by_schema(name, declaration.parameters),
        target=target,
        run=partial(_run, name, kernel_id, kernels),
    )


async def _run(
    name: str, kernel_id: str, kernels: Kernels, arguments: Mapping[str, Any], _context: ToolContext
) -> Content:
    kernel = kernels.running(kernel_id)
    if kernel is None or not kernel.connection:
        raise KernelUnavailable(f"The kernel that declared {name} does not run.", hint="Run its cell again.")
    messages = Messages(kernel.connection)
    call = token_hex(8)
    try:
        await messages.open(ANSWER_SECONDS)
        # On the control channel, so that a tool also runs while a cell of its own notebook waits for the answer.
        await messages.evaluate("", _expression("begin", call, name, json.dumps(dict(arguments))), ANSWER_SECONDS)
        try:
            told = ""
            while not told:
                # Waits in the kernel for a moment each time.
                told = str(await messages.evaluate("", _expression("collect", call), ANSWER_SECONDS))
        except asyncio.CancelledError:
            with suppress(NoAnswer, asyncio.CancelledError):
                await messages.evaluate("", _expression("forget", call), 0.2)
            raise
        return _content(name, json.loads(told))
    except NoAnswer as error:
        raise ToolFailed(f"The kernel did not run {name}: {error}") from error
    finally:
        messages.close()


def _expression(function: str, *arguments: str) -> str:
    # No name of ours goes into the user's namespace.
    given = ", ".join(map(repr, arguments))
    return f'__import__("{MODULE}", fromlist=["{function}"]).{function}({given})'


def _content(name: str, told: dict[str, Any]) -> Content:
    if "error" in told:
        raise ToolFailed(f"{name} failed: {told['error']}")
    return tuple(_part(part) for part in told["content"])


def _part(told: dict[str, Any]) -> ContentPart:
    if told["type"] == "json":
        return JsonContent(told.get("value"))
    kind = CONTENT_KINDS[told["type"]]
    made: ContentPart = kind(**{name: str(value) for name, value in told.items() if name != "type"})
    return made
