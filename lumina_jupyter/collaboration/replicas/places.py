"""Where notebooks are to be had: the rooms where they are open, and their files. Each face hands in its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ...errors import Forbidden, NotFound
from .disk_file import DiskFile, file_status
from .notebook_file import NotebookFile

if TYPE_CHECKING:
    from .replica import Replica

SUFFIX = ".ipynb"


class Places(Protocol):
    """The notebooks of a server, or of this machine."""

    async def file(self, path: str) -> NotebookFile:
        """The notebook's file; it need not be open anywhere.

        Raises:
            NotFound: when there is no notebook at the path.
            Forbidden: when the path leads outside of what is shown.
        """

    async def room(self, path: str) -> Replica | None:
        """The live room in which the notebook is open; None when it is not. It never opens one."""


class DiskPlaces:
    """The notebooks of this machine, for a process without a server.

    Args:
        root: The folder that paths are relative to and may not leave; None: the working folder, and any path goes.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root

    async def file(self, path: str) -> NotebookFile:
        """See `Places`."""
        check_name(path)
        place = ((self._root or Path.cwd()) / path).resolve()
        if self._root is not None and not place.is_relative_to(self._root.resolve()):
            raise Forbidden(f"{path} is outside of the folder of the notebooks.", hint="Name a notebook inside of it.")
        file_status(place, path)
        return DiskFile(place, path)

    async def room(self, path: str) -> Replica | None:
        """See `Places`; nobody else has it open, as far as this process knows."""
        return None


def check_name(path: str) -> None:
    """Nothing when the path can be a notebook's.

    Raises:
        NotFound: when it cannot.
    """
    if not path.endswith(SUFFIX) or "\0" in path:
        raise NotFound(f"{path!r} is no notebook.", hint=f"A notebook's name ends in {SUFFIX}.")
