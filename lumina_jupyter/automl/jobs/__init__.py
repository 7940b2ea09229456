"""Searches as jobs of a server: each is a process of its own, kept in a folder, and watched by whoever may."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .history import History
    from .job import Job, JobView
    from .jobs import Jobs
    from .request import SearchRequest
    from .tools import automl_tools
    from .view import ExperimentView

__all__ = ["ExperimentView", "History", "Job", "JobView", "Jobs", "SearchRequest", "automl_tools"]

_HOMES = {
    "ExperimentView": "view",
    "History": "history",
    "Job": "job",
    "JobView": "job",
    "Jobs": "jobs",
    "SearchRequest": "request",
    "automl_tools": "tools",
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
