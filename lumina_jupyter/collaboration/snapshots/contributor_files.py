"""The names of those who edited notebooks, on disk: a small file for each notebook of which there are any."""

from __future__ import annotations

import contextlib
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from ...errors import LuminaError
from ...storage.folders import private_folder, write_atomically

DAY = 86_400.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Names:
    """Names of one notebook's contributors, in order: of what is in its file, and of what is not yet."""

    saved: dict[str, None] = field(default_factory=dict)
    unsaved: dict[str, None] = field(default_factory=dict)


class ContributorFiles:
    """The files. What is to be written is written by a thread of its own, in order.

    Args:
        folder: Made when something is written.
        days: How long a file stays that nobody touches; 0: for ever.
    """

    def __init__(self, folder: Path, days: float) -> None:
        self._folder = folder
        self._days = days
        self._thread: ThreadPoolExecutor | None = None

    def read(self, key: str) -> Names:
        """A notebook's names; none where the file is gone or cannot be read."""
        try:
            found = json.loads(self._place(key).read_bytes())
            return Names(_names(found["saved"]), _names(found["unsaved"]))
        except FileNotFoundError:
            return Names()
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("who edited a notebook before cannot be read: %s", error)
            return Names()

    def write(self, key: str, names: Names) -> None:
        """Write them soon; without any, the file goes. `names` may not be changed any more."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="lumina-contributors")
            self._thread.submit(self._prune)
        with contextlib.suppress(RuntimeError):  # the process is ending
            self._thread.submit(self._write, key, names)

    def close(self) -> None:
        """Write what is left to write."""
        if self._thread is not None:
            self._thread.shutdown(wait=True)
            self._thread = None

    def _write(self, key: str, names: Names) -> None:
        place = self._place(key)
        try:
            if names.saved or names.unsaved:
                private_folder(self._folder)
                told = {"key": key, "saved": list(names.saved), "unsaved": list(names.unsaved)}
                write_atomically(place, json.dumps(told).encode())
            else:
                place.unlink(missing_ok=True)
        except (OSError, LuminaError) as error:
            # They are in memory; only a restart would forget them.
            log.warning("who edited a notebook cannot be kept: %s", error)

    def _prune(self) -> None:
        """Forget what no moment has asked for in a long time."""
        if not self._days or not self._folder.is_dir():
            return
        oldest = time.time() - self._days * DAY
        for place in self._folder.glob("*.json"):
            with contextlib.suppress(OSError):
                if place.stat().st_mtime < oldest:
                    place.unlink()

    def _place(self, key: str) -> Path:
        # A key may be any text, so it does not become a file's name.
        return self._folder / f"{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"


def _names(found: object) -> dict[str, None]:
    if not isinstance(found, list):
        raise TypeError("the names are no list")
    return dict.fromkeys(name for name in found if isinstance(name, str))
