"""The tool that runs shell commands in the sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from ...errors import InvalidArguments
from ..content import Content
from ..context import ToolContext
from ..declaration import declared
from ..preview import Preview
from ..target import Target
from ..tool import Tool
from .sandboxed import SandboxedRuns


def shell_tool(runs: SandboxedRuns) -> Tool:
    """`run_shell`."""

    async def run_shell(command: str, context: ToolContext, seconds: float | None = None) -> Content:
        """Run a shell command in a sandbox and see what it prints.

        It has no network. It can read the notebook's folder (NOTEBOOK_FOLDER) and write to its working folder, which
        the next call finds as this one leaves it; nothing else of the user's is there.

        Args:
            command: The command, or several, for bash.
            context: The call's.
            seconds: The most that it may take.
        """
        if "\0" in command or not command.strip():
            raise InvalidArguments("`command` must be a shell command.")
        shell = shutil.which("bash", path="/usr/bin:/bin") or "/bin/sh"
        return await runs.run([shell, "-c", command], seconds, context)

    return declared(
        run_shell,
        effects=["execute"],
        title="Run a shell command in the sandbox",
        target=_target,
        preview=_preview,
        timeout=runs.seconds,
        sandboxed=True,
    )


def _target(_arguments: Mapping[str, Any], _context: ToolContext) -> Target:
    return Target("process", "shell in the sandbox")


def _preview(arguments: Mapping[str, Any], _context: ToolContext) -> Preview:
    return Preview(
        "Runs this command in the sandbox: no network, nothing of yours is changed.", code=arguments["command"]
    )
