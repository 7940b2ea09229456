"""Which files may be shown: those below a few folders, by their real place, and none that is hidden."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SECRET_NAMES = {"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials", "credentials.json", "secrets.json"}
_SECRET_ENDINGS = (".pem", ".key", ".p12", ".pfx", ".keystore", ".jks", ".kdbx")


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder that may be shown: where it really is, and how it is called below its root."""

    real: Path
    shown: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a path is not shown, in a few words."""

    reason: str


def resolve(target: str, roots: Sequence[Path]) -> Place | Refused:
    """Find a path below one of the roots.

    Symbolic links are followed first, so that what counts is where a file really is; a link inside a root that
    leads out of all of them is refused, and so is everything that is hidden or holds keys by its name.
    """
    if not roots:
        return Refused("no folder is known whose files may be read")
    if not target or "\0" in target:
        return Refused("that is not a path")
    outside = False
    for root in roots:
        try:
            base = root.resolve(strict=True)
            real = (base / target).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            outside = outside or _leads_out(target)
            continue
        home = next((each for each in (base, *_resolved(roots)) if real.is_relative_to(each)), None)
        if home is None:
            outside = True
            continue
        return _visible(real, home, target)
    return Refused("it is outside of the folders that may be read" if outside else "there is no such file")


def open_file(place: Place) -> int:
    """A descriptor of a regular file, which a device or a pipe is not.

    Raises:
        OSError: when it is none, or may not be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(place.real, flags)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError("it is not an ordinary file")


def is_hidden(name: str) -> bool:
    """Whether a file or folder of that name is hidden."""
    return name.startswith(".") or name.lower() in _SECRET_NAMES or name.lower().endswith(_SECRET_ENDINGS)


def _visible(real: Path, home: Path, target: str) -> Place | Refused:
    inside = real.relative_to(home)
    written = (
        [part for part in Path(target).parts if part not in {".", "..", os.sep}]
        if not Path(target).is_absolute()
        else []
    )
    if any(is_hidden(part) for part in (*inside.parts, *written)):
        return Refused("hidden files and files of keys are not shown")
    return Place(real, inside.as_posix())


def _resolved(roots: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for root in roots:
        try:
            found.append(root.resolve(strict=True))
        except (OSError, RuntimeError):
            continue
    return found


def _leads_out(target: str) -> bool:
    return Path(target).is_absolute() or os.path.normpath(target).startswith("..")
