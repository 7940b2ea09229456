"""A task: what somebody's words ask for, as the agent understood them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Action = Literal[
    "answer", "explain", "fix", "write", "change", "refactor", "plot", "clean", "test", "document", "run", "find"
]
"""`answer` is a question about data or results, `explain` one about code; the others change or run something."""
ACTIONS: tuple[Action, ...] = get_args(Action)
TargetKind = Literal["notebook", "cell", "variable", "file", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be done.

    `target` is a cell's id, a variable's or a column's name or a file's path, as `target_kind` says. `constraints`
    are what must hold ("do not touch the first cell"), `expects` what will be there in the end. `complexity` is from
    0 (one obvious step) to 1 (many steps that depend on each other).
    """

    words: str
    action: Action
    target_kind: TargetKind = "notebook"
    target: str = ""
    constraints: tuple[str, ...] = ()
    expects: str = ""
    complexity: float = 0.3
