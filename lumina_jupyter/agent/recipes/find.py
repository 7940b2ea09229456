"""Something to be found in the notebook or in the files beside it."""

from __future__ import annotations

import re

from ..plan import Phase, Plan, Step
from ..scene import Scene
from ..task import Task

_FILES = re.compile(r"\bfiles?\b|\bfolder\b|\bdirectory\b", re.IGNORECASE)
_STALE = re.compile(
    r"\b(?:stale|out[- ]of[- ]date|outdated|not up to date|run again|re-?run|edited (?:after|since)|changed (?:after|since))\b",
    re.IGNORECASE,
)


def find(task: Task, scene: Scene) -> Plan:
    """Read the notebook, list the files or look which cells are stale, and answer."""
    if _STALE.search(task.words) and "find_stale_cells" in scene.tools:
        step = Step(
            id="look", title="Look which cells are stale", tool="find_stale_cells", expects="The cells that are stale."
        )
    elif _FILES.search(task.words) and "list_files" in scene.tools:
        step = Step(id="look", title="List the files", tool="list_files", expects="The files of the folder.")
    else:
        step = Step(id="look", title="Read the notebook", tool="read_notebook", expects="The cells of the notebook.")
    return Plan(phases=(Phase(title="Find", steps=(step,)),), answers=True)
