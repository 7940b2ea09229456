"""Where one server keeps what its rooms need to survive it: histories, last saved states, sessions."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import LuminaError
from ...storage.folders import private_folder
from ..notices import Notice, NoticeKind, Notices
from ..snapshots.contributors import Contributors
from .records import Records
from .update_log import InUse, UpdateLog

if TYPE_CHECKING:
    from ..snapshots.snapshot_index import Reason
    from ..snapshots.snapshots import Snapshots
    from .store import RoomStore

MOST_SERVERS = 100
"""Servers over one folder of notebooks at the same time."""

log = logging.getLogger(__name__)


class Keeping:
    """The folder of one server's rooms, for it alone; `close` lets it go.

    Args:
        folder: The folder in the data folder for the rooms of all servers.
        root: What the server serves; servers over other folders have other files.
        snapshots: Makes the store of copies that people can look at; asked once.
        notices: What is told to people.
        contributors: Told whose edits rooms take in.
        largest_mb: MB of a file that a room is opened for, at most; 0: no limit.
    """

    def __init__(
        self,
        folder: Path,
        root: str,
        snapshots: Callable[[], Snapshots],
        notices: Notices,
        contributors: Contributors,
        largest_mb: float = 0.0,
    ) -> None:
        self._folder = folder
        self._name = sha256(str(Path(root).expanduser().resolve()).encode()).hexdigest()[:16]
        self._make_snapshots = snapshots
        self._snapshots: Snapshots | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lumina-rooms")
        self._log: UpdateLog | None = None
        self._place: Path | None = None
        self._stores: dict[str, RoomStore] = {}
        self.notices = notices
        self.contributors = contributors
        self.largest_mb = largest_mb

    @property
    def place(self) -> Path:
        """This server's own folder, made and taken at the first call.

        Raises:
            StorageFailed: when there can be none.
        """
        self._open()
        return self._place or self._folder

    @property
    def sessions(self) -> Path:
        """The file of the sessions that frontends may come back with: one for all servers over these notebooks."""
        return self._folder / self._name / "sessions.json"

    @property
    def records(self) -> Records:
        """What was last saved of each notebook."""
        return Records(self.place / "saved")

    def store(self, room: str) -> RoomStore:
        """The history of a room."""
        from .store import RoomStore

        return RoomStore(room, self._open(), self._thread)

    async def keep_copy(self, key: str, content: Mapping[str, Any], reason: Reason, path: str) -> str:
        """Keep a notebook as it is where people can get it back; the copy's id, empty when it could not be kept."""
        if self._snapshots is None:
            self._snapshots = self._make_snapshots()
        try:
            taken = await asyncio.to_thread(self._snapshots.take, key, content, reason=reason, path=path)
        except LuminaError:
            log.exception("no copy of %s could be kept", path)
            return ""
        return taken.id

    def tell(self, kind: NoticeKind, path: str, message: str, snapshot: str = "") -> None:
        """Tell people what happened to a notebook."""
        self.notices.add(Notice(kind=kind, path=path, message=message, snapshot=snapshot))

    async def run(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call what blocks."""
        return await asyncio.to_thread(function, *arguments, **named)

    def close(self) -> None:
        """Let the files go."""
        if self._log is not None:
            with contextlib.suppress(RuntimeError):
                self._thread.submit(self._log.close).result()
        self._thread.shutdown()
        self._log = None

    def _open(self) -> UpdateLog:
        if self._log is None:
            for number in range(MOST_SERVERS):
                place = private_folder(self._folder / (f"{self._name}-{number}" if number else self._name))
                with contextlib.suppress(InUse):
                    # Opened where it is used from then on: in the one thread.
                    self._log = self._thread.submit(UpdateLog, place / "updates.db").result()
                    self._place = place
                    break
            else:
                raise LuminaError("Too many servers serve this folder at once.", hint="Stop those not needed.")
        return self._log
