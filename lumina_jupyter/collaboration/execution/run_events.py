"""How a run of cells goes, as it is told to whoever watches.

A run's events end with exactly one `RunFinished`. Each event has its `type` as a field, as it travels to clients.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

CellStatus = Literal["ok", "error", "interrupted", "timed_out", "kernel_died", "gone"]
"""How a cell ended: as it should, with an error of its own, stopped by somebody, at its time limit, with its kernel,
or not at all, because it was deleted before its turn."""
RunStatus = Literal["ok", "error", "interrupted", "timed_out", "kernel_died", "failed"]
"""How a run ended: as the cell that ended it did, or `failed` where it could not run at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunQueued:
    """The run is known under its id. `cells` are those that it will run, `ahead` the runs that its kernel has first."""

    run: str
    cells: tuple[str, ...]
    ahead: int
    type: Literal["queued"] = "queued"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellStarted:
    """The kernel has begun with a cell, the `number`th of `of` in this run."""

    run: str
    cell: str
    number: int
    of: int
    type: Literal["cell_started"] = "cell_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellProgress:
    """A cell runs on: seconds since it began, and how many bytes of output it has."""

    run: str
    cell: str
    elapsed: float
    output_bytes: int
    type: Literal["cell_progress"] = "cell_progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFinished:
    """A cell is over. `message` says what went wrong, and `hint` what to do about it."""

    run: str
    cell: str
    status: CellStatus
    elapsed: float
    output_bytes: int
    left_out_bytes: int = 0
    """Bytes of output beyond the limit."""
    execution_count: int | None = None
    message: str = ""
    hint: str = ""
    type: Literal["cell_finished"] = "cell_finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """The run is over."""

    run: str
    status: RunStatus
    elapsed: float
    code: str = ""
    """The stable code of the error, where there is one."""
    message: str = ""
    hint: str = ""
    type: Literal["finished"] = "finished"


RunEvent = RunQueued | CellStarted | CellProgress | CellFinished | RunFinished

_CLASSES: dict[str, type[RunEvent]] = {
    "queued": RunQueued,
    "cell_started": CellStarted,
    "cell_progress": CellProgress,
    "cell_finished": CellFinished,
    "finished": RunFinished,
}


def run_event(data: dict[str, Any]) -> RunEvent:
    """The event that travelled as this JSON.

    Raises:
        ValueError: when it is none.
    """
    cls = _CLASSES.get(str(data.get("type")))
    if cls is None:
        raise ValueError(f"not an event of a run: type {data.get('type')!r}")
    try:
        made = cls(**data)
    except TypeError as error:
        raise ValueError(f"not an event of a run: {error}") from error
    return made
