"""The body with which a kernel declares its notebook's tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..errors import InvalidBody
from ..tools.notebook_tools import MOST_TOOLS, Declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeclarations:
    """All tools that a notebook has now, in the kernel in which they run."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    tools: tuple[Declaration, ...]
    kernel_id: str
    notebook: str = ""

    def __post_init__(self) -> None:
        if len(self.tools) > MOST_TOOLS:
            raise InvalidBody(f"A notebook has {MOST_TOOLS} tools at most.", field="tools")
