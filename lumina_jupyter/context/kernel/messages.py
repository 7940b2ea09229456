"""Messages to a kernel on its own channels, as a client of its own that disturbs no other."""

from __future__ import annotations

import ast
import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_client.asynchronous.client import AsyncKernelClient

SUBSHELLS = "kernel subshells"
"""How a kernel says in `supported_features` that it has subshells."""


class NoAnswer(Exception):
    """The kernel did not answer in time, or with an error; its sentence is for the log."""


class Messages:
    """A client of one kernel: its information, a subshell, and expressions evaluated silently.

    Args:
        connection: What the kernel's connection file holds.
    """

    def __init__(self, connection: dict[str, Any]) -> None:
        self._client = _client(connection)
        self._subshell: str | None = None
        self._lock = asyncio.Lock()
        self.has_subshells = False
        self.implementation = ""
        self.language = ""

    @property
    def session(self) -> str:
        """The session id that the messages carry."""
        return str(self._client.session.session)

    async def open(self, seconds: float) -> None:
        """Ask what kernel it is, and make a subshell where it can.

        Raises:
            NoAnswer: when it does not say in time.
        """
        info = await self._control("kernel_info_request", {}, seconds)
        self.implementation = str(info.get("implementation", ""))
        self.language = str((info.get("language_info") or {}).get("name", ""))
        self.has_subshells = SUBSHELLS in (info.get("supported_features") or ())
        if self.has_subshells and self._subshell is None:
            made = await self._control("create_subshell_request", {}, seconds)
            self._subshell = str(made["subshell_id"])

    async def evaluate(self, code: str, expression: str, seconds: float) -> Any:
        """Run code, then give the value (a literal) of an expression: in the subshell where there is one.

        Nothing of it is shown, counted or remembered.

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
        message = self._client.session.msg("execute_request", content)
        if self._subshell is not None:
            message["header"]["subshell_id"] = self._subshell
        reply = await self._ask(self._client.shell_channel, message, seconds)
        told = (reply.get("user_expressions") or {}).get("lumina") or reply
        if told.get("status") != "ok":
            raise NoAnswer(f"{told.get('ename', 'error')}: {told.get('evalue', '')}"[:500])
        try:
            return ast.literal_eval(told["data"]["text/plain"])
        except (KeyError, TypeError, ValueError, SyntaxError) as error:
            raise NoAnswer("the kernel's answer cannot be read") from error

    async def drop_subshell(self) -> None:
        """Give the subshell back."""
        subshell, self._subshell = self._subshell, None
        if subshell is not None:
            message = self._client.session.msg("delete_subshell_request", {"subshell_id": subshell})
            self._client.control_channel.send(message)

    async def close(self) -> None:
        """Give everything back; waits for nothing."""
        await self.drop_subshell()
        self._client.stop_channels()
        self._client.context.destroy(linger=100) if self._client._created_context else None

    async def _control(self, kind: str, content: dict[str, Any], seconds: float) -> dict[str, Any]:
        return await self._ask(self._client.control_channel, self._client.session.msg(kind, content), seconds)

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
        if content.get("status") != "ok" and "user_expressions" not in content:
            raise NoAnswer(f"{content.get('ename', 'error')}: {content.get('evalue', '')}"[:500])
        return content


def _client(connection: dict[str, Any]) -> AsyncKernelClient:
    from jupyter_client.asynchronous.client import AsyncKernelClient

    client = AsyncKernelClient()
    client.load_connection_info(connection)  # type: ignore[arg-type]  # what a connection file holds
    client.start_channels(iopub=False, stdin=False, hb=False)
    return client
