"""What is told of every write, so that it can be undone: the journal, seen from the document."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..document.author import Author


class Recorder(Protocol):
    """Keeps the writes of one notebook, whose replica it was made for.

    The replica's document can be another than at the last write: a room begins or ends between two of them.
    """

    def writing(self, author: Author) -> AbstractAsyncContextManager[None]:
        """Around one write: entered when the document is up to date, left when the transaction is made.

        What it learned of the write is durable when it is left.
        """
        ...
