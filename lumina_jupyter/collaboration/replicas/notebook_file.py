"""A notebook's file as a replica needs it: read when it has changed, written when it has not.

A stamp says which state of the file somebody knows. What it is made of is each implementation's own.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file holds, repaired and in the present format, and the stamp of that state; None when it is not known."""

    content: dict[str, Any]
    stamp: object | None


class ChangedOnDisk(Exception):
    """The file is not in the state that its writer knows; it was not written. It never leaves this package."""


class NotebookFile(Protocol):
    """One notebook's file, wherever it is kept."""

    @property
    def path(self) -> str:
        """Where it is, relative to the server's root; it follows renames."""

    @property
    def key(self) -> str:
        """Names it for as long as it exists."""

    @property
    def other_key(self) -> str:
        """See `Replica`."""

    async def read(self, known: object | None) -> FileState | None:
        """What it holds; None while it is in the state `known`.

        Raises:
            NotFound: when it is gone.
            NotebookUnreadable: when it is no notebook.
            LuminaError: when it cannot be read.
        """

    def turn(self) -> AbstractAsyncContextManager[None]:
        """While it lasts, no other process of ours writes the file; other programs may."""

    async def write(self, content: dict[str, Any], known: object | None) -> object | None:
        """Write the content, whole or not at all, where the file is still in the state `known`; the new state's stamp.

        None is a state that nobody knows: where somebody else may have written right after it.

        Raises:
            ChangedOnDisk: when it is in another state.
            LuminaError: when it cannot be written; what was there stands.
        """
