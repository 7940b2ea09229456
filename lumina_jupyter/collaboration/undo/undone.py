"""Which of the agent's writes are undone: as a whole, or what they did to single cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Change:
    """Writes, by their numbers in the journal, that are undone from now on, or no longer.

    With `cell`, only what they did to that cell; `""` is the notebook's own metadata.
    """

    writes: tuple[int, ...]
    undone: bool
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """What is undone. Of each write: whether it is as a whole, and the cells for which it is the other way round."""

    _writes: Mapping[int, tuple[bool, frozenset[str]]] = field(default_factory=dict)

    def covers(self, write: int, cell: str) -> bool:
        """Whether what that write did to that cell is undone."""
        found = self._writes.get(write)
        return found is not None and found[0] != (cell in found[1])

    def after(self, change: Change) -> Undone:
        """What is undone when a change is made."""
        writes = dict(self._writes)
        for write in change.writes:
            whole, otherwise = writes.get(write, (False, frozenset[str]()))
            if change.cell is None:
                whole, otherwise = change.undone, frozenset()
            elif change.undone == whole:
                otherwise -= {change.cell}
            else:
                otherwise |= {change.cell}
            writes[write] = whole, otherwise
        return Undone(writes)
