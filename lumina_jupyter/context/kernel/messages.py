"""Messages to a kernel on its own channels, as a client of its own that disturbs no other.

IPython's kernel takes every request on its control channel as well, which is served by a thread of its
own, so also while a cell runs. A subshell would answer then, too; but a request to one becomes the parent
of whatever the user's threads print from then on, and their output is lost to the notebook. Requests on
the control channel leave the running cell's output alone.
"""

from __future__ import annotations

import ast
import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_client.asynchronous.client import AsyncKernelClient

IPYTHON = "ipython"
"""How IPython's kernel calls itself."""


class NoAnswer(Exception):
    """The kernel did not answer in time, or with an error; its sentence is for the log."""


class Messages:
    """A client of one kernel: its information, and expressions that are evaluated silently.

    Args:
        connection: What the kernel's connection file holds.
    """

    def __init__(self, connection: dict[str, Any]) -> None:
        self._client = _client(connection)
        self._lock = asyncio.Lock()
        self.language = ""
        self.answers_while_busy = False

    @property
    def session(self) -> str:
        """The session id that the messages carry."""
        return str(self._client.session.session)

    async def open(self, seconds: float) -> None:
        """Ask what kernel it is.

        Raises:
            NoAnswer: when it does not say in time.
        """
        message = self._client.session.msg("kernel_info_request", {})
        info = await self._ask(self._client.control_channel, message, seconds)
        self.language = str((info.get("language_info") or {}).get("name", ""))
        self.answers_while_busy = info.get("implementation") == IPYTHON

    async def evaluate(self, code: str, expression: str, seconds: float) -> Any:
        """Run code, then give the value (a literal) of an expression.

        Nothing of it is shown, counted or remembered. A kernel that has no thread for it answers
        when the cell at work has ended.

        Raises:
            NoAnswer: when it takes longer than that many seconds or fails.
        """
        content = {
            "code": code,
            "silent": True,
            "store_history": False,
            "user_expressions": {"lumina": expression},
            # The cell that runs meanwhile would lose its own `input()` if this were off.
            "allow_stdin": True,
            "stop_on_error": False,
        }
        channel = self._client.control_channel if self.answers_while_busy else self._client.shell_channel
        reply = await self._ask(channel, self._client.session.msg("execute_request", content), seconds)
        told = (reply.get("user_expressions") or {}).get("lumina") or reply
        if told.get("status") != "ok":
            raise NoAnswer(f"{told.get('ename', 'error')}: {told.get('evalue', '')}"[:500])
        try:
            return ast.literal_eval(told["data"]["text/plain"])
        except (KeyError, TypeError, ValueError, SyntaxError) as error:
            raise NoAnswer("the kernel's answer cannot be read") from error

    def close(self) -> None:
        """Give the sockets back."""
        self._client.stop_channels()

    async def _ask(self, channel: Any, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        wanted = message["header"]["msg_id"]
        try:
            async with asyncio.timeout(seconds), self._lock:
                channel.send(message)
                while True:
                    reply = await channel.get_msg()
                    if reply["parent_header"].get("msg_id") == wanted:
                        break
        except TimeoutError:
            raise NoAnswer(f"no reply to {message['header']['msg_type']} within {seconds:g} s") from None
        content: dict[str, Any] = reply["content"]
        if content.get("status", "ok") != "ok":
            raise NoAnswer(f"{content.get('ename', 'error')}: {content.get('evalue', '')}"[:500])
        return content


def _client(connection: dict[str, Any]) -> AsyncKernelClient:
    from jupyter_client.asynchronous.client import AsyncKernelClient

    client = AsyncKernelClient()
    client.load_connection_info(connection)  # type: ignore[arg-type]  # what a connection file holds
    client.start_channels(iopub=False, stdin=False, hb=False)
    return client
