"""What a prompt mentions with `@` that its own kernel knows best: variables, and the cell that asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..context import CellView, NotebookView
    from ..context.kernel import VariableSummary
    from .session import Session

HISTORY = 50
"""Cells of the session that stand in for a notebook that no server knows."""
SOURCE_LIMIT = 20_000
_OF_NOTEBOOK = {"cell", "error", "notebook"}


@dataclass(frozen=True, slots=True)
class Looked:
    """What goes with a question: variables with and without their values, and where in which notebook it is asked."""

    variables: tuple[VariableSummary, ...] = ()
    schemas: tuple[VariableSummary, ...] = ()
    view: NotebookView | None = None


def look(session: Session, prompt: str) -> Looked:
    """Look at what a prompt mentions.

    The variables go along in both forms, because only the server knows the notebook's policy. The cells that
    were run go along as well: they stand in where there is no server, or none that knows the notebook.
    """
    if "@" not in prompt:
        return Looked()
    from ..context.kernel import look_inside
    from ..context.mentions import mentions
    from ..context.sources.documentation import asked_name

    found = mentions(prompt)
    namespace = session.ipython.user_ns
    names = [each.target for each in found if each.kind in {"name", "variable"} and each.target in namespace]
    names += [asked_name(each) for each in found if each.kind == "documentation"]
    hidden = session.ipython.user_ns_hidden
    return Looked(
        variables=look_inside(namespace, names, policy="values", hidden=hidden).variables if names else (),
        schemas=look_inside(namespace, names, policy="schema-only", hidden=hidden).variables if names else (),
        view=_view(session) if any(each.kind in _OF_NOTEBOOK for each in found) else None,
    )


def executions(session: Session) -> list[tuple[int, str]]:
    """What this session has run, as it was typed: execution counts and sources; the cell that runs now is not in it."""
    inputs = session.ipython.history_manager
    sources: list[str] = list(inputs.input_hist_raw) if inputs is not None else []
    return [(count, source) for count, source in enumerate(sources[:-1]) if count and source.strip()]


def cell_id(session: Session) -> str:
    """The id of the cell that runs now, as far as its front end tells it."""
    kernel: Any = getattr(session.ipython, "kernel", None)
    try:
        metadata = kernel.get_parent("shell").get("metadata") or {}
    except Exception:  # noqa: BLE001 - other kernels have other messages, or none
        return ""
    found = metadata.get("cellId", "")
    return found if isinstance(found, str) else ""


def _view(session: Session) -> NotebookView:
    from ..context import NotebookView

    cells = tuple(_cells(session))
    asking = cell_id(session)
    return NotebookView(cells=cells, active_cell=asking or (cells[-1].id if cells else ""))


def _cells(session: Session) -> list[CellView]:
    from ..context import CellView
    from .failures import last_failure, traceback_text

    failure = last_failure(session.ipython)
    failed = failure.source.strip() if failure is not None else ""
    cells: list[CellView] = []
    for count, source in executions(session)[-HISTORY:]:
        outputs: tuple[dict[str, Any], ...] = ()
        if failure is not None and failed and source.strip() == failed:
            text = traceback_text(failure.error)
            name, message = type(failure.error).__name__, str(failure.error)
            outputs = ({"output_type": "error", "ename": name, "evalue": message, "traceback": text.split("\n")},)
        cells.append(CellView(id=f"In-{count}", source=source[:SOURCE_LIMIT], execution_count=count, outputs=outputs))
    return cells
