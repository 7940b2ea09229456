"""Whose edits a notebook has got since the last moment of its history, so that the next one can name them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from .contributor_files import ContributorFiles, Names


class Contributors:
    """The names by notebook, each in the order of its first edit: of what is in the file, and of what is not yet.

    They outlive the process: what is not in the file comes back from a live notebook's history, and its authors' names
    come back with it. All of this can be called from any thread, and waits for the disk only the first time that a
    notebook is asked about.

    Args:
        folder: Where they are kept; None: in memory alone.
        days: How long names are kept that no moment has taken; 0: for ever.
    """

    def __init__(self, folder: Path | None = None, days: float = 0.0) -> None:
        self._files = None if folder is None else ContributorFiles(folder, days)
        self._known: dict[str, Names] = {}
        self._lock = threading.RLock()

    def edited(self, key: str, names: Iterable[str]) -> None:
        """Somebody edited a live notebook; it is not in the file yet."""
        with self._lock:
            of = self._of(key)
            new = dict.fromkeys(name for name in names if name not in of.unsaved)
            # Asked at every edit: nearly always it is known already.
            if new:
                of.unsaved.update(new)
                self._changed(key)

    def saved(self, key: str, names: Iterable[str] = ()) -> None:
        """What was edited is in the file now, and what these did."""
        with self._lock:
            of = self._of(key)
            new = {**of.unsaved, **dict.fromkeys(names)}
            if of.unsaved or not new.keys() <= of.saved.keys():
                of.saved.update(new)
                of.unsaved.clear()
                self._changed(key)

    def take_saved(self, key: str) -> str:
        """Those whose edits are in the file, for a moment of what it holds; they are forgotten."""
        with self._lock:
            of = self._of(key)
            taken = ", ".join(of.saved)
            if taken:
                of.saved.clear()
                self._changed(key)
            return taken

    def take(self, key: str) -> str:
        """All of them, for a moment of the notebook as it is; they are forgotten."""
        with self._lock:
            self.saved(key)
            return self.take_saved(key)

    def give_back(self, key: str, names: str) -> None:
        """No moment was kept after all."""
        if names:
            with self._lock:
                of = self._of(key)
                of.saved = {**dict.fromkeys(names.split(", ")), **of.saved}
                self._changed(key)

    def rename(self, old: str, new: str) -> None:
        """Let the names follow a notebook whose key is made of its path."""
        with self._lock:
            theirs, of = self._of(old), self._of(new)
            if old != new and (theirs.saved or theirs.unsaved):
                of.saved.update(theirs.saved)
                of.unsaved.update(theirs.unsaved)
                self._known[old] = Names()
                self._changed(old)
                self._changed(new)

    def close(self) -> None:
        """Bring to disk what is not there yet."""
        if self._files is not None:
            self._files.close()

    def _of(self, key: str) -> Names:
        if key not in self._known:
            self._known[key] = Names() if self._files is None else self._files.read(key)
        return self._known[key]

    def _changed(self, key: str) -> None:
        if self._files is not None:
            of = self._known[key]
            self._files.write(key, Names(dict(of.saved), dict(of.unsaved)))
