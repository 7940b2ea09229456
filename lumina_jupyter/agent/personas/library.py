"""The personas that there are: those that come with Lumina, and the files in the folders for them.

A file in a later folder takes the place of a persona of its name. Notebooks bring none: who can write into a folder of
notebooks could else tell the agent who to be.
"""

from __future__ import annotations

import asyncio
import difflib
import os
from collections.abc import Sequence
from pathlib import Path

from ...errors import InvalidSetting, UnknownName
from .file import read_persona
from .persona import KnownPersonas, Persona, PersonaTrouble

BUILT_IN = Path(__file__).with_name("built_in")
_SUFFIXES = {".yaml", ".yml"}
_MOST_FILES = 500


class Personas:
    """All personas; files are read again when one has changed.

    Args:
        folders: Where files are looked for beside the built-in ones; a folder need not exist.
    """

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = (BUILT_IN, *folders)
        self._seen: tuple[tuple[Path, int, int], ...] | None = None
        self._known: dict[str, Persona] = {}
        self._troubles: tuple[PersonaTrouble, ...] = ()

    async def list(self) -> list[Persona]:
        """All of them, by name."""
        await asyncio.to_thread(self._look)
        return sorted(self._known.values(), key=lambda each: each.name)

    async def known(self) -> KnownPersonas:
        """All of them, by name, and the files that are none."""
        return KnownPersonas(personas=tuple(await self.list()), troubles=self._troubles)

    async def get(self, name: str) -> Persona:
        """The persona of that name.

        Raises:
            UnknownName: when there is none.
        """
        await asyncio.to_thread(self._look)
        found = self._known.get(name)
        if found is None:
            near = difflib.get_close_matches(name, self._known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(self._known))}."
            raise UnknownName(f"There is no persona {name[:60]!r}.", hint=hint)
        return found

    def _look(self) -> None:
        files = [file for folder in self._folders for file in _files(folder)]
        seen = tuple((file, status.st_mtime_ns, status.st_size) for file in files if (status := _status(file)))
        if seen == self._seen:
            return
        known: dict[str, Persona] = {}
        troubles: list[PersonaTrouble] = []
        for file, _, _ in seen:
            try:
                persona = read_persona(file, source="built-in" if file.parent == BUILT_IN else str(file))
                known[persona.name] = persona
            except InvalidSetting as error:
                troubles.append(PersonaTrouble(str(file), error.message))
        self._known, self._troubles, self._seen = known, tuple(troubles), seen


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.suffix in _SUFFIXES and file.is_file())[:_MOST_FILES]
    except OSError:
        return []  # there need be none


def _status(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None  # gone in this moment
