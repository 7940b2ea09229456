"""Something to be found in the notebook or in the files beside it."""

from __future__ import annotations

import re

from ..plan import Phase, Plan, Step
from ..scene import Scene
from ..task import Task

_FILES = re.compile(r"\bfiles?\b|\bfolder\b|\bdirectory\b", re.IGNORECASE)


def find(task: Task, scene: Scene) -> Plan:
    """Read the notebook, or list the files, and answer."""
    if _FILES.search(task.words) and "list_files" in scene.tools:
        step = Step(id="look", title="List the files", tool="list_files", expects="The files of the folder.")
    else:
        step = Step(id="look", title="Read the notebook", tool="read_notebook", expects="The cells of the notebook.")
    return Plan(phases=(Phase(title="Find", steps=(step,)),), answers=True)
