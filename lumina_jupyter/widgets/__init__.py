"""Widgets: live views of what Lumina does, for any front end that shows Jupyter's widgets.

`agent_run` shows a run of the agent, `automl_search` a search for models. Each widget is a Python class, and a folder of
ES modules in `js/`, which front ends are given as one (`bundle`). It is loaded on first use, and takes the extra `widgets`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import MissingExtra

if TYPE_CHECKING:
    from .agent_run import AgentRun

__all__ = ["agent_run"]


def agent_run(run_id: str = "") -> AgentRun:
    """A live view of a run of the agent; without an id, of the last one in this notebook.

    Raises:
        MissingExtra: when anywidget is not installed.
        LuminaError: when there is no such run, or the server cannot be reached.
    """
    try:
        from .agent_run import AgentRun
    except ImportError as error:
        raise MissingExtra("The view of a run", "widgets") from error
    return AgentRun(run_id)
