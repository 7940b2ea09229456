"""What is proposed for a notebook: as its author hands it in, as it is kept, and as it stands at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..document.cell import CellType
from .hunks import Hunk

ChangeKind = Literal["edit", "insert", "delete", "move"]
Decided = Literal["open", "accepted", "partly", "refused"]
Standing = Literal["open", "stale", "accepted", "partly", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One change as its author hands it in.

    Args:
        kind: What happens to the cell.
        cell: Id of the cell; for one that is inserted, a name that later drafts of the proposal may put into `after`.
        base_hash: The hash of the cell that the author read (edit, delete).
        source: The new text (edit, insert).
        cell_type: The type of an inserted cell.
        after: Id of the cell that it shall follow (insert, move); None for the beginning of the notebook.
    """

    kind: ChangeKind
    cell: str = ""
    base_hash: str = ""
    source: str = ""
    cell_type: CellType = "code"
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change as it is kept. What is left to decide of an edit is what differs between `base` and `proposed`."""

    kind: ChangeKind
    cell: str
    cell_type: CellType
    base: str = ""
    proposed: str = ""
    anchors: tuple[str, ...] = ()
    """The cells that it shall follow (insert, move), the nearest first: the first that is still there counts."""
    state: Decided = "open"
    accepted: bool = False
    """Whether some of it was accepted while the rest is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who accepted or refused what, and when (seconds since 1970)."""

    at: float
    by: str
    accepted: bool
    cell: str
    hunks: tuple[str, ...] = ()
    """The ids of the hunks; empty for all that was left of the change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A proposal as it is kept."""

    id: str
    notebook: str
    """The notebook's key."""
    path: str
    run: str
    author: str
    model: str
    user: str
    reason: str
    created_at: float
    updated_at: float
    changes: tuple[Change, ...]
    decisions: tuple[Decision, ...] = ()
    version: int = 1
    """Counts its changes; who writes an older one than is kept has lost a race."""

    @property
    def is_open(self) -> bool:
        """Whether something is left to decide."""
        return any(change.state == "open" for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedChange:
    """A change as it stands for the notebook as it is now."""

    kind: ChangeKind
    cell: str
    cell_type: CellType
    state: Standing
    stale: str = ""
    """Why it no longer fits, one sentence; empty while it does."""
    base: str = ""
    """What the cell holds, with what has been accepted and whatever others typed."""
    proposed: str = ""
    """What it would hold if all that is left were accepted."""
    hunks: tuple[Hunk, ...] = ()
    """What is left to decide of an edit, from the top."""
    after: str | None = None
    """The cell below which it would be (insert, move); None for the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal as it stands for the notebook as it is now."""

    id: str
    path: str
    state: Standing
    """`open` while something can be decided, `stale` when all that is left no longer fits."""
    run: str
    author: str
    model: str
    user: str
    reason: str
    created_at: float
    updated_at: float
    changes: tuple[ProposedChange, ...]
    decisions: tuple[Decision, ...]
    version: int
    notice: str = ""
    """What whoever decided should know, such as that some of it no longer fits; empty otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose proposal it is."""

    run: str
    author: str = "Lumina"
    model: str = ""
    user: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What somebody decides.

    Args:
        accept: Whether it is accepted.
        by: Who decides, for people to read.
        cell: The id of the cell whose change is meant; empty for all that is left.
        hunks: The ids of an edit's hunks; None for all that is left of the change.
    """

    accept: bool
    by: str
    cell: str = ""
    hunks: tuple[str, ...] | None = None
