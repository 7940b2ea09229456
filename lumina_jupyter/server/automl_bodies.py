"""The bodies with which searches of AutoML are gone on with, and their models asked to predict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingOn:
    """For how many more seconds a search goes on; 0 for what is left of its budget."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPredictions:
    """What is to be predicted: `rows` as objects with a value for each column, or a `file` below the server's root."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    rows: list[dict[str, Any]] = field(default_factory=list)
    file: str = ""
    probabilities: bool = False
