"""Whose edits a notebook has got since the last moment of its history, so that the next one can name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


class Contributors:
    """The names by notebook, each in the order of its first edit: of what is in the file, and of what is not yet.

    They are kept in memory: after a restart a moment names those alone who edited since.
    """

    def __init__(self) -> None:
        self._saved: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._unsaved: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def edited(self, key: str, names: Iterable[str]) -> None:
        """Somebody edited a live notebook; it is not in the file yet."""
        self._unsaved[key].update(dict.fromkeys(names))

    def saved(self, key: str, names: Iterable[str] = ()) -> None:
        """What was edited is in the file now, and what these did."""
        self._saved[key].update(self._unsaved.pop(key, {}))
        self._saved[key].update(dict.fromkeys(names))

    def take_saved(self, key: str) -> str:
        """Those whose edits are in the file, for a moment of what it holds; they are forgotten."""
        return ", ".join(self._saved.pop(key, {}))

    def take(self, key: str) -> str:
        """All of them, for a moment of the notebook as it is; they are forgotten."""
        self.saved(key)
        return self.take_saved(key)

    def give_back(self, key: str, names: str) -> None:
        """No moment was kept after all."""
        if names:
            self._saved[key] = {**dict.fromkeys(names.split(", ")), **self._saved[key]}
