"""The experiments that have ended, as the database has them: also those whose folders are gone, or on another machine."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence

from lumina_jupyter.errors import LuminaError
from lumina_jupyter.storage.folders import private_folder, write_atomically

from ..experiment.experiment import Experiment
from ..register.comparison import ExperimentComparison, compare
from ..register.entry import Entry, entry_of
from ..register.register import Register
from .shelf import Shelf, missing

log = logging.getLogger(__name__)


class History:
    """Keeps the register up to date with the folders, and looks things up in it.

    Args:
        shelf: Where jobs and experiments lie.
        register: The table of experiments.
    """

    def __init__(self, shelf: Shelf, register: Register) -> None:
        self._shelf = shelf
        self._register = register
        self._kept: dict[str, float] = {}
        """When the results of experiments were written that are in the register."""
        self._origin = ""

    async def all(self, owner: str) -> list[Entry]:
        """Those that somebody may see, the newest first.

        Raises:
            StorageFailed: when the database can't be read.
        """
        await self.keep()
        return await self._register.all(owner, await self.origin())

    async def keep(self) -> None:
        """Write down what has ended since the last time; a database that can't be written is no reason to fail."""
        owners = {job.view.name: job.owner for job in await asyncio.to_thread(self._shelf.jobs)}
        origin = await self.origin()
        found = await asyncio.to_thread(lambda: list(self._ended(owners, origin)))
        try:
            await self._register.keep(entry for entry, _ in found)
        except LuminaError as error:
            log.warning("experiments could not be written to the database: %s", error)
            return
        self._kept |= {entry.name: written for entry, written in found}

    async def compare(self, names: Sequence[str], owner: str) -> ExperimentComparison:
        """Experiments side by side.

        Raises:
            ExperimentMissing: when one has not ended, or is not there for who asks.
            SettingUnusable: when there are fewer than two.
            StorageFailed: when the database can't be read.
        """
        known: dict[str, Entry] = {}
        for entry in await self.all(owner):
            known.setdefault(entry.name, entry)
        for name in names:
            if name not in known:
                raise missing(name)
        return compare([known[name] for name in dict.fromkeys(names)])

    async def forget(self, name: str) -> None:
        """Delete what is kept of an experiment.

        Raises:
            StorageFailed: when the database can't be written.
        """
        self._kept.pop(name, None)
        await self._register.forget(name, await self.origin())

    async def origin(self) -> str:
        """What names the folder of experiments, wherever it is mounted."""
        if not self._origin:
            self._origin = await asyncio.to_thread(self._read_origin)
        return self._origin

    def _read_origin(self) -> str:
        place = private_folder(self._shelf.root) / ".origin"
        if not place.exists():
            write_atomically(place, uuid.uuid4().hex.encode())
        return place.read_text("utf-8").strip()[:40]

    def _ended(self, owners: Mapping[str, str], origin: str) -> Iterator[tuple[Entry, float]]:
        for path in self._shelf.root.glob("*/result.json"):
            name = path.parent.name
            try:
                written = path.stat().st_mtime
            except OSError:
                continue
            if self._kept.get(name) == written:
                continue
            entry = entry_of(Experiment(path.parent), owner=owners.get(name, ""), origin=origin)
            if entry is not None:
                yield entry, written
