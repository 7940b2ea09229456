"""`@lumina.tool`: a function of a notebook as a tool, and how the server has it run in the notebook's kernel."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ..errors import LuminaError, NotFound

if TYPE_CHECKING:
    from ..tools import Effect, Tool

F = TypeVar("F", bound=Callable[..., Any])

COLLECT_SECONDS = 0.2
"""Seconds that one question for a result waits at most: the kernel's control channel is for others, too."""

_tools: dict[str, Tool] = {}
_calls: dict[str, _Call] = {}


class _Call:
    """A call that runs in a thread of its own."""

    def __init__(self, tool: Tool, arguments: str) -> None:
        self._tool = tool
        self._arguments = arguments
        self.done = threading.Event()
        self.result = ""
        threading.Thread(target=self._run, name=f"lumina-tool-{tool.name}", daemon=True).start()

    def _run(self) -> None:
        from ..telemetry.redaction import redact
        from ..tools import Actor, ToolContext

        try:
            context = ToolContext(actor=Actor("user", ""))
            checked = self._tool.check(json.loads(self._arguments))
            content = asyncio.run(_awaited(self._tool, checked, context))
            self.result = json.dumps({"content": [asdict(part) for part in content]}, default=str)
        except LuminaError as error:
            self.result = json.dumps({"error": str(error)})
        except BaseException as error:  # noqa: BLE001 - whatever the function raises is its caller's to know
            self.result = json.dumps({"error": redact(f"{type(error).__name__}: {error}"[:2000])})
        finally:
            self.done.set()


async def _awaited(tool: Tool, arguments: dict[str, Any], context: Any) -> Any:
    return await tool.run(arguments, context)


# --- for the notebook ------------------------------------------------------------------------------


@overload
def tool(function: F) -> F: ...


@overload
def tool(
    *, effects: Iterable[Effect] = ("execute",), name: str | None = None, timeout: float = 60.0
) -> Callable[[F], F]: ...


def tool(
    function: F | None = None,
    *,
    effects: Iterable[Effect] = ("execute",),
    name: str | None = None,
    timeout: float = 60.0,
) -> F | Callable[[F], F]:
    """Let models call a function of this notebook: `@lumina.tool` or `@lumina.tool(effects=["read"])`.

    The model is told its name, its docstring and the types of its parameters. It stays an ordinary function.

    Args:
        function: The function; its parameters need annotations.
        effects: What it can do: `read`, `write`, `execute`, `network`. Only what just reads is called without asking.
        name: What models call it; the function's own name when omitted.
        timeout: Seconds that it may take.

    Raises:
        LuminaError: when it cannot be a tool.
    """
    if function is None:
        return lambda decorated: _declare(decorated, effects, name, timeout)
    return _declare(function, effects, name, timeout)


def _declare(function: F, effects: Iterable[Effect], name: str | None, timeout: float) -> F:
    from ..tools import declared

    made = declared(function, effects=effects, name=name, timeout=timeout, source="notebook:")
    _tools[made.name] = made
    announce()
    return function


def announce() -> None:
    """Tell Lumina which tools this notebook has now.

    Raises:
        LuminaError: when they are refused, or nobody can be told.
    """
    from ..client import connect
    from .identity import identify

    shell = _shell()
    identity = identify(shell) if shell is not None else None
    notebook = identity.notebook if identity is not None else ""
    source = f"notebook:{notebook}"
    tools = [replace(each, source=source) for each in _tools.values()]
    connect().declare_tools(tools, notebook=notebook, kernel_id=identity.kernel_id if identity is not None else "")


def _shell() -> Any:
    from IPython.core.getipython import get_ipython

    return get_ipython()


# --- for the server --------------------------------------------------------------------------------


def begin(call: str, name: str, arguments: str) -> bool:
    """Begin a call of a tool, with arguments as JSON text.

    Raises:
        NotFound: when this kernel has no tool of that name.
    """
    found = _tools.get(name)
    if found is None:
        raise NotFound(f"This kernel has no tool {name}: it was restarted since.", hint="Run the tool's cell again.")
    _calls[call] = _Call(found, arguments)
    return True


def collect(call: str) -> str:
    """The result of a call as JSON text; empty while it runs."""
    running = _calls.get(call)
    if running is None:
        return json.dumps({"error": "the call is not known any more"})
    if not running.done.wait(COLLECT_SECONDS):
        return ""
    del _calls[call]
    return running.result


def forget(call: str) -> bool:
    """Give a call's result up; its function runs on to its end, for a thread cannot be stopped."""
    return _calls.pop(call, None) is not None
