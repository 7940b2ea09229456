"""The tool that runs Python in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import InvalidArguments
from ..content import Content
from ..context import ToolContext
from ..declaration import declared
from ..preview import Preview
from ..target import Target
from ..tool import Tool
from .last_value import with_last_value
from .sandboxed import SandboxedRuns


def python_tool(runs: SandboxedRuns) -> Tool:
    """`run_python`."""

    async def run_python(code: str, context: ToolContext, seconds: float | None = None) -> Content:
        """Run Python code in a sandbox, with the packages that are installed here, and see what it prints, and the value of its last line.

        It has no network and none of the notebook's variables. It can read the notebook's folder (NOTEBOOK_FOLDER)
        and write to its working folder, which the next call finds as this one leaves it. Images that it saves there
        are shown.

        Args:
            code: The source of a whole program.
            context: The call's.
            seconds: The most that it may take.
        """
        return await runs.run(_checked(code), seconds, context)

    return declared(
        run_python,
        effects=["execute"],
        title="Run Python in the sandbox",
        target=_target,
        preview=_preview,
        timeout=runs.seconds,
        sandboxed=True,
    )


def _checked(code: str) -> str:
    """The program as it is run; what is no Python is refused before a sandbox is built for it."""
    try:
        return with_last_value(code)
    except (SyntaxError, ValueError) as error:
        place = f" in line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        raise InvalidArguments(f"This is no Python{place}: {getattr(error, 'msg', error)}.") from error
    except (RecursionError, MemoryError) as error:
        raise InvalidArguments("This is nested too deep to be Python.") from error


def _target(_arguments: Mapping[str, Any], _context: ToolContext) -> Target:
    return Target("process", "python in the sandbox")


def _preview(arguments: Mapping[str, Any], _context: ToolContext) -> Preview:
    return Preview(
        "Runs this Python code in the sandbox: no network, nothing of yours is changed.", code=arguments["code"]
    )
