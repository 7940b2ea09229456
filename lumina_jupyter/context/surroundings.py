"""What gathering is handed from outside: the live notebook, the kernels, the folders that files may come from.

Each face has its own: a Jupyter server knows rooms, contents and sessions; a process without one knows its folder.
What is missing is left out, and the report says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .kernel.summary import Budget, Seen
from .view import NotebookView


class NotebookSource(Protocol):
    """Where a notebook comes from that nobody sent along."""

    async def view(self, path: str) -> NotebookView | None:
        """The notebook at a path below the server's root as it is now, unsaved edits and all; None if there is none."""
        ...


class KernelSight(Protocol):
    """Eyes on the variables of kernels."""

    async def look(self, kernel_id: str, names: Sequence[str], *, policy: str, budget: Budget | None) -> Seen:
        """Some variables of a kernel by name; names that it does not have are not among what is seen."""
        ...


class Folders(Protocol):
    """Which folders' files may be shown."""

    async def roots(self, notebook: str, kernel_id: str) -> tuple[Path, ...]:
        """The folders, absolute; a relative path is looked for in each in turn. The first is the notebook's own."""
        ...


class WorkingFolder:
    """The folder of this process, for one without a server."""

    async def roots(self, notebook: str, kernel_id: str) -> tuple[Path, ...]:
        """The working folder; nothing when it was deleted."""
        try:
            return (Path.cwd(),)
        except OSError:
            return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """All of it; None for what is not there."""

    notebooks: NotebookSource | None = None
    kernels: KernelSight | None = None
    folders: Folders | None = None
