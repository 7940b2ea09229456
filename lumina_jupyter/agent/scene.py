"""What the agent sees before it thinks: the notebook, the variables, the files beside it and what was done so far."""

from __future__ import annotations

from dataclasses import dataclass

from ..context import NotebookView
from ..context.kernel.summary import VariableSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step that was tried: what it was, what was written for it, and what came back (shortened, untrusted data)."""

    step: str
    title: str
    tool: str
    written: str = ""
    result: str = ""
    failed: bool = False
    cell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One moment. `tools` are the names that the gate would not deny; `files` lie in the notebook's folder.

    `colleagues` are the personas to whom work can be given, each with what it is for; none for most runs. `divides` says
    that whoever works is there to give all of it away, and does none itself.
    """

    notebook: NotebookView
    variables: tuple[VariableSummary, ...] = ()
    files: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    colleagues: tuple[tuple[str, str], ...] = ()
    divides: bool = False
    done: tuple[Done, ...] = ()
