"""Cells and notebooks as they are read: plain values that no later edit changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

CellType = Literal["code", "markdown", "raw"]
HASH_LENGTH = 16
"""Hexadecimal digits of a hash: 64 bits tell apart whatever the texts of one cell will ever be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell, with what nbformat knows of it. `outputs` and `execution_count` belong to code cells alone."""

    id: str
    type: CellType
    source: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    outputs: tuple[Mapping[str, Any], ...] = ()
    execution_count: int | None = None
    attachments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """What a write to this cell must name: it changes with the type and the text, not with the outputs."""
        return sha256(f"{self.type}\0{self.source}".encode()).hexdigest()[:HASH_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook at one moment."""

    cells: tuple[Cell, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    nbformat: int = 4
    nbformat_minor: int = 5

    @property
    def hash(self) -> str:
        """It changes with every cell's id, type and text and with their order."""
        whole = sha256()
        for cell in self.cells:
            whole.update(f"{cell.id}\0{cell.hash}\0".encode())
        return whole.hexdigest()[:HASH_LENGTH]
