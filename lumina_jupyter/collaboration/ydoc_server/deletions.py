"""Which cells a document saw deleted: the log that the save guard goes by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Subscription


class Deletions:
    """The ids of cells that were deleted since they were last forgotten.

    Args:
        document: The shared notebook.
    """

    def __init__(self, document: YNotebook) -> None:
        self._document = document
        self._present: set[str] = set()
        self._deleted: dict[str, int] = {}
        self._number = 0
        self._own = False
        self._subscription: Subscription | None = None

    def begin(self, present: Iterable[str] = ()) -> None:
        """Watch from now on; where it is known which cells are there, that need not be looked up one by one."""
        self._present = set(present) or self._ids()
        self._subscription = self._document.ycells.observe(self._changed)

    def end(self) -> None:
        """Watch no longer."""
        if self._subscription is not None:
            self._document.ycells.unobserve(self._subscription)
            self._subscription = None

    @property
    def watches(self) -> bool:
        """Whether a cell that is deleted now will be among them."""
        return self._subscription is not None

    @property
    def ids(self) -> frozenset[str]:
        """What was deleted."""
        return frozenset(self._deleted)

    @property
    def now(self) -> int:
        """Names this moment, for `forget`."""
        return self._number

    def forget(self, until: int) -> None:
        """Forget what was deleted up to a moment: a state without those cells has been saved."""
        self._deleted = {cell_id: number for cell_id, number in self._deleted.items() if number > until}

    def allow(self, ids: Iterable[str]) -> None:
        """Let these cells go: somebody deleted them elsewhere."""
        self._number += 1
        for cell_id in ids:
            self._deleted[cell_id] = self._number

    def allow_missing(self, content: Mapping[str, Any]) -> None:
        """Let the cells go that a notebook has and the document has not: its history goes on from there."""
        self.allow({str(cell.get("id", "")) for cell in content["cells"]} - self._ids())

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """What happens within is ours and counts for nothing: the guard shall watch over it too."""
        self._own = True
        try:
            yield
        finally:
            self._own = False

    def _changed(self, event: Any) -> None:
        if not any("delete" in part or "insert" in part for part in event.delta):
            return
        present = self._ids()
        if not self._own:
            self.allow(self._present - present)
        self._present = present

    def _ids(self) -> set[str]:
        return {str(cell.get("id", "")) for cell in self._document.ycells}
