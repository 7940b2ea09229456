"""The encrypted file of keys: used where the operating system has no keyring.

Two files in the data folder, both for their owner's eyes alone: `keys.enc` holds the entries,
encrypted (Fernet: AES and a signature) with the machine-local key in `keys.key`. That protects
backups, synchronised folders and shared screens, not against someone who can read both files.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

from ..errors import KeyStoreFailed, StorageFailed
from ..storage.folders import private_folder, write_atomically

LOCK_TIME_LIMIT = 10.0
"""Seconds to wait for another process that writes keys."""

log = logging.getLogger(__name__)


class KeyFile:
    """Reads and writes the entries, name to value, as a whole.

    Args:
        folder: The data folder; made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / "keys.enc"
        self._key_path = folder / "keys.key"
        self._lock_path = folder / "keys.lock"

    def read(self) -> dict[str, str]:
        """The entries; none when there is no file.

        Raises:
            KeyStoreFailed: when the file is damaged or cannot be read. It is left as it is.
        """
        data = self._bytes_of(self.path)
        if data is None:
            return {}
        return self._decrypted(data)

    def stamp(self) -> tuple[int, int, int] | None:
        """Differs after every change of the file; None when there is none."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    @contextlib.contextmanager
    def changing(self) -> Iterator[dict[str, str]]:
        """The entries to be changed in place; they are written when the block ends without an error.

        One process at a time. A damaged file is set aside first, so that keys can be set again.

        Raises:
            KeyStoreFailed: when the files cannot be read or written.
        """
        try:
            private_folder(self._folder)
            with self._locked():
                entries = self._read_or_set_aside()
                before = dict(entries)
                yield entries
                if entries != before:
                    write_atomically(self.path, self._encrypted(entries))
        except StorageFailed as error:
            raise KeyStoreFailed(error.message) from error

    def _read_or_set_aside(self) -> dict[str, str]:
        data = self._bytes_of(self.path)
        if data is None:
            return {}
        try:
            return self._decrypted(data)
        except KeyStoreFailed:
            aside = self.path.with_name(f"keys.enc.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
            self.path.replace(aside)
            log.warning("The damaged file of keys is kept as %s; a new one is begun.", aside)
            return {}

    def _decrypted(self, data: bytes) -> dict[str, str]:
        from cryptography.fernet import Fernet, InvalidToken

        key = self._bytes_of(self._key_path)
        try:
            if key is None:
                raise ValueError("its key file is gone")
            entries = json.loads(Fernet(key.strip()).decrypt(data))
            if not isinstance(entries, dict) or not all(isinstance(value, str) for value in entries.values()):
                raise ValueError("unexpected content")
        except (InvalidToken, ValueError):
            # The cause is not chained: a JSON error quotes the text that it could not read.
            raise KeyStoreFailed(
                f"The file of stored keys, {self.path}, cannot be decrypted: it is damaged or belongs to another machine.",
                hint="Set your keys again with `lumina keys set PROVIDER`: the old file is then kept aside, "
                "or put the right keys.key back.",
            ) from None
        return entries

    def _encrypted(self, entries: dict[str, str]) -> bytes:
        from cryptography.fernet import Fernet

        key = self._bytes_of(self._key_path)
        try:
            cipher = Fernet((key or b"").strip())
        except ValueError:
            # None yet, or not a key: what it encrypted was set aside, so that a new one loses nothing.
            key = Fernet.generate_key()
            write_atomically(self._key_path, key)
            cipher = Fernet(key)
        return cipher.encrypt(json.dumps(entries).encode())

    def _bytes_of(self, path: Path) -> bytes | None:
        """The file's content, None when it is not there; others' access to it is taken away first."""
        try:
            if os.name == "posix" and path.stat().st_mode & 0o077:
                log.warning("%s could be read by others; its mode is set to 0600 now.", path)
                path.chmod(0o600)
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise KeyStoreFailed(f"{path} cannot be read: {error.strerror or error}.") from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self._lock_path, timeout=LOCK_TIME_LIMIT, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            raise KeyStoreFailed(
                "Another process holds the file of keys.", hint="Try again when it has ended."
            ) from None
        except OSError as error:
            raise KeyStoreFailed(f"{self._lock_path} cannot be opened: {error.strerror or error}.") from error
        try:
            yield
        finally:
            lock.release()
