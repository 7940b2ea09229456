"""What faces undo and redo: of a notebook by its path, and the last step where none is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import NotFound
from ...settings import Lumina
from ..document.author import Author
from ..document.document import NotebookDocument
from ..replicas.notebooks import Notebooks
from ..replicas.places import Places
from ..replicas.watching import Watching
from ..seats import Seats
from ..snapshots.run_snapshots import RunSnapshots
from ..snapshots.snapshots import Snapshots
from .journal import Journals
from .told_recorder import ToldRecorder
from .undo import Step, Undo, UndoResult

if TYPE_CHECKING:
    from pycrdt import Doc


class Undoing:
    """The histories of all notebooks, and the notebooks whose writes go into them.

    Args:
        places: Where the notebooks are.
        settings: Say where the histories are, and how much of them is kept.
        watching: Who is told of each write.
        snapshots: Where a notebook is kept as it is before a run of an agent.
        seats: Where others see who writes.
    """

    def __init__(
        self, places: Places, settings: Lumina, watching: Watching, snapshots: Snapshots, seats: Seats | None = None
    ) -> None:
        self._journals = Journals(settings.data_path / "journal", days=settings.undo_days, megabytes=settings.undo_mb)
        kept = RunSnapshots(snapshots)
        self.notebooks = Notebooks(
            places,
            lambda replica: ToldRecorder(
                kept.recorder(self._journals.recorder(replica), replica), replica, watching.tell
            ),
            seats,
        )

    async def steps(self, path: str) -> list[Step]:
        """What agents did to a notebook and can be undone or redone, the oldest first.

        Raises:
            LuminaError: when there is no such notebook, or its history cannot be read.
        """
        return await self._of(await self.notebooks.open(path)).steps()

    async def undo(
        self, path: str, *, run: str = "", step: int | None = None, cell: str | None = None, user: str = ""
    ) -> UndoResult:
        """Take back a run, a step of it or what it did to a cell; without a run, the last step that is not undone.

        Raises:
            NotFound: when there is nothing to undo.
            LuminaError: when the notebook or its history cannot be read or written; nothing is undone then.
        """
        undo = self._of(await self.notebooks.open(path))
        run, step = await _named(undo, run, step, cell, undone=False)
        author = Author(run=run, step=step or 0, kind="undo", user=user)
        return await undo.undo(run, step, cell, author=author)

    async def redo(
        self, path: str, *, run: str = "", step: int | None = None, cell: str | None = None, user: str = ""
    ) -> UndoResult:
        """Bring again what was undone; without a run, the first step that is undone after all that is not.

        Raises:
            NotFound: when there is nothing to redo.
            LuminaError: when the notebook or its history cannot be read or written.
        """
        undo = self._of(await self.notebooks.open(path))
        run, step = await _named(undo, run, step, cell, undone=True)
        author = Author(run=run, step=step or 0, kind="redo", user=user)
        return await undo.redo(run, step, cell, author=author)

    def received(self, document: Doc[Any], update: bytes, *, user: str, is_state: bool) -> None:
        """Record what a participant of a live notebook sent, just before the notebook takes it in.

        Args:
            document: The notebook's document.
            update: The update, of one transaction or of all that the sender had.
            user: Who sent it.
            is_state: Whether it is all that the sender had.
        """
        self._journals.received(document, update, user=user, is_state=is_state)

    async def close(self) -> None:
        """Bring to disk what is not there yet."""
        await self.notebooks.close()
        await self._journals.close()

    def _of(self, document: NotebookDocument) -> Undo:
        return Undo(document, self._journals.recorder(document.replica))


async def _named(undo: Undo, run: str, step: int | None, cell: str | None, *, undone: bool) -> tuple[str, int | None]:
    """Which run and step is meant."""
    if run:
        return run, step
    await undo.begin()
    steps = await undo.steps()
    if cell is not None:
        steps = [each for each in steps if cell in each.cells]
        meant = [each for each in steps if (cell in each.undone_cells) == undone]
    elif undone:
        # What is undone last in a row of undos is the first to come back.
        last = max((at for at, each in enumerate(steps) if not each.undone), default=-1)
        meant = [each for each in steps[last + 1 :] if each.undone][:1]
    else:
        meant = [each for each in steps if not each.undone]
    if not meant:
        raise NotFound(
            f"There is nothing of Lumina's to {'redo' if undone else 'undo'} in this notebook.",
            hint="What people wrote is undone in the notebook itself, with Ctrl+Z.",
        )
    return meant[-1].run, meant[-1].step
