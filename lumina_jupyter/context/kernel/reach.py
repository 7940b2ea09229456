"""The way to the probe in one kernel: brought in by a message, and asked over its line from then on.

IPython's kernel lets the probe in while a cell runs, others between two cells. Where no line comes about
(a kernel in a container, say) the messages stay the way.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

from .bundle import call, installation
from .kernels import RunningKernel
from .lines import Line, LineClosed, Lines
from .messages import Messages, NoAnswer

OPEN_TIMEOUT = 10.0
"""Seconds that a kernel gets to let the probe in; nobody waits that long, but a slow kernel is there in the end."""
LINE_TIMEOUT = 10.0
"""Seconds after which a look is given up for lost; the kernel is then asked to let the probe in again."""
ENTRY_PAUSE = 1.0
"""Seconds between two attempts to get in."""

log = logging.getLogger(__name__)


_BETWEEN_CELLS = "This kernel answers nobody while a cell runs, so it is looked at between cells."


class Unreachable(Exception):
    """The kernel cannot be looked at now; the sentence says why."""


class NotPython(Unreachable):
    """The kernel runs another language."""


class Reach:
    """One kernel, as it can be reached.

    Args:
        lines: Where its probe connects to.
        executed: Called each time when a cell has run to its end, as far as there is a line to tell of it.
    """

    def __init__(self, lines: Lines, executed: Callable[[], None]) -> None:
        self._lines = lines
        self._executed = executed
        self._line: Line | None = None
        self._messages: Messages | None = None
        self._connection: dict[str, Any] = {}
        self._token = ""
        self._entering = asyncio.Lock()
        self._retry_at = 0.0
        self._by_messages = False

    async def ask(self, kernel: RunningKernel, request: dict[str, Any]) -> dict[str, Any]:
        """The probe's answer.

        Raises:
            NotPython: when the kernel has no Python.
            Unreachable: when it does not answer, or can only be asked when it is idle and is not.
        """
        if kernel.language and kernel.language.lower() != "python":
            raise NotPython(f"This kernel runs {kernel.language}; variables are looked at in Python kernels only.")
        if not kernel.connection:
            raise Unreachable("This server has no direct way to the kernel.")
        line = self._line
        if line is None or not line.is_open:
            line = await self._enter(kernel)
        try:
            if line is None:
                return await self._ask_by_messages(kernel, request)
            async with asyncio.timeout(LINE_TIMEOUT):
                answer = await line.ask(request)
        except LineClosed:
            raise Unreachable("The kernel has ended.") from None
        except TimeoutError:
            self._line = None
            raise Unreachable("The kernel did not answer.") from None
        if "error" in answer:
            raise Unreachable(f"Looking failed in the kernel ({answer['error']}).")
        return answer

    async def close(self) -> None:
        """Hang up."""
        self._lines.forget(self._token)
        if self._line is not None:
            self._line.close()
        self._close_messages()

    # --- getting in ---------------------------------------------------------------------------------

    async def _enter(self, kernel: RunningKernel) -> Line | None:
        async with self._entering:
            if self._line is not None and self._line.is_open:
                return self._line
            if self._by_messages and self._connection == kernel.connection and self._messages is not None:
                return None
            now = asyncio.get_running_loop().time()
            if now < self._retry_at:
                raise Unreachable("The kernel did not let Lumina in a moment ago.")
            self._retry_at = now + ENTRY_PAUSE
            try:
                line = await self._try_to_enter(kernel)
            except NoAnswer as error:
                log.debug("no way into a kernel: %s", error)
                self._close_messages()
                raise Unreachable("The kernel does not answer.") from None
            self._retry_at = 0.0
            return line

    async def _try_to_enter(self, kernel: RunningKernel) -> Line | None:
        self._close_messages()
        self._connection = kernel.connection
        messages = self._messages = Messages(kernel.connection)
        await messages.open(OPEN_TIMEOUT)
        if messages.language.lower() != "python":
            raise NotPython(f"This kernel runs {messages.language}; variables are looked at in Python kernels only.")
        if kernel.is_busy and not messages.answers_while_busy:
            raise Unreachable(_BETWEEN_CELLS)
        connected: asyncio.Future[Line] = asyncio.get_running_loop().create_future()
        self._lines.forget(self._token)
        self._token = self._lines.expect(lambda line: self._take(line, connected))
        address = await self._lines.address()
        told = json.loads(
            await messages.evaluate(installation(), call("hello", address, self._token, messages.session), OPEN_TIMEOUT)
        )
        self._by_messages = not told["line"]
        if self._by_messages:
            return None
        async with asyncio.timeout(OPEN_TIMEOUT):
            line = await asyncio.shield(connected)
        self._close_messages()
        return line

    def _take(self, line: Line, connected: asyncio.Future[Line]) -> None:
        line.executed = self._executed
        self._line = line
        if not connected.done():
            connected.set_result(line)

    async def _ask_by_messages(self, kernel: RunningKernel, request: dict[str, Any]) -> dict[str, Any]:
        messages = self._messages
        if messages is None:
            raise Unreachable("The kernel does not answer.")
        if kernel.is_busy and not messages.answers_while_busy:
            raise Unreachable(_BETWEEN_CELLS)
        try:
            text = await messages.evaluate(installation(), call("asked", json.dumps(request)), LINE_TIMEOUT)
        except NoAnswer as error:
            log.debug("a kernel was not looked at: %s", error)
            self._close_messages()
            raise Unreachable("The kernel does not answer.") from None
        answer: dict[str, Any] = json.loads(text)
        return answer

    def _close_messages(self) -> None:
        messages, self._messages = self._messages, None
        if messages is not None:
            messages.close()
