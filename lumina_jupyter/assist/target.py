"""What a command is about: a cell of the notebook, what is selected in it, and how it failed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..context import CellView, NotebookView
from ..context.failure import Failure, failure_of

_CELL_MENTION = re.compile(r"@cell(?::(#\d+|[\w-]{4,}))?(?!\S)\s*")
_OURS = re.compile(r"\s*%%?lumina\b")
_FENCE = re.compile(r"^[ \t]*(`{3,})", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A cell. `language` is what its source is written in, `failure` how it failed, if it did."""

    source: str
    language: str = "python"
    failure: Failure | None = None
    selection: str = ""

    @property
    def block(self) -> str:
        """The source as a fenced block."""
        return fenced(self.source, self.language)

    @property
    def kind(self) -> str:
        """What to call it in a sentence: "Python code", "Markdown text"."""
        return "Markdown text" if self.noun == "text" else f"{_title(self.language)} code"

    @property
    def noun(self) -> str:
        """Whether it is "text" or "code"."""
        return "text" if self.language in {"markdown", "text"} else "code"


def fenced(text: str, language: str = "") -> str:
    """A text as a fenced block, whose fence is longer than any inside of it."""
    longest = max((len(fence) for fence in _FENCE.findall(text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def split_cell(argument: str) -> tuple[str, str]:
    """The cell that an argument begins with ("#3" or an id, empty when none is named), and the rest of it."""
    match = _CELL_MENTION.match(argument)
    return (match[1] or "", argument[match.end() :]) if match else ("", argument)


def target_of(view: NotebookView, name: str = "", *, failed: bool = False) -> Target | None:
    """The cell that a command means: the one named, else the active one, else the last one run.

    Args:
        view: The notebook.
        name: A cell's place, as in "#3", or its id or the beginning of it.
        failed: Whether a cell that has failed is meant, where none is named.
    """
    cell = named_cell(view, name) if name else _active(view, failed=failed) or _last_run(view, failed=failed)
    if cell is None or not cell.source.strip():
        return None
    selection = view.selection
    inside = selection is not None and (selection.cell_id == cell.id or bool(selection.path))
    return Target(
        source=cell.source.strip("\n"),
        language=_language(view, cell),
        failure=failure_of(cell.source, cell.outputs),
        selection=selection.text.strip("\n") if selection is not None and inside else "",
    )


def named_cell(view: NotebookView, name: str) -> CellView | None:
    """The cell of that place ("#3"), id, or beginning of an id that no other cell shares."""
    if name.startswith("#"):
        number = int(name[1:])
        return view.cells[number - 1] if 0 < number <= len(view.cells) else None
    found = [cell for cell in view.cells if cell.id.startswith(name)]
    return view.cell(name) or (found[0] if len(found) == 1 else None)


def _active(view: NotebookView, *, failed: bool) -> CellView | None:
    cell = view.cell(view.active_cell)
    if cell is None or not cell.source.strip() or (failed and not _has_failed(cell)):
        return None
    return cell


def _last_run(view: NotebookView, *, failed: bool) -> CellView | None:
    """The code cell that ran last, of those that failed when `failed`; a question to Lumina is none."""
    run = [
        cell
        for cell in view.cells
        if cell.kind == "code"
        and cell.execution_count is not None
        and not _OURS.match(cell.source)
        and (not failed or _has_failed(cell))
    ]
    return max(run, key=lambda cell: cell.execution_count or 0, default=None)


def _has_failed(cell: CellView) -> bool:
    return any(output.get("output_type") == "error" for output in cell.outputs)


def _language(view: NotebookView, cell: CellView) -> str:
    return view.language if cell.kind == "code" else "markdown" if cell.kind == "markdown" else "text"


def _title(language: str) -> str:
    names = {"r": "R", "javascript": "JavaScript", "typescript": "TypeScript", "sql": "SQL"}
    return names.get(language.lower(), language[:1].upper() + language[1:])
