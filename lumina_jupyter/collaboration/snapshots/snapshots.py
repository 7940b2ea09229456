"""Earlier states of notebooks, content-addressed: what two of them share is on the disk once.

`snapshots/objects/` holds the blobs, `snapshots/index/` a list of moments for each notebook. A notebook is
named by its key, so that its history follows it through renames. Everything here blocks: call it in a thread.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from ...errors import LuminaError, NotFound, SnapshotDamaged, StorageFailed
from ...settings import Lumina
from ...storage.folders import private_folder
from .blob_store import BlobStore
from .contributors import Contributors
from .notebook_blobs import looks_of, put_together, take_apart
from .snapshot_index import ID_LENGTH, Reason, Snapshot, SnapshotIndex
from .snapshot_pruning import prune

LOCK_TIME_LIMIT = 30.0
"""Seconds to wait for another process that writes snapshots."""
PRUNE_EVERY = 3600.0
"""Seconds between two prunings, while little is written."""
_PRUNE_SHARE = 20
"""The part of the size limit (one in so many) after whose writing it is pruned at once."""
SHORTEST_ID = 4
"""Characters of an id that stand for it, at least."""

log = logging.getLogger(__name__)


class Snapshots:
    """The snapshots in one data folder.

    Args:
        settings: Says where they are and how long they are kept.
        contributors: Know whose edits a notebook has got since the last one.
    """

    def __init__(self, settings: Lumina, contributors: Contributors | None = None) -> None:
        self._settings = settings
        self._contributors = Contributors() if contributors is None else contributors
        self._folder = settings.data_path / "snapshots"
        self._blobs = BlobStore(self._folder / "objects")
        self._index = SnapshotIndex(self._folder / "index")
        self._unpruned = 0
        self._looks: dict[str, dict[str, str]] = {}

    def take(
        self,
        key: str,
        content: Mapping[str, Any],
        *,
        reason: Reason,
        by: str = "",
        run: str = "",
        path: str = "",
        at: float | None = None,
        changed_by: str | None = None,
    ) -> Snapshot:
        """Keep a notebook as it is. Equal to the last moment and for the same reason, it is that one again.

        Args:
            key: Names the notebook, whatever its path.
            content: The notebook as nbformat knows it, or whatever else was in its place.
            reason: Why it is kept.
            by: Who brings it about.
            run: The run that it is kept before.
            path: What it is called now.
            at: When it was so, in seconds since 1970; now when omitted.
            changed_by: Whose edits it has beyond the moment before; None: those who are known for it.

        Raises:
            DiskFull: when there is no room; the earlier ones stand.
            StorageFailed: when it cannot be written.
        """
        apart = take_apart(content)
        when = time.time() if at is None else at
        with self._locked():
            known = self._index.read(key)
            last = known[-1] if known else None
            same = last is not None and last.tree == apart.tree and last.reason == reason and last.run == run
            # Through a damaged one that equals it, the notebook at hand would be lost again.
            self._unpruned += self._blobs.write(apart.blobs)
            if last is not None and same:
                return last
            snapshot = Snapshot(
                id=_id(key, when, len(known), apart.tree),
                at=when,
                reason=reason,
                cells=apart.cells,
                size=apart.size,
                tree=apart.tree,
                by=by,
                run=run,
                path=path,
                changed_by=self._contributors.take(key) if changed_by is None else changed_by,
            )
            self._index.append(key, snapshot)
            self._prune_if_due()
        return snapshot

    def saved(
        self, key: str, content: Callable[[], Mapping[str, Any]], *, by: str = "", path: str = "", at: float
    ) -> Snapshot | None:
        """Keep a notebook as it was saved, unless it is as it was or another moment is younger than `history_minutes`.

        `content` gives the notebook, and is called only when that much time has gone by. The rest is as in `take`.

        Raises:
            DiskFull, StorageFailed: as `take`.
        """
        last = self._last(key)
        if last is not None and at - last.at < 60 * self._settings.history_minutes:
            return None
        found = content()
        if last is not None and take_apart(found).tree == last.tree:
            return None
        return self.take(key, found, reason="saved", by=by, path=path, at=at, changed_by=by)

    def link(self, key: str, other: str) -> None:
        """From now on `other` names the same notebook as `key`; what was kept under either is its history.

        Raises:
            StorageFailed: when it cannot be written.
        """
        if key != other:
            with self._locked():
                self._index.link(key, other)

    def rename(self, old: str, new: str) -> None:
        """Let a history follow a notebook whose key is made of its path.

        Raises:
            StorageFailed: when it cannot be written.
        """
        if old != new:
            with self._locked():
                self._index.rename(old, new)
            self._contributors.rename(old, new)

    def moments(self, key: str) -> list[Snapshot]:
        """A notebook's snapshots, the newest first.

        Raises:
            StorageFailed: when the list cannot be read.
        """
        return sorted(self._index.read(key), key=lambda each: each.at, reverse=True)

    def notebooks(self) -> list[tuple[str, list[Snapshot]]]:
        """The key and the snapshots of each notebook that has some.

        Raises:
            StorageFailed: when a list cannot be read.
        """
        return list(self._index.notebooks())

    def kept_as(self, key: str) -> tuple[str, Snapshot] | None:
        """The key under which a notebook's snapshots are, which may be another, and the newest; None without any.

        Raises:
            StorageFailed: when the list cannot be read.
        """
        return self._index.kept_as(key)

    def are_same(self, key: str, other: str) -> bool:
        """Whether both name the same notebook."""
        return self._index.are_same(key, other)

    def find(self, key: str, given: str) -> Snapshot:
        """One of a notebook's snapshots by its id, or by the beginning of it when no other begins alike.

        Raises:
            NotFound: when there is none, or there are several.
        """
        known = self._index.read(key)
        found = [each for each in known if each.id == given]
        if not found and len(given) >= SHORTEST_ID:
            found = [each for each in known if each.id.startswith(given)]
        if len(found) != 1:
            what = "Several moments' ids begin with" if found else "This notebook's history has no moment"
            raise NotFound(f"{what} {given[:40]!r}.", hint="`lumina notebook history` lists them with their ids.")
        return found[0]

    def content(self, snapshot: Snapshot) -> dict[str, Any]:
        """The notebook as it was.

        Raises:
            SnapshotDamaged: when a part of it is gone or changed on the disk.
        """
        try:
            return put_together(snapshot.tree, self._blobs.read)
        except SnapshotDamaged as error:
            raise SnapshotDamaged(f"The moment {snapshot.id} is damaged: {_lower(error.message)}") from error
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise SnapshotDamaged(f"The moment {snapshot.id} was written by another version of Lumina.") from error

    def looks(self, snapshot: Snapshot) -> Mapping[str, str] | None:
        """What tells each of its cells from a changed one (type and text), by their ids; None when it is damaged."""
        try:
            return looks_of(snapshot.tree, self._blobs.read, self._looks)
        except (SnapshotDamaged, ValueError, KeyError, TypeError, AttributeError):
            return None

    def damaged(self) -> list[Snapshot]:
        """The snapshots of all notebooks of which a part is gone or changed on the disk; reads everything.

        Raises:
            StorageFailed: when a list of moments cannot be read.
        """
        found = []
        for _, snapshots in self._index.all():
            for snapshot in snapshots:
                try:
                    self.content(snapshot)
                except SnapshotDamaged:
                    found.append(snapshot)
        return found

    def prune(self) -> None:
        """Forget what is too old or too much, and give its room back.

        The last one of each notebook stays, and recovery copies of the last 30 days.

        Raises:
            StorageFailed: when a list of moments cannot be read or written.
        """
        with self._locked():
            self._prune()

    def _prune(self) -> None:
        self._unpruned = 0
        days, megabytes = self._settings.history_days, self._settings.history_mb
        prune(
            self._index,
            self._blobs,
            oldest=time.time() - 86_400 * days if days else 0.0,
            most=int(megabytes * 1_000_000) if megabytes else None,
        )
        (self._folder / "pruned").touch()

    def _prune_if_due(self) -> None:
        limit = 1_000_000 * self._settings.history_mb
        much = bool(limit) and self._unpruned > limit / _PRUNE_SHARE
        try:
            if much or time.time() - (self._folder / "pruned").stat().st_mtime > PRUNE_EVERY:
                self._prune()
        except FileNotFoundError:
            (self._folder / "pruned").touch()
        except (OSError, LuminaError) as error:
            # What was to be kept is kept; the disk is tidied up another time.
            log.warning("earlier states of notebooks could not be pruned: %s", error)

    def _last(self, key: str) -> Snapshot | None:
        return max(self._index.read(key), key=lambda each: each.at, default=None)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        private_folder(self._folder)
        try:
            with FileLock(self._folder / "lock", timeout=LOCK_TIME_LIMIT):
                yield
        except Timeout as error:
            raise StorageFailed(
                "Another process has been writing notebooks' history for too long.", hint="Try again in a moment."
            ) from error


def _id(key: str, at: float, number: int, tree: str) -> str:
    return sha256(f"{key}\0{at!r}\0{number}\0{tree}".encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
