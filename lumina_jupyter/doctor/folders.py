"""Whether folders take files, replace them in one step, and have room."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..settings import Lumina
from .finding import Finding, ok, problem, warning

ROOM_NEEDED = 200e6
ROOM_WANTED = 1e9
"""Bytes: the default embedded model has half of it."""


def check_folders(settings: Lumina) -> Iterator[Finding]:
    """The data folder, the models' folder when it is elsewhere, and the folder that notebooks are opened in."""
    yield from check_folder("data folder", settings.data_path, private=True)
    if not settings.models_path.is_relative_to(settings.data_path):
        yield from check_folder("models folder", settings.models_path)
    yield from check_folder("notebook folder", Path.cwd())


def check_folder(check: str, folder: Path, *, private: bool = False) -> Iterator[Finding]:
    """Write, replace and read back a file in the folder (or, while it does not exist, in the nearest one above)."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    trouble = _write_and_replace(place)
    if trouble:
        yield problem(check, f"{place}: {trouble}.", f"chown $USER {place} && chmod u+rwx {place}")
        return
    if private and folder.exists() and os.name == "posix" and folder.stat().st_mode & 0o077:
        yield warning(check, f"Others can look into {folder}.", f"chmod 700 {folder}")
    free = shutil.disk_usage(place).free
    if free < ROOM_NEEDED:
        yield problem(check, f"The disk of {folder} has only {free / 1e6:,.0f} MB left.", "Free some room.")
    elif free < ROOM_WANTED:
        yield warning(check, f"The disk of {folder} has only {free / 1e6:,.0f} MB left.", "Free some room.")
    else:
        yield ok(check, f"{folder} takes files and has {free / 1e9:,.1f} GB of room")


def _write_and_replace(folder: Path) -> str:
    """What goes wrong when a file there is replaced as notebooks and keys are; empty when nothing does."""
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".lumina-doctor-") as name:
            old, new = Path(name) / "old", Path(name) / "new"
            old.write_bytes(b"old")
            with new.open("wb") as file:
                file.write(b"new")
                file.flush()
                os.fsync(file.fileno())
            new.replace(old)
            if old.read_bytes() != b"new" or new.exists():
                return "a file cannot be replaced in one step"
    except OSError as error:
        return f"files cannot be written there ({error.strerror or error})"
    return ""
