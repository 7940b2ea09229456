"""How a notebook is reached: its live room, or its file. What stands above cannot tell which."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Awareness


class RoomEnded(Exception):
    """The room in which a notebook was live is no more; nothing was written. It never leaves this package."""


class Replica(Protocol):
    """A Yjs document that is one notebook."""

    @property
    def path(self) -> str:
        """Where the notebook is, relative to the server's root; it follows renames."""

    @property
    def key(self) -> str:
        """Names the notebook for as long as it exists, whatever its path: its file id, else a hash of its path."""

    @property
    def other_key(self) -> str:
        """What a process without a server calls it; empty where that is the same, or there is no such name."""

    @property
    def live(self) -> bool:
        """Whether other participants may be editing it at this moment."""

    @property
    def document(self) -> YNotebook:
        """The document; edits to it reach everybody who has the notebook open."""

    @property
    def lobby(self) -> Awareness | None:
        """All who are at the server, whatever they have open; None where nobody is told of them."""

    async def refresh(self) -> None:
        """Take in what others wrote to the file since; nothing where the document is live.

        Raises:
            LuminaError: when the file is gone or is no notebook.
        """

    def kept(self) -> AbstractContextManager[None]:
        """Around a write and its saving: a room does not end meanwhile.

        Raises:
            RoomEnded: when it has, since it was refreshed.
        """

    async def save(self) -> None:
        """Bring the document to disk, durably.

        Raises:
            LuminaError: when it cannot be written; nothing of it is lost then.
        """

    async def resume(self, state: bytes) -> None:
        """Go on with a history of the notebook: `document` is another one then, with that history and the same content.

        Only for who keeps others from writing meanwhile; nothing where the document is live, and others have it, too.

        Args:
            state: A document of it, with its history, whatever its content.
        """
