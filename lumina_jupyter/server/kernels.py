"""The server's kernels, as the eyes on their variables need them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_client.kernelspec import NoSuchKernel
from tornado.web import HTTPError

if TYPE_CHECKING:
    from ..context.kernel import RunningKernel


class ServerKernels:
    """The kernels of a Jupyter server's kernel manager.

    Args:
        manager: The server's multi-kernel manager.
    """

    def __init__(self, manager: Any) -> None:
        self._manager = manager

    def running(self, kernel_id: str) -> RunningKernel | None:
        """The kernel of that id; None when there is none."""
        try:
            kernel = self._manager.get_kernel(kernel_id)
        except (HTTPError, KeyError):
            return None
        from ..context.kernel import RunningKernel

        return RunningKernel(
            language=_language(kernel),
            connection=connection_of(kernel),
            is_busy=getattr(kernel, "execution_state", "") == "busy",
        )


def _language(kernel: Any) -> str:
    try:
        return str(getattr(kernel.kernel_spec, "language", ""))
    except NoSuchKernel:
        return ""  # taken away since the kernel began; the kernel itself will say


def connection_of(kernel: Any) -> dict[str, Any]:
    """What a connection file holds; nothing for kernels that run behind a gateway."""
    if not getattr(kernel, "shell_port", 0) or not getattr(kernel, "control_port", 0):
        return {}
    connection: dict[str, Any] = kernel.get_connection_info()
    return connection
