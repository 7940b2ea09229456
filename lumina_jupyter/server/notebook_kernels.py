"""The kernels of a server's notebooks, as runs of cells need them."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from jupyter_client.kernelspec import NoSuchKernel
from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from ..errors import KernelUnavailable, LuminaError
from .kernels import connection_of

if TYPE_CHECKING:
    from jupyter_client.asynchronous.client import AsyncKernelClient

_SHARED_DRIVE = "RTC:"
"""What JupyterLab may put before the path of a notebook that is edited together."""
RESTART_TIMEOUT = 30.0
"""Seconds that a dead kernel gets to be there again."""
LOOK_EVERY = 0.1

log = logging.getLogger(__name__)


class ServerNotebookKernels:
    """The kernels of a Jupyter server's sessions.

    Args:
        sessions: The server's session manager.
        kernels: The server's multi-kernel manager.
    """

    def __init__(self, sessions: Any, kernels: Any) -> None:
        self._sessions = sessions
        self._kernels = kernels
        self._starting: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, path: str, spec: str) -> ServerNotebookKernel:
        """The kernel of the notebook at a path; started as that of a session of its own when there is none.

        Raises:
            KernelUnavailable: when it cannot be started.
        """
        finding = asyncio.ensure_future(self._of(path, spec))
        try:
            return await asyncio.shield(finding)
        except asyncio.CancelledError:
            # A start that is broken off would leave a kernel that belongs to no session.
            finding.add_done_callback(_passed_over)
            raise

    async def running(self, path: str) -> ServerNotebookKernel | None:
        """The kernel that the notebook at a path has; None when it has none that lives."""
        kernel_id = await self._running(path)
        try:
            kernel = ServerNotebookKernel(self._kernels, kernel_id) if kernel_id else None
        except (HTTPError, KeyError):
            return None
        return kernel if kernel is not None and await kernel.lives() else None

    async def _of(self, path: str, spec: str) -> ServerNotebookKernel:
        async with self._starting[path]:
            kernel_id = await self._running(path) or await self._started(path, spec)
            try:
                return await self._alive(kernel_id)
            except (HTTPError, KeyError):
                raise KernelUnavailable("The notebook's kernel ended just now.", hint="Run the cells again.") from None

    async def _alive(self, kernel_id: str) -> ServerNotebookKernel:
        """The kernel, once it lives: the server starts one that died anew by itself, and people restart theirs."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + RESTART_TIMEOUT
        while True:
            kernel = ServerNotebookKernel(self._kernels, kernel_id)
            if await kernel.lives():
                return kernel
            if loop.time() > deadline:
                raise KernelUnavailable("The notebook's kernel is dead.", hint="Restart it, and run the cells again.")
            await asyncio.sleep(LOOK_EVERY)

    async def _running(self, path: str) -> str:
        for session in await self._sessions.list_sessions():
            if str(session["path"]).removeprefix(_SHARED_DRIVE).strip("/") == path and session.get("kernel"):
                return str(session["kernel"]["id"])
        return ""

    async def _started(self, path: str, spec: str) -> str:
        try:
            session = await self._sessions.create_session(
                path=path, name=path.rpartition("/")[2], type="notebook", kernel_name=spec or None
            )
        except NoSuchKernel:
            raise KernelUnavailable(f"The notebook asks for the kernel {spec!r}, which is not installed.") from None
        except LuminaError:
            raise
        except Exception as error:
            # Whatever a kernel's own start command can run into.
            reason = error.reason if isinstance(error, HTTPError) and error.reason else str(error)
            raise KernelUnavailable(f"The notebook's kernel does not start: {reason}"[:500]) from error
        return str(session["kernel"]["id"])


class ServerNotebookKernel:
    """One process of a kernel.

    Args:
        kernels: The server's multi-kernel manager.
        kernel_id: Which one.

    Raises:
        KeyError: when there is no such kernel.
    """

    def __init__(self, kernels: Any, kernel_id: str) -> None:
        self._kernels = kernels
        self._id = kernel_id
        self._kernel: Any = kernels.get_kernel(kernel_id)
        self._process = _process(self._kernel)

    @property
    def id(self) -> str:
        """The kernel's id."""
        return self._id

    def client(self) -> AsyncKernelClient:
        """A new client, with a session of its own: two clients of one session are one to a kernel."""
        from jupyter_client.asynchronous.client import AsyncKernelClient

        connection = connection_of(self._kernel)
        client: Any
        if connection:
            client = AsyncKernelClient()
            client.load_connection_info(connection)
        else:
            client = self._kernel.client()
        return client  # type: ignore[no-any-return]  # behind a gateway another class of the same methods

    async def lives(self) -> bool:
        """Whether that process still runs: a restart makes another."""
        if self._id not in self._kernels or self._kernels.get_kernel(self._id) is not self._kernel:
            return False
        return _process(self._kernel) == self._process and bool(await ensure_async(self._kernel.is_alive()))

    async def interrupt(self) -> None:
        """Interrupt what runs in it."""
        if self._id in self._kernels:
            await ensure_async(self._kernels.interrupt_kernel(self._id))


def _passed_over(finding: asyncio.Future[ServerNotebookKernel]) -> None:
    if not finding.cancelled() and (error := finding.exception()) is not None:
        log.warning("a kernel that nobody waits for any more: %s", error)


def _process(kernel: Any) -> Any:
    """What tells one process of a kernel from the next; nothing where kernels are no processes of this machine."""
    return getattr(getattr(kernel, "provisioner", None), "pid", None)
