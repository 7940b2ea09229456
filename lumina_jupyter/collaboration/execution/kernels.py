"""What running cells must be told of kernels by whoever runs these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from jupyter_client.asynchronous.client import AsyncKernelClient


class NotebookKernel(Protocol):
    """One process of a kernel: a restart makes another of it."""

    @property
    def id(self) -> str:
        """The kernel's id."""
        ...

    def client(self) -> AsyncKernelClient:
        """A new client, its channels not started."""
        ...

    async def lives(self) -> bool:
        """Whether that process still runs."""
        ...

    async def interrupt(self) -> None:
        """Interrupt what runs in it."""
        ...


class NotebookKernels(Protocol):
    """The kernels of notebooks."""

    async def of(self, path: str, spec: str) -> NotebookKernel:
        """The kernel of the notebook at a path.

        Where it has none, one is started as the notebook's own, so that whoever opens the notebook finds it.

        Args:
            path: The notebook's path below the server's root.
            spec: Name of the kernelspec to start; empty: the server's default.

        Raises:
            KernelUnavailable: when it cannot be started.
        """
        ...

    async def running(self, path: str) -> NotebookKernel | None:
        """The kernel that the notebook at a path has; None when it has none that lives."""
        ...
