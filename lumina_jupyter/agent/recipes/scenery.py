"""What recipes look for in a scene."""

from __future__ import annotations

from ...context import CellView
from ...context.code_names import code_names
from ..scene import Scene
from ..task import Task
from ..words.targets import current_cell, file_in

_TABLES = (".csv", ".tsv", ".txt", ".json", ".jsonl")
MOST_DEPENDENTS = 6


def target_cell(task: Task, scene: Scene) -> CellView | None:
    """The cell that a task is about: its target, or the one that somebody works on."""
    if task.target_kind == "cell":
        found = scene.notebook.cell(task.target)
        if found is not None:
            return found
    return current_cell(scene)


def code_target(task: Task, scene: Scene) -> CellView | None:
    """The same, when it is a code cell with something in it."""
    cell = target_cell(task, scene)
    return cell if cell is not None and cell.kind == "code" and cell.source.strip() else None


def unread_table(task: Task, scene: Scene) -> str:
    """The text file that the task names and that no variable seems to hold yet; empty when there is none."""
    path = task.target if task.target_kind == "file" else file_in(task.words, scene)
    if not path or path not in scene.files or not path.lower().endswith(_TABLES):
        return ""
    loaded = any(path in cell.source for cell in scene.notebook.cells if cell.execution_count is not None)
    return "" if loaded and any(each.columns for each in scene.variables) else path


def place_below(task: Task, scene: Scene) -> str:
    """The cell below which a new one goes: the target, if it is one; else the active one; else none, for the end."""
    if task.target_kind == "cell" and scene.notebook.cell(task.target) is not None:
        return task.target
    active = scene.notebook.cell(scene.notebook.active_cell)
    return active.id if active is not None and active.source.strip() else ""


def dependents(cell: CellView, scene: Scene) -> list[str]:
    """The cells below that have run and use what a cell defines."""
    if scene.notebook.language != "python":
        return []
    defined = set(code_names(cell.source).writes)
    below = False
    found: list[str] = []
    for each in scene.notebook.cells:
        if below and each.kind == "code" and each.execution_count is not None:
            names = code_names(each.source)
            if names.mentions & defined:
                found.append(each.id)
                defined |= names.writes
        below = below or each.id == cell.id
    return found[:MOST_DEPENDENTS]
