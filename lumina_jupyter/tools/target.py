"""What a call touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TargetKind = Literal["notebook", "cell", "file", "variable", "url", "process", "kernel", "none"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a call touches, told by the tool from its arguments before it runs.

    `name` is for people and rules: a path, a cell's id, a URL. `notebook` and `cell` say where it is, when it is in a
    notebook. `hash` is that of what is there now and would be changed: an approval is for that state alone.
    """

    kind: TargetKind
    name: str = ""
    notebook: str = ""
    cell: str = ""
    hash: str = ""


NO_TARGET = Target("none")
