"""What the eyes must be told of kernels by whoever runs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningKernel:
    """A kernel that runs.

    `connection` is what a connection file holds: transport, ip, ports, key, signature_scheme; empty for
    one that cannot be reached directly. `language` is its kernelspec's.
    """

    language: str = "python"
    connection: dict[str, Any] = field(default_factory=dict, repr=False)
    is_busy: bool = False


class Kernels(Protocol):
    """The kernels that there are."""

    def running(self, kernel_id: str) -> RunningKernel | None:
        """The kernel of that id; None when there is none."""
