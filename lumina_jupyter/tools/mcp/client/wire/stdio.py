"""The transport to a server that is a program: messages as lines through its standard input and output.

The SDK has one too; this one takes no line longer than the limit, keeps the last of what the program prints as its log,
gives it no environment but what is passed, and ends everything that it started.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
import anyio.to_thread
from anyio.abc import ByteReceiveStream, ByteSendStream, Process
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from .....errors import LuminaError, McpServerMisbehaved, McpServerUnavailable
from .....telemetry.redaction import redact
from ..config import ServerConfig
from ..environment import child_environment
from ..limits import Limits
from .guard import Fate
from .process_tree import end_tree

LARGE = 256 * 1024
"""Bytes from which on a message is parsed in a thread, so that the event loop goes on."""
LOOK_SECONDS = 0.2
"""Between two looks whether the program still runs, and for what it wrote last to be read."""
TAIL = 4_000
"""Characters of a program's log that are kept."""

_GONE = (anyio.EndOfStream, anyio.ClosedResourceError, anyio.BrokenResourceError, OSError)

log = logging.getLogger(__name__)


class Printed:
    """The last of what a program printed beside messages."""

    def __init__(self) -> None:
        self._log = ""
        self.garbage = ""
        """The last line on standard output that was no message."""

    def add(self, text: str) -> None:
        """More of its log."""
        self._log = (self._log + text)[-TAIL:]

    @property
    def tail(self) -> str:
        """What can be shown: the log's end without keys, and the last line that was taken for a message."""
        lines = [line for line in self._log.splitlines() if line.strip()][-8:]
        if self.garbage:
            lines.append(f"(on its standard output:) {self.garbage}")
        return redact("\n".join(lines))[-1500:]


@asynccontextmanager
async def program(
    config: ServerConfig, limits: Limits, fate: Fate, printed: Printed, around: Mapping[str, str] | None = None
) -> AsyncGenerator[tuple[Any, Any], None]:
    """Run a server's program; its streams for the SDK. It and all that it started have ended when this exits.

    Raises:
        McpServerUnavailable: when the program cannot be started.
    """
    mark = secrets.token_hex(16)
    process = await _start(config, child_environment(config.env, mark, around))
    standard_input, output, errors = _pipes(process)
    # No await before the task group, or who is cancelled here would leave the process running.
    into, messages = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    outgoing, taken = anyio.create_memory_object_stream[SessionMessage](0)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_read, output, into, limits, fate, printed)
            tasks.start_soon(_write, standard_input, taken, fate)
            tasks.start_soon(_read_log, errors, printed)
            tasks.start_soon(_watch, process, fate)
            try:
                yield messages, outgoing
            finally:
                fate.end()
                tasks.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            for stream in (into, messages, outgoing, taken):
                stream.close()
            await end_tree(process, mark, limits.end)
            await _close_pipes(process)


async def _start(config: ServerConfig, environment: dict[str, str]) -> Process:
    folder = config.cwd or environment.get("HOME")
    try:
        return await anyio.open_process(
            [config.command, *config.args], env=environment, cwd=folder, start_new_session=True
        )
    except (OSError, ValueError) as error:
        raise McpServerUnavailable(
            f"The program {config.command!r} of the MCP server {config.name} cannot be started: "
            f"{getattr(error, 'strerror', None) or error}.",
            hint="Install it, or correct the entry in mcp.json.",
        ) from error


def _pipes(process: Process) -> tuple[ByteSendStream, ByteReceiveStream, ByteReceiveStream]:
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise RuntimeError("the process was started without pipes")
    return process.stdin, process.stdout, process.stderr


async def _read(output: ByteReceiveStream, into: Any, limits: Limits, fate: Fate, printed: Printed) -> None:
    """Pass the program's lines on as messages until it ends; too long a line ends it."""
    try:
        async with into:
            async for line in _lines(output, limits.message):
                message = await _parsed(line)
                if message is None:
                    continue
                if isinstance(message, Exception):
                    printed.garbage = line[:200].decode(errors="replace")
                await into.send(message)
    except LuminaError as error:
        fate.end(error)
    except _GONE:
        log.debug("the MCP server's output ended")
    finally:
        fate.end()


async def _lines(stream: ByteReceiveStream, most: int) -> AsyncGenerator[bytes, None]:
    pieces: list[bytes] = []
    size = 0
    while True:
        try:
            chunk = await stream.receive()
        except _GONE:
            return
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*pieces, line])
            pieces, size = [], 0
        size += len(rest)
        if size > most:
            raise McpServerMisbehaved(f"It sent a message of more than {most / 1e6:g} MB.")
        if rest:
            pieces.append(rest)


async def _parsed(line: bytes) -> SessionMessage | Exception | None:
    if not line.strip():
        return None
    if len(line) > LARGE:
        return await anyio.to_thread.run_sync(_parse, line)
    return _parse(line)


def _parse(line: bytes) -> SessionMessage | Exception:
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except (ValueError, RecursionError) as error:
        return error


async def _write(standard_input: ByteSendStream, taken: Any, fate: Fate) -> None:
    try:
        async with taken:
            async for message in taken:
                text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                await standard_input.send(text.encode() + b"\n")
    except _GONE:
        fate.end()


async def _read_log(errors: ByteReceiveStream, printed: Printed) -> None:
    with suppress(*_GONE):
        async for chunk in errors:
            printed.add(chunk.decode(errors="replace"))


async def _watch(process: Process, fate: Fate) -> None:
    """See the program's end, also while something that it left behind keeps its output open."""
    while process.returncode is None:  # noqa: ASYNC110 - waiting for the process would wait for its pipes
        await anyio.sleep(LOOK_SECONDS)
    await anyio.sleep(LOOK_SECONDS)
    fate.end()


async def _close_pipes(process: Process) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(*_GONE):
                await stream.aclose()
    # Nothing public gives the pipes up while something else still holds their other end.
    transport = getattr(getattr(process, "_process", None), "_transport", None)
    if transport is not None:
        with suppress(PermissionError):
            transport.close()
