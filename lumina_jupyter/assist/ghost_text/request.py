"""Where code is suggested: the text around the cursor, and the cells around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from ...gateway.requests import new_request_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CellText:
    """A cell that is not being edited."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    source: str
    kind: Literal["code", "markdown", "raw"] = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class GhostTextRequest:
    """One place in a notebook's cell or in a file.

    `prefix` and `suffix` are the text of that cell or file before and after the cursor, `before` the
    cells above, from the top down. `policy` is `notebook.metadata.lumina.policy` as its editor has it.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    prefix: str
    suffix: str = ""
    language: str = "python"
    before: tuple[CellText, ...] = ()
    path: str = ""
    """Of the notebook or file, below the server's root."""
    kernel_id: str = ""
    policy: dict[str, Any] = field(default_factory=dict)
    request_id: str = field(default_factory=new_request_id)
    user: str = ""
