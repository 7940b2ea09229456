"""A name that is to be another one, in all cells: no model is needed for it."""

from __future__ import annotations

import io
import re
import tokenize

from ..plan import Phase, Plan, Step
from ..scene import Scene
from ..task import Task
from .steps import RUNS

_RENAME = re.compile(
    r"\brename (?:the )?(?:variable |function |class |name )?[`'\"]?([^\W\d]\w*)[`'\"]? (?:to|into|as) [`'\"]?([^\W\d]\w*)",
    re.IGNORECASE,
)
_COLUMNS = re.compile(r"\bcolumns?\b", re.IGNORECASE)


def rename(task: Task, scene: Scene) -> Plan | None:
    """An edit of each cell that has the name, run again where it had run; None where the words ask for no such thing."""
    match = _RENAME.search(task.words)
    if match is None or _COLUMNS.search(task.words) or scene.notebook.language != "python":
        return None
    old, new = match[1], match[2]
    steps: list[Step] = []
    for cell in scene.notebook.cells:
        if cell.kind != "code":
            continue
        source = renamed(cell.source, old, new)
        if source is None:
            return None
        if source != cell.source:
            steps.append(_edit(len(steps) + 1, cell.id, source, old, new))
    return Plan(phases=(Phase(title="Rename", steps=tuple(steps)),)) if steps else None


def renamed(source: str, old: str, new: str) -> str | None:
    """The source with the name as another one; None where that is not certain.

    Attributes, names of arguments in calls and words in texts are no names of variables, and stay.
    """
    if old not in source:
        return source
    if new in re.findall(r"\w+", source):
        return None
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    lines = source.splitlines(keepends=True)
    depth = 0
    places: list[tuple[int, int]] = []
    for at, token in enumerate(tokens):
        if token.type == tokenize.STRING and _is_template(token.string):
            if token.start[0] != token.end[0]:
                return None
            places += [(token.start[0], token.start[1] + place) for place in _in_template(token.string, old)]
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        if token.type != tokenize.NAME or token.string != old:
            continue
        before = tokens[at - 1].string if at else ""
        after = tokens[at + 1].string if at + 1 < len(tokens) else ""
        if before != "." and not (depth and after == "="):
            places.append(token.start)
    for row, column in sorted(set(places), reverse=True):
        line = lines[row - 1]
        lines[row - 1] = f"{line[:column]}{new}{line[column + len(old) :]}"
    return "".join(lines)


def _is_template(text: str) -> bool:
    """Whether it is an f-string, which is one piece before Python 3.12."""
    return "f" in text[: min(text.find("'") % 1000, text.find('"') % 1000)].lower()


def _in_template(text: str, old: str) -> list[int]:
    """Where a name stands in the expressions of an f-string."""
    places = []
    for field in re.finditer(r"(?<!\{)\{([^{}]*)\}", text):
        places += [field.start(1) + found.start() for found in re.finditer(rf"(?<![\w.]){old}\b", field[1])]
    return places


def _edit(number: int, cell: str, source: str, old: str, new: str) -> Step:
    return Step(
        id=f"rename_{number}",
        title=f"Rename {old} to {new}",
        tool="edit_cell",
        arguments={"cell_id": cell, "content": source},
        expects=f"The cell says {new} in place of {old}, and runs.",
        check=RUNS,
    )
