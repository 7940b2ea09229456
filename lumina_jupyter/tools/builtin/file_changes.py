"""What tools did to files, with each file as it was before: the trash, and what undo goes back to."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex

from ...errors import EditDoesNotFit, NotFound, SnapshotDamaged
from ...storage.folders import private_folder, write_atomically
from .file_root import FileRoot, hash_of

MOST_CHANGES = 1_000
"""Changes that are kept; of more, the oldest go."""
MOST_KEPT_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One write, creation or deletion. `before` and `after` are hashes, empty for no file; `at` in seconds since 1970.

    `step` is that of the run, 0 where the run has none.
    """

    id: str
    path: str
    run: str
    user: str
    at: float
    before: str
    after: str
    mode: int = 0o644
    step: int = 0


class FileChanges:
    """The changes that tools made, and the contents that they replaced.

    Args:
        folder: Where they are kept, for their owner's eyes alone; made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def keep(
        self, path: str, before: bytes | None, after: bytes | None, *, run: str, user: str, mode: int, step: int = 0
    ) -> FileChange:
        """Keep a file as it is, durably, before it is changed.

        Raises:
            DiskFull: when there is no room; nothing may be changed then.
            StorageFailed: when it cannot be kept.
        """
        change = FileChange(
            id=f"{time.time_ns():020d}-{token_hex(4)}",
            path=path,
            run=run,
            user=user,
            at=time.time(),
            before="" if before is None else hash_of(before),
            after="" if after is None else hash_of(after),
            mode=mode,
            step=step,
        )
        with self._lock:
            private_folder(self._folder)
            if before is not None:
                write_atomically(self._content(change.id), before)
            write_atomically(self._folder / f"{change.id}.json", json.dumps(asdict(change)).encode())
            self._prune()
        return change

    def forget(self, change: FileChange) -> None:
        """What was kept for a change that did not come about."""
        self._remove(change.id)

    def known(self, run: str = "") -> list[FileChange]:
        """The changes, the last first; those of one run where one is named."""
        found = [self._read(path) for path in sorted(self._folder.glob("*.json"), reverse=True)]
        return [change for change in found if change is not None and run in ("", change.run)]

    def get(self, id: str) -> FileChange:
        """The change of that id.

        Raises:
            NotFound: when there is none.
        """
        change = self._read(self._folder / f"{id}.json") if id.replace("-", "").isalnum() else None
        if change is None:
            raise NotFound(f"There is no change {id[:80]!r}.", hint="`list_file_changes` tells which there are.")
        return change

    def before(self, change: FileChange) -> bytes | None:
        """The file's content before the change; None where there was no file.

        Raises:
            SnapshotDamaged: when it is not what was kept.
        """
        if not change.before:
            return None
        try:
            data = self._content(change.id).read_bytes()
        except OSError as error:
            raise SnapshotDamaged(f"What {change.path} was before cannot be read ({error}).") from error
        if hash_of(data) != change.before:
            raise SnapshotDamaged(f"What was kept of {change.path} is not what it was.")
        return data

    def restore(self, root: FileRoot, id: str, *, run: str, user: str, step: int = 0) -> FileChange:
        """Take a change back, which is a change as well.

        Raises:
            NotFound: when there is no such change.
            EditDoesNotFit: when the file was changed since then by somebody else; nothing is written.
            LuminaError: when it cannot be done.
        """
        change = self.get(id)
        place = root.locate(change.path)
        now = root.read_if_there(place)
        if (now.hash if now is not None else "") != change.after:
            raise EditDoesNotFit(
                f"{change.path} was changed after that.", hint="Take the later change back first; nothing was written."
            )
        before = self.before(change)
        data = None if now is None else now.data
        undone = self.keep(place.shown, data, before, run=run, user=user, mode=change.mode, step=step)
        try:
            if before is not None:
                root.write(place, before, change.after, mode=change.mode)
            elif now is not None:
                root.delete(place, change.after)
        except BaseException:
            self.forget(undone)
            raise
        return undone

    def _content(self, id: str) -> Path:
        return self._folder / f"{id}.before"

    def _read(self, path: Path) -> FileChange | None:
        try:
            return FileChange(**json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def _remove(self, id: str) -> None:
        (self._folder / f"{id}.json").unlink(missing_ok=True)
        self._content(id).unlink(missing_ok=True)

    def _prune(self) -> None:
        size = 0
        for number, path in enumerate(sorted(self._folder.glob("*.json"), reverse=True)):
            content = self._content(path.stem)
            size += content.stat().st_size if content.exists() else 0
            # The last one is never thrown away: it is the one that is just being made.
            if number and (number >= MOST_CHANGES or size > MOST_KEPT_BYTES):
                self._remove(path.stem)
