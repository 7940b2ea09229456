"""Notebook tasks with checkers: what agents and models are asked to do in a notebook, and whether they did it.

A folder a kind, a module a task, each with one `TASK`. `result` has what checkers look at, `playing` runs notebooks,
`tables` makes the data. `bench_agent_tasks` has them done; a test has each checker take its reference solution and
refuse what only looks like one.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from .notebook_task import NotebookTask

_HERE = Path(__file__).parent


def all_tasks() -> dict[str, NotebookTask]:
    """Every task by its name, `kind.name`, in the order of their names."""
    found = {}
    for kind in sorted(path.name for path in _HERE.iterdir() if (path / "__init__.py").exists()):
        for module in pkgutil.iter_modules([str(_HERE / kind)]):
            found[f"{kind}.{module.name}"] = importlib.import_module(f"{__name__}.{kind}.{module.name}").TASK
    return found
