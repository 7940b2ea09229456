"""Notebooks whose file is gone: what is kept of them stays reachable by their path, and can be written anew."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import InvalidOption, NotebookUnreadable, NotFound
from ..document.repair import repaired
from ..replicas.disk_file import disk_key
from .notebook_blobs import TRUSTED
from .snapshot_index import Snapshot
from .snapshots import Snapshots

if TYPE_CHECKING:
    from ..replicas.places import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneNotebook:
    """A notebook that has a history and no file. `snapshot` is its newest moment, `at` in seconds since 1970."""

    path: str
    snapshot: str
    at: float
    moments: int
    cells: int


class GoneNotebooks:
    """Finds them. They are known by where they were, so only notebooks on a disk of this machine are among them.

    Args:
        places: Where notebooks are.
        snapshots: What is kept of them.
    """

    def __init__(self, places: Places, snapshots: Snapshots) -> None:
        self._places = places
        self._snapshots = snapshots

    async def all(self) -> list[GoneNotebook]:
        """All of them here, the last kept first.

        Raises:
            StorageFailed: when the lists of moments cannot be read.
        """
        found = []
        for key, snapshots in await asyncio.to_thread(self._snapshots.notebooks):
            newest = max(snapshots, key=lambda each: each.at)
            place = await self._place(newest.path, key)
            if place is not None and await asyncio.to_thread(self._snapshots.are_same, key, disk_key(place)):
                gone = GoneNotebook(
                    path=newest.path,
                    snapshot=newest.id,
                    at=newest.at,
                    moments=len(snapshots),
                    cells=newest.cells,
                )
                found.append(gone)
        return sorted(found, key=lambda each: each.at, reverse=True)

    async def key(self, path: str, missing: NotFound) -> str:
        """What names the gone notebook of a path.

        Args:
            path: Where it was.
            missing: What said that there is none now.

        Raises:
            NotFound: `missing`, when nothing of it is kept, or it is somewhere else now.
            Forbidden: when the path leads outside of what is shown.
        """
        place = await self._places.vacant(path)
        if place is None:
            raise missing
        found = await asyncio.to_thread(self._snapshots.kept_as, disk_key(place))
        if found is None or await self._places.knows(found[0]) or not _fits(place, found[1].path):
            raise missing
        return found[0]

    async def adopt(self, key: str, place: Path) -> None:
        """Let a notebook that was made where one is gone have that one's history, too.

        Raises:
            StorageFailed: when the lists of moments cannot be read or written.
        """
        found = await asyncio.to_thread(self._snapshots.kept_as, disk_key(place))
        if found is None or found[0] == key or not _fits(place, found[1].path):
            return
        if not await self._places.knows(found[0]):
            await asyncio.to_thread(self._snapshots.rename, found[0], key)

    async def write(self, path: str, content: Mapping[str, Any], key: str, snapshot: Snapshot, cell: str) -> list[str]:
        """Write a moment of a gone notebook to where it was; the ids of its cells.

        Raises:
            InvalidOption: when one cell alone is meant.
            NotebookUnreadable: when what is kept is no notebook.
            LuminaError: when it cannot be written.
        """
        if cell:
            raise InvalidOption(
                f"{path} is gone, so there is nothing to put a cell back into.", hint="Restore all of the notebook."
            )
        try:
            whole = await asyncio.to_thread(repaired, content, path)
        except NotebookUnreadable as error:
            raise NotebookUnreadable(
                f"The moment {snapshot.id} holds what a file held that was no notebook.", hint="Choose another moment."
            ) from error
        # What comes back from the past is not trusted.
        whole["cells"] = [{**each, "metadata": _untrusted(each["metadata"])} for each in whole["cells"]]
        await self._places.make(path, whole)
        new = (await self._places.file(path)).key
        if new != key:
            await asyncio.to_thread(self._snapshots.rename, key, new)
        return [str(each["id"]) for each in whole["cells"]]

    async def _place(self, path: str, key: str) -> Path | None:
        """Where a notebook was that is not there now, nor anywhere else."""
        try:
            place = await self._places.vacant(path)
        except (NotFound, ValueError):
            return None
        return None if place is None or await self._places.knows(key) else place


def _fits(place: Path, path: str) -> bool:
    """Whether it was called so when it was kept last; else it was moved since, by somebody who told nobody."""
    name = Path(path).parts
    return not name or place.parts[-len(name) :] == name


def _untrusted(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if name != TRUSTED}
