"""Forgets snapshots that are too old or too much, and sweeps up the blobs that nothing names any more."""

from __future__ import annotations

import time
from collections import Counter

from ...errors import SnapshotDamaged
from .blob_store import BlobStore
from .notebook_blobs import blobs_of
from .snapshot_index import Snapshot, SnapshotIndex

RECOVERY_DAYS = 30.0
"""Days that a recovery copy stays whatever the limits are."""


def prune(index: SnapshotIndex, blobs: BlobStore, *, oldest: float, most: int | None) -> None:
    """Forget what is older than `oldest`, then the oldest until all take `most` bytes at most, and give the room back.

    The last one of each notebook stays, and so do young recovery copies. Nobody may write meanwhile.

    Raises:
        StorageFailed: when a list of moments cannot be read or written; then no blob is deleted.
    """
    lists = dict(index.all())
    kept = {path: {each.id: each for each in moments} for path, moments in lists.items()}
    for path, moments in lists.items():
        for each in _droppable(moments):
            if each.at < oldest:
                del kept[path][each.id]
    used = _Used(blobs, [each for moments in kept.values() for each in moments.values()])
    if most is not None:
        left = [
            (each, path) for path, moments in lists.items() for each in _droppable(moments) if each.id in kept[path]
        ]
        for each, path in sorted(left, key=lambda pair: pair[0].at):
            if used.bytes <= most:
                break
            del kept[path][each.id]
            used.drop(each)
    for path, moments in lists.items():
        if len(kept[path]) < len(moments):
            index.keep_only(path, set(kept[path]))
    blobs.delete(used.unused())
    blobs.sweep()


def _droppable(moments: list[Snapshot]) -> list[Snapshot]:
    last = max(moments, key=lambda each: each.at, default=None)
    young = time.time() - 86_400 * RECOVERY_DAYS
    return [each for each in moments if each is not last and not (each.reason == "recovery" and each.at > young)]


class _Used:
    """How many snapshots need each blob, and what all needed ones take on the disk."""

    def __init__(self, blobs: BlobStore, snapshots: list[Snapshot]) -> None:
        self._blobs = blobs
        self._sizes = blobs.sizes()
        self._trees = Counter(each.tree for each in snapshots)
        self._needed = {tree: self._of(tree) for tree in self._trees}
        self._users = Counter(name for names in self._needed.values() for name in names)
        self.bytes = sum(self._sizes.get(name, 0) for name in self._users)

    def drop(self, snapshot: Snapshot) -> None:
        """One snapshot less."""
        self._trees[snapshot.tree] -= 1
        if self._trees[snapshot.tree]:
            return
        for name in self._needed.pop(snapshot.tree):
            self._users[name] -= 1
            if not self._users[name]:
                del self._users[name]
                self.bytes -= self._sizes.get(name, 0)

    def unused(self) -> set[str]:
        """The blobs that nothing needs."""
        return set(self._sizes) - set(self._users)

    def _of(self, tree: str) -> frozenset[str]:
        try:
            return frozenset(blobs_of(tree, self._blobs.read))
        except (SnapshotDamaged, ValueError, KeyError, TypeError):
            return frozenset([tree])  # nobody can use the rest of it without its tree
