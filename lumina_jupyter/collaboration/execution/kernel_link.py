"""A client of one kernel that runs code there and hears what comes of it, or that the kernel is no more."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from queue import Empty
from typing import TYPE_CHECKING, Any, NamedTuple

from ...errors import KernelDied

if TYPE_CHECKING:
    from .kernels import NotebookKernel

TICK = 0.5
"""Seconds of silence after which it is looked whether the kernel lives."""
MESSAGES_IN_A_ROW = 20
"""After so many the event loop does something else."""
MOST_ABORTED = 20
"""How often code is sent again that the kernel threw away because other code failed before it."""
STDIN_REFUSED = "StdinNotImplementedError"
"""The error that IPython's kernel raises where code asks for input and nobody can be asked."""


class Message(NamedTuple):
    """What a kernel says: `started` when it begins, its own kinds of output message, and `execute_reply` at the end."""

    kind: str
    content: Mapping[str, Any]


class KernelLink:
    """Talks to one process of a kernel, beside whoever else does.

    Args:
        kernel: The kernel.
    """

    def __init__(self, kernel: NotebookKernel) -> None:
        self._kernel = kernel
        self._client: Any = kernel.client()  # of kernels behind a gateway it is one with coroutines for methods

    async def open(self) -> None:
        """Connect."""
        channels = self._client.start_channels(stdin=False, hb=False)
        if inspect.isawaitable(channels):
            await channels

    async def close(self) -> None:
        """Hang up."""
        closed = self._client.stop_channels()
        if inspect.isawaitable(closed):
            await closed

    async def ready(self) -> None:
        """Wait until the kernel is through with what others gave it, and until its outputs arrive here.

        Raises:
            KernelDied: when it ends meanwhile.
        """
        while True:
            asked = self._send("kernel_info_request", {})
            await self._reply(asked)
            # The first outputs of a kernel are lost to who has just connected, so it is asked until they are not.
            if await self._heard(asked):
                return

    async def execute(self, code: str, cell_id: str) -> AsyncGenerator[Message, None]:
        """Run a cell's code and give what comes of it, up to and with the kernel's reply.

        The kernel is told which cell it is, as JupyterLab tells it.

        Raises:
            KernelDied: when the kernel ends before the code does.
        """
        for _attempt in range(MOST_ABORTED):
            aborted = False
            async for message in self._executed(code, cell_id):
                aborted = message.kind == "execute_reply" and message.content.get("status") == "aborted"
                if not aborted:
                    yield message
            if not aborted:
                return
            await self.ready()
        raise KernelDied("The kernel refuses to run the cell: other cells fail before it, again and again.")

    async def _executed(self, code: str, cell_id: str) -> AsyncGenerator[Message, None]:
        asked = self._send(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                # Nobody is there to be asked; the kernel raises an error where the code asks.
                "allow_stdin": False,
                "stop_on_error": True,
            },
            {"cellId": cell_id},
        )
        reply = asyncio.create_task(self._reply(asked))
        try:
            async for message in self._outputs(asked, reply):
                yield message
            yield Message("execute_reply", await reply)
        finally:
            reply.cancel()
            with suppress(asyncio.CancelledError, KernelDied):
                await reply

    async def _outputs(self, asked: str, reply: asyncio.Task[Mapping[str, Any]]) -> AsyncGenerator[Message, None]:
        in_a_row = 0
        while True:
            message = await self._next(self._client.iopub_channel)
            if message is None:
                in_a_row = 0
                if reply.done():
                    reply.result()
                    return  # what says that all outputs were sent is lost
                continue
            in_a_row += 1
            if in_a_row % MESSAGES_IN_A_ROW == 0:
                await asyncio.sleep(0)
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind != "status":
                yield Message(kind, content)
            elif content.get("execution_state") == "busy":
                yield Message("started", {})
            elif content.get("execution_state") == "idle":
                return

    async def _reply(self, asked: str) -> Mapping[str, Any]:
        while True:
            message = await self._next(self._client.shell_channel)
            if message is None:
                if not await self._kernel.lives():
                    raise KernelDied("The kernel died or was restarted while the cell ran.")
            elif message["parent_header"].get("msg_id") == asked:
                content: Mapping[str, Any] = message["content"]
                return content

    async def _heard(self, asked: str) -> bool:
        """Whether the end of a request is told on the channel of outputs as well."""
        while (message := await self._next(self._client.iopub_channel)) is not None:
            ends = message["content"].get("execution_state") == "idle"
            if ends and message["parent_header"].get("msg_id") == asked:
                return True
        return False

    async def _next(self, channel: Any) -> dict[str, Any] | None:
        """The next message; None when none comes for a while."""
        try:
            message: dict[str, Any] = await channel.get_msg(timeout=TICK)
        except Empty:
            return None
        return message

    def _send(self, kind: str, content: dict[str, Any], metadata: dict[str, Any] | None = None) -> str:
        message = self._client.session.msg(kind, content, metadata=metadata)
        self._client.shell_channel.send(message)
        return str(message["header"]["msg_id"])
