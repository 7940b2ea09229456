"""What routes over cells take and answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal
from uuid import uuid4

from ..collaboration import Author, Cell, CellType, Notebook
from ..errors import InvalidBody

_STRICT = {"extra": "forbid"}
_RUN = re.compile(r"[\w.-]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellContent:
    """A cell, with the hash that a write to it must name."""

    id: str
    type: CellType
    hash: str
    source: str
    execution_count: int | None
    metadata: dict[str, Any]
    outputs: tuple[dict[str, Any], ...]
    attachments: dict[str, Any]

    @classmethod
    def of(cls, cell: Cell, *, outputs: bool = True) -> CellContent:
        """The same cell."""
        return cls(
            id=cell.id,
            type=cell.type,
            hash=cell.hash,
            source=cell.source,
            execution_count=cell.execution_count,
            metadata=dict(cell.metadata),
            outputs=tuple(dict(each) for each in cell.outputs) if outputs else (),
            attachments=dict(cell.attachments) if outputs else {},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookContent:
    """A notebook at one moment. `live` says whether somebody may have it open."""

    path: str
    live: bool
    hash: str
    metadata: dict[str, Any]
    nbformat: int
    nbformat_minor: int
    cells: tuple[CellContent, ...]

    @classmethod
    def of(cls, notebook: Notebook, path: str, *, live: bool, outputs: bool) -> NotebookContent:
        """The same notebook."""
        return cls(
            path=path,
            live=live,
            hash=notebook.hash,
            metadata=dict(notebook.metadata),
            nbformat=notebook.nbformat,
            nbformat_minor=notebook.nbformat_minor,
            cells=tuple(CellContent.of(cell, outputs=outputs) for cell in notebook.cells),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The cells after a write (of a deleted one: before it), and the run that the write belongs to."""

    run: str
    cells: tuple[CellContent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCell:
    """A cell to be put after or before another, or at the end. Writes of one `run` can be undone together."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    path: str = ""
    kernel_id: str = ""
    source: str
    type: CellType = "code"
    after: str | None = None
    before: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    run: str = ""
    step: int = 0
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    """The cell's whole new text."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    type: Literal["text"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassage:
    """Another passage in place of one that occurs exactly `count` times, or at least once for "all"."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    type: Literal["replace"]
    old: str
    new: str
    count: int | Literal["all"] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLines:
    """Other lines in place of those from `first` to `last`, counted from 1; with `last` = `first` - 1 before `first`."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    type: Literal["lines"]
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """To behind or before another cell, or to the end."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    type: Literal["move"]
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Into two, before a line, counted from 1, or a character, counted from 0."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    type: Literal["split"]
    line: int | None = None
    character: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Another cell, as whoever asks has read it."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    id: str
    base_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """With others, to one cell: the first of them in the notebook takes all in."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    type: Literal["merge"]
    others: tuple[Known, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewType:
    """To a cell of another type."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    type: Literal["cell_type"]
    to: CellType


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMetadata:
    """Entries of its metadata; those that are null go, the others stay."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    type: Literal["metadata"]
    entries: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """Without outputs and execution count."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    type: Literal["clear_outputs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """What is to become of a cell that whoever asks has read with the hash `base_hash`."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    path: str = ""
    kernel_id: str = ""
    base_hash: str
    change: NewText | NewPassage | NewLines | Move | Split | Merge | NewType | NewMetadata | Clear
    run: str = ""
    step: int = 0
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """Cells to be run, or all code cells. See `RunRequest`; `approved` makes the outputs trusted."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT
    path: str = ""
    kernel_id: str = ""
    cells: tuple[str, ...] = ()
    hashes: dict[str, str] = field(default_factory=dict)
    timeout: float = 0.0
    approved: bool = False


def author_of(run: str, step: int, *, user: str, model: str = "") -> Author:
    """As whom something is written; a write without a run is one by itself.

    Raises:
        InvalidBody: when the run has a name that none can have.
    """
    run = run or f"edit_{uuid4().hex[:12]}"
    if not _RUN.fullmatch(run):
        raise InvalidBody("run must be of letters, digits, `_`, `.` and `-`, at most 100.", field="run")
    return Author(run=run, step=step, user=user, model=model)


def written(author: Author, *cells: Cell) -> Written:
    """What is answered to a write."""
    return Written(run=author.run, cells=tuple(CellContent.of(cell) for cell in cells))
