"""The one folder whose files tools may touch: nothing outside of it is opened, whatever a path or a link says.

A path is resolved and checked first. Then each folder on the way is opened from the one above it, and no link is
followed any more: what was checked is what is opened, also when somebody puts a link there in between.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PureWindowsPath
from secrets import token_hex
from typing import IO

from ...context.sources.paths import is_hidden
from ...errors import EditDoesNotFit, Forbidden, NotFound, StorageFailed, ToolFailed
from ...storage.folders import storage_error

MOST_BYTES = 10_000_000
"""Bytes of a file that tools read and write."""
SKIPPED = {"__pycache__", "node_modules", "__pypackages__", "site-packages"}
"""Folders that hold nothing of a person's own; they are opened when they are named, and not walked through."""
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _NO_LINKS
_AT = {os.open, os.stat, os.unlink, os.mkdir, os.rename} <= os.supports_dir_fd and bool(_NO_LINKS)


@dataclass(frozen=True, slots=True)
class Located:
    """A place below the root: where it is without any link, and its path from the root."""

    parts: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The path for people, rules and models."""
        return "/".join(self.parts) or "."

    @property
    def name(self) -> str:
        """The last part."""
        return self.parts[-1] if self.parts else ""


@dataclass(frozen=True, slots=True)
class Held:
    """A file as it was read."""

    data: bytes
    mode: int

    @property
    def hash(self) -> str:
        """The state of a file's content."""
        return hash_of(self.data)


def hash_of(data: bytes) -> str:
    """The state that a content is."""
    return sha256(data).hexdigest()


class FileRoot:
    """A folder and what is below it.

    Args:
        base: The folder.
        private: Folders that stay closed although they may be inside, as Lumina's own data.
        hidden: Whether hidden files and those that hold keys by their name may be touched.
    """

    def __init__(self, base: Path, private: Sequence[Path] = (), *, hidden: bool = False) -> None:
        if not _AT:
            raise ToolFailed("This system has no way to open files that is safe enough for tools.")
        self._base = base.resolve()
        self._private = [path.resolve() for path in private]
        self._hidden = hidden

    def described(self) -> dict[str, object]:
        """What makes the same root in another process."""
        private = [str(path) for path in self._private]
        return {"base": str(self._base), "private": private, "hidden": self._hidden}

    def locate(self, path: str) -> Located:
        """The place that a path means; there need be nothing.

        Raises:
            Forbidden: when it is outside of the folder, or not to be touched.
        """
        written = Path(path)
        if not path or "\0" in path or written.is_absolute() or PureWindowsPath(path).drive or path.startswith("~"):
            raise Forbidden(f"{path[:200]!r} is no path below the folder of the notebooks.", hint=_HINT)
        if ".." in written.parts or ".." in PureWindowsPath(path).parts:
            raise Forbidden(f"{path[:200]!r} leads upward, which no path of a tool may.", hint=_HINT)
        try:
            real = (self._base / written).resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise Forbidden(f"{path[:200]!r} leads nowhere.", hint=_HINT) from error
        if not real.is_relative_to(self._base):
            raise Forbidden(f"{path[:200]!r} leads out of the folder of the notebooks.", hint=_HINT)
        parts = real.relative_to(self._base).parts
        if not self._hidden and any(is_hidden(part) for part in (*parts, *written.parts)):
            raise Forbidden(
                f"{path[:200]!r} is hidden, or holds keys by its name.", hint="Such files are not for tools."
            )
        if any(real.is_relative_to(private) for private in self._private):
            raise Forbidden(f"{path[:200]!r} belongs to Lumina itself.", hint="Such files are not for tools.")
        return Located(parts)

    def is_open(self, place: Located, name: str) -> bool:
        """Whether what is of that name in a folder may be touched."""
        if not self._hidden and is_hidden(name):
            return False
        return not any(self._base.joinpath(*place.parts, name).is_relative_to(private) for private in self._private)

    # --- reading ------------------------------------------------------------------------------------

    def read(self, place: Located) -> Held:
        """A file's content.

        Raises:
            NotFound: when it is no file.
            Forbidden: when it may not be read.
            EditDoesNotFit: when it is too large.
        """
        with self._parent(place) as folder:
            return _read(folder, place)

    def open(self, place: Located) -> IO[bytes]:
        """A file of any size, to be read from; the caller closes it.

        Raises:
            NotFound: when it is no file.
            Forbidden: when it may not be read.
        """
        with self._parent(place) as folder:
            return _opened(folder, place)

    def read_if_there(self, place: Located) -> Held | None:
        """The same; None when there is nothing."""
        try:
            return self.read(place)
        except NotFound:
            if self.kind(place):
                raise
            return None

    def kind(self, place: Located) -> str:
        """`file` or `folder`, `other` for what is neither; empty for nothing."""
        if not place.parts:
            return "folder"
        try:
            with self._parent(place) as folder:
                mode = os.stat(place.name, dir_fd=folder, follow_symlinks=False).st_mode
        except (OSError, NotFound):
            return ""
        return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "other"

    def names(self, place: Located) -> list[tuple[str, str, int]]:
        """What is in a folder and may be touched: names, kinds and sizes in bytes. Links are left out.

        Raises:
            NotFound: when it is no folder.
        """
        with self._folder(place.parts) as folder, os.scandir(folder) as entries:
            found = []
            for entry in entries:
                if entry.is_symlink() or not self.is_open(place, entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    found.append((entry.name, "folder", 0))
                elif entry.is_file(follow_symlinks=False):
                    found.append((entry.name, "file", entry.stat(follow_symlinks=False).st_size))
        return sorted(found)

    # --- writing ------------------------------------------------------------------------------------

    def write(self, place: Located, data: bytes, known: str, *, mode: int = 0o644) -> None:
        """Put a content there, whole or not at all; folders on the way are made.

        Args:
            place: Where.
            data: The content.
            known: The hash of what is there; empty when there is to be nothing.
            mode: The permissions of the file.

        Raises:
            EditDoesNotFit: when something else is there; nothing is written.
            Forbidden: when it may not be written.
            StorageFailed: when it cannot be written.
        """
        if len(data) > MOST_BYTES:
            raise EditDoesNotFit(f"{len(data):,} bytes are too many for a tool to write.")
        with self._parent(place, make=True) as folder:
            temporary = f".lumina-{token_hex(8)}"
            try:
                _write_new(folder, temporary, data, mode)
                _check_state(folder, place, known)
                os.rename(temporary, place.name, src_dir_fd=folder, dst_dir_fd=folder)
                os.fsync(folder)
            except OSError as error:
                raise storage_error(error, f"{place.shown} cannot be written") from error
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(temporary, dir_fd=folder)

    def delete(self, place: Located, known: str) -> None:
        """Take a file away.

        Raises:
            EditDoesNotFit: when something else is there.
            Forbidden: when it may not be deleted.
            StorageFailed: when it cannot be.
        """
        with self._parent(place) as folder:
            _check_state(folder, place, known)
            try:
                os.unlink(place.name, dir_fd=folder)
            except OSError as error:
                raise storage_error(error, f"{place.shown} cannot be deleted") from error

    # --- the way there ------------------------------------------------------------------------------

    @contextmanager
    def _parent(self, place: Located, *, make: bool = False) -> Iterator[int]:
        if not place.parts:
            raise NotFound("The folder itself is no file.", hint="Name a file in it.")
        with self._folder(place.parts[:-1], make=make) as folder:
            yield folder

    @contextmanager
    def _folder(self, parts: Sequence[str], *, make: bool = False) -> Iterator[int]:
        """A descriptor of a folder, with no link on the way from the root."""
        current = _open_folder(self._base, None)
        try:
            for part in parts:
                if make:
                    with suppress(FileExistsError):
                        _make(part, current)
                current, above = _open_folder(part, current), current
                os.close(above)
            yield current
        finally:
            os.close(current)


_HINT = "Paths are relative to the folder of the notebooks, as `data/table.csv`."


def _make(part: str, above: int) -> None:
    try:
        os.mkdir(part, 0o755, dir_fd=above)
    except FileExistsError:
        raise
    except OSError as error:
        raise storage_error(error, f"The folder {part} cannot be made") from error


def _open_folder(name: str | Path, above: int | None) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=above)
    except PermissionError:
        raise Forbidden(f"{name} may not be opened.", hint="It belongs to somebody else.") from None
    except OSError:
        raise NotFound(f"There is no folder {name}.", hint="`list_files` tells what there is.") from None


def _opened(folder: int, place: Located) -> IO[bytes]:
    try:
        descriptor = os.open(place.name, os.O_RDONLY | _NO_LINKS | os.O_NONBLOCK, dir_fd=folder)
    except PermissionError:
        raise Forbidden(f"{place.shown} may not be read.", hint="It belongs to somebody else.") from None
    except OSError as error:
        raise NotFound(
            f"{place.shown} is no file that could be read ({error.strerror}).", hint="`list_files` tells what there is."
        ) from None
    stream = os.fdopen(descriptor, "rb")
    try:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise NotFound(f"{place.shown} is not an ordinary file.", hint="`list_files` tells what there is.")
        _check_reader(status, place)
    except BaseException:
        stream.close()
        raise
    return stream


def _read(folder: int, place: Located) -> Held:
    with _opened(folder, place) as stream:
        status = os.fstat(stream.fileno())
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise EditDoesNotFit(
            f"{place.shown} has {status.st_size:,} bytes, more than the {MOST_BYTES:,} that tools read.",
            hint="Read a part of it with Python.",
        )
    return Held(data, stat.S_IMODE(status.st_mode))


def _check_reader(status: os.stat_result, place: Located) -> None:
    """A server that runs as root reads everything; what is another user's own stays closed to tools all the same."""
    if status.st_uid != os.geteuid() and not status.st_mode & (stat.S_IROTH | stat.S_IRGRP):
        raise Forbidden(f"{place.shown} belongs to somebody else.", hint="Such files are not for tools.")


def _write_new(folder: int, name: str, data: bytes, mode: int) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINKS, 0o600, dir_fd=folder)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fchmod(stream.fileno(), mode & 0o777)
        os.fsync(stream.fileno())


def _check_state(folder: int, place: Located, known: str) -> None:
    """Nothing when what is there is what is known to be."""
    try:
        status = os.stat(place.name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        if known:
            raise EditDoesNotFit(f"{place.shown} is gone.", hint="Nothing was written.") from None
        return
    except OSError as error:
        raise StorageFailed(f"{place.shown} cannot be looked at: {error.strerror}.") from error
    if status.st_uid != os.geteuid():
        raise Forbidden(f"{place.shown} belongs to somebody else.", hint="Nothing was written.")
    if not known:
        raise EditDoesNotFit(f"There is something at {place.shown} already.", hint="Read it first.")
    if _read(folder, place).hash != known:
        raise EditDoesNotFit(f"{place.shown} was changed since it was read.", hint="Read it again.")
