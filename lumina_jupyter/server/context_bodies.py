"""What the routes of context take and give; apart from their handlers, so that a server's start does not load it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..context import NotebookView
from ..context.map import Execution


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedMap:
    """Which notebook: as it is seen (`view`), else by its path or its kernel.

    `executions`: what its kernel has run; without them the server asks the kernel of `kernel_id`.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    notebook: str = ""
    kernel_id: str = ""
    view: NotebookView | None = None
    executions: tuple[Execution, ...] | None = None
