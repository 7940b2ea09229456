"""What a task's words are about: a cell, a variable, a file, as far as words and scene say it plainly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from ...context import CellView
from ...context.code_names import code_names
from ...context.mentions import mentions
from ...context.place import named_cell
from ...context.sources.last_error import failed_cell
from ..scene import Scene
from ..task import Action, TargetKind

_ABOUT_CODE: frozenset[Action] = frozenset({"explain", "fix", "change", "refactor", "test", "document", "run"})
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "sixth": 5, "last": -1}
_ORDINAL = re.compile(r"\b(first|second|third|fourth|fifth|sixth|last)\s+(?:code\s+)?cell\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\bcell\s+(?:number\s+|no\.?\s*|#)?(\d{1,4})\b|\bcell\s*\[(\d{1,5})\]", re.IGNORECASE)
_ABOVE = re.compile(r"\b(?:cell above|above cell|previous cell)\b", re.IGNORECASE)
_CALLED = re.compile(r"([^\W\d]\w*)\(")
_FUNCTION = re.compile(r"\b(?:function|class|method) `?([^\W\d]\w*)")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Found:
    """A target, and whether the words name it rather than the scene suggesting it."""

    kind: TargetKind
    name: str = ""
    named: bool = False


def target_of(words: str, action: Action, scene: Scene) -> Found:
    """What the words are about."""
    named = _mentioned(words, scene) or (None if action == "fix" else _cell_by_place(words, scene))
    if named is not None:
        return named
    if action == "fix":
        blamed = called_cell(words, scene)
        if blamed is not None:
            return Found("cell", blamed.id, named=True)
        index = failed_cell(scene.notebook)
        placed = _cell_by_place(words, scene)
        if placed is not None or index is not None:
            return placed or Found("cell", scene.notebook.cells[index or 0].id)
    if action in _ABOUT_CODE:
        defined = defining_cell(words, scene)
        if defined is not None:
            return Found("cell", defined.id, named=True)
        if action == "run":
            return Found("notebook")
    file = file_in(words, scene)
    variable = variable_in(words, scene)
    if variable and action not in _ABOUT_CODE:
        return Found("variable", variable, named=True)
    if file and action not in _ABOUT_CODE:
        return Found("file", file, named=True)
    if action in _ABOUT_CODE:
        cell = current_cell(scene)
        return Found("cell", cell.id) if cell is not None else Found("notebook")
    tables = [each.name for each in scene.variables if each.columns]
    return Found("variable", tables[0]) if len(tables) == 1 else Found("notebook")


def _mentioned(words: str, scene: Scene) -> Found | None:
    for mention in mentions(words):
        if mention.kind == "cell":
            if not mention.target:
                cell = current_cell(scene)
                return Found("cell", cell.id, named=True) if cell is not None else None
            index = named_cell(scene.notebook, mention)
            if isinstance(index, int):
                return Found("cell", scene.notebook.cells[index].id, named=True)
        elif mention.kind in {"name", "variable"} and any(each.name == mention.target for each in scene.variables):
            return Found("variable", mention.target, named=True)
        elif mention.kind == "file" and mention.target in scene.files:
            return Found("file", mention.target, named=True)
        elif mention.kind == "error" and (failed := failed_cell(scene.notebook)) is not None:
            return Found("cell", scene.notebook.cells[failed].id, named=True)
    return None


def _cell_by_place(words: str, scene: Scene) -> Found | None:
    cells = scene.notebook.cells
    spoken = set(re.findall(r"[\w-]{6,64}", words))
    for cell in cells:
        if cell.id in spoken:
            return Found("cell", cell.id, named=True)
    match = _NUMBERED.search(words)
    if match is not None and match[2]:
        counted = next((cell for cell in cells if cell.execution_count == int(match[2])), None)
        return Found("cell", counted.id, named=True) if counted is not None else None
    if match is not None and 1 <= int(match[1]) <= len(cells):
        return Found("cell", cells[int(match[1]) - 1].id, named=True)
    ordinal = _ORDINAL.search(words)
    if ordinal is not None:
        code = [cell for cell in cells if cell.kind == "code" and cell.source.strip()]
        place = _ORDINALS[ordinal[1].lower()]
        if code and (place < 0 or place < len(code)):
            return Found("cell", code[place].id, named=True)
    if _ABOVE.search(words):
        places = [index for index, cell in enumerate(cells) if cell.id == scene.notebook.active_cell]
        if places and places[0] > 0:
            return Found("cell", cells[places[0] - 1].id, named=True)
    return None


def current_cell(scene: Scene) -> CellView | None:
    """The cell that somebody works on: the active one, when there is code in it; else the last with code."""
    active = scene.notebook.cell(scene.notebook.active_cell)
    if active is not None and active.kind == "code" and active.source.strip():
        return active
    code = [cell for cell in scene.notebook.cells if cell.kind == "code" and cell.source.strip()]
    return code[-1] if code else None


def defining_cell(words: str, scene: Scene) -> CellView | None:
    """The last cell that defines a function, a class or a variable that the words name."""
    spoken = set(_WORD.findall(words))
    for callables in (True, False):
        for cell in reversed(scene.notebook.cells):
            if cell.kind != "code" or scene.notebook.language != "python":
                continue
            names = code_names(cell.source)
            defined = {name for name, _ in names.late} if callables else names.defines - names.modules
            if {name for name in defined & spoken if len(name) > 2 or not callables}:
                return cell
    return None


def called_cell(words: str, scene: Scene) -> CellView | None:
    """The last cell that defines a function which the words write as a call, `f()`, or name as a function."""
    called = set(_CALLED.findall(words)) | set(_FUNCTION.findall(words))
    if not called or scene.notebook.language != "python":
        return None
    for cell in reversed(scene.notebook.cells):
        if cell.kind == "code" and called & {name for name, _ in code_names(cell.source).late}:
            return cell
    return None


def variable_in(words: str, scene: Scene) -> str:
    """The variable that the words name, or a table with a column that they name; tables first."""
    spoken = set(_WORD.findall(words))
    named = [each for each in scene.variables if each.name in spoken]
    named.sort(key=lambda each: not each.columns)
    if named:
        return named[0].name
    lowered = words.lower()
    for each in scene.variables:
        if any(len(column.name) > 2 and column.name.lower() in lowered for column in each.columns):
            return each.name
    return ""


def file_in(words: str, scene: Scene) -> str:
    """The file of the scene that the words name, by its path or its name."""
    lowered = words.lower()
    named = [each for each in scene.files if PurePosixPath(each).name.lower() in lowered]
    return max(named, key=len, default="")
