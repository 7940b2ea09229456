"""What was last saved of each live notebook, on disk: it outlives the server, and the store of updates.

For each notebook a small file names the last states that were written to its file, or found in it; the states
themselves lie beside it. Everything here blocks: call it in a thread.
"""

from __future__ import annotations

import contextlib
import json
import logging
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...storage.folders import private_folder, write_atomically
from .ancestry import nearest
from .contents import fingerprint
from .histories import OF_NONE, covers

KEPT = 12
"""States that are kept of each notebook."""
KEPT_BYTES = 32 * 2**20
"""Bytes on the disk beyond which they are fewer; back to one that the file has held they always go."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Saved:
    """A state of a notebook's file. `content` is its fingerprint, `file` the hash of the file's bytes, if known.

    It is not `written` as long as the file may still hold the state before.
    """

    content: str
    state: str
    """The state vector of the history that held it, in base 64."""
    file: str = ""
    written: bool = False
    found: bool = False
    """Whether somebody else wrote it."""

    @property
    def state_vector(self) -> bytes:
        """The state vector."""
        return b64decode(self.state)


@dataclass(frozen=True, slots=True)
class Record:
    """The last states of a notebook's file, the latest last."""

    saved: tuple[Saved, ...] = ()

    @property
    def last(self) -> Saved | None:
        """What the file holds unless somebody else wrote it."""
        return self.saved[-1] if self.saved else None

    def untouched(self, content: str) -> Saved | None:
        """The state that the file holds if nobody else wrote it; None when somebody did."""
        for saved in reversed(self.saved):
            if saved.content == content:
                return saved
            if saved.written:
                break
        return None

    def known_to(self, history: bytes) -> Record:
        """The states that a history with this state vector has gone through: those up to the last that it holds."""
        last = max((at for at, saved in enumerate(self.saved) if covers(history, saved.state_vector)), default=-1)
        return Record(self.saved[: last + 1])

    @property
    def taken_in(self) -> Record:
        """Without what was found and is in no history yet."""
        return Record(tuple(saved for saved in self.saved if saved.state_vector != OF_NONE))

    def of(self, content: str) -> Saved | None:
        """The state with this fingerprint."""
        return next((saved for saved in self.saved if saved.content == content), None)


class Records:
    """The records of one server's notebooks.

    Args:
        folder: Where they are; made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, key: str) -> Record:
        """A notebook's record; an empty one where there is none that can be read."""
        try:
            found = json.loads((self._of(key) / "record.json").read_bytes())
            return Record(tuple(Saved(**each) for each in found["saved"]))
        except FileNotFoundError:
            return Record()
        except (OSError, ValueError, TypeError, KeyError) as error:
            log.warning("what was last saved of a live notebook cannot be read: %s", error)
            return Record()

    def note(
        self,
        key: str,
        record: Record,
        content: Mapping[str, Any],
        state: bytes,
        *,
        written: bool,
        found: bool = False,
        known: str = "",
    ) -> Record:
        """Keep a state that is about to be written to the file, or was `found` there, as the latest.

        Its fingerprint is made unless it is `known`.

        Raises:
            DiskFull, StorageFailed: when it cannot be written.
        """
        saved = Saved(known or fingerprint(content), b64encode(state).decode(), written=written, found=found)
        folder = private_folder(self._of(key))
        place = folder / f"{saved.content}.json.z"
        if not place.exists():
            write_atomically(place, zlib.compress(json.dumps(content).encode(), 1))
        others = [each for each in record.saved if each.content != saved.content]
        return self._write(folder, Record(_kept(folder, (*others[-KEPT + 1 :], saved))))

    def note_written(self, key: str, record: Record, file: str) -> Record:
        """The latest state has been written; `file` is the hash of the file's bytes.

        Raises:
            DiskFull, StorageFailed: when it cannot be written.
        """
        if record.last is None:
            return record
        return self._write(self._of(key), Record((*record.saved[:-1], replace(record.last, file=file, written=True))))

    def withdraw(self, key: str, record: Record) -> Record:
        """Put an earlier record back: what was noted since was never written.

        Raises:
            DiskFull, StorageFailed: when it cannot be written.
        """
        return self._write(self._of(key), record)

    def content(self, key: str, saved: Saved) -> dict[str, Any] | None:
        """A notebook in one of its states; None when it is no longer there."""
        try:
            data = (self._of(key) / f"{saved.content}.json.z").read_bytes()
            found: dict[str, Any] = json.loads(zlib.decompress(data))
        except (OSError, ValueError, zlib.error) as error:
            log.warning("an earlier state of a live notebook cannot be read: %s", error)
            return None
        return found

    def base(self, key: str, record: Record, theirs: Mapping[str, Any]) -> dict[str, Any] | None:
        """The state that another program's version began with: the nearest one, the latest of several.

        A program may have read the file long before it writes it. But who puts an earlier state back just as it was
        means it so, and then it is the latest.
        """
        returned = fingerprint(theirs)
        written = [saved for saved in record.saved if saved.written]
        if any(saved.content == returned for saved in record.saved) and (latest := self._contents(key, written[-1:])):
            return latest[0]
        return nearest(self._contents(key, record.saved), theirs)

    def ancestor(self, key: str, record: Record, theirs: Mapping[str, Any], state: bytes) -> dict[str, Any] | None:
        """The state that a participant's version began with; None where it is not known.

        It is one of those that the participant's history holds. What another state holds beside them might be younger
        than the version, and not deleted in it. And it is one that the file has held: the room, built anew of the
        file, comes of no other.
        """
        known = [saved for saved in record.saved if saved.written and covers(state, saved.state_vector)]
        return nearest(self._contents(key, known), theirs)

    def _contents(self, key: str, states: Iterable[Saved]) -> list[dict[str, Any]]:
        return [found for saved in states if (found := self.content(key, saved)) is not None]

    def _write(self, folder: Path, record: Record) -> Record:
        write_atomically(
            folder / "record.json", json.dumps({"saved": [asdict(each) for each in record.saved]}).encode()
        )
        kept = {f"{each.content}.json.z" for each in record.saved}
        for place in folder.glob("*.json.z"):
            if place.name not in kept:
                with contextlib.suppress(OSError):
                    place.unlink()
        return record

    def _of(self, key: str) -> Path:
        return self._folder / sha256(key.encode()).hexdigest()[:32]


def _kept(folder: Path, states: Sequence[Saved]) -> tuple[Saved, ...]:
    """The latest of these for which there is room, in any case back to one before the last that the file has held."""
    kept: list[Saved] = []
    size = 0
    held = False
    for saved in reversed(states):
        with contextlib.suppress(OSError):
            size += (folder / f"{saved.content}.json.z").stat().st_size
        if held and size > KEPT_BYTES:
            break
        # The latest may be about to be written: until it is, the file holds one before it.
        held = held or (saved.written and bool(kept))
        kept.append(saved)
    return tuple(reversed(kept))
