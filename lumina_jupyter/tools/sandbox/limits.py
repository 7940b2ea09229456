"""How much a program in the sandbox may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Limit = Literal["", "wall", "cpu", "memory", "processes", "output", "scratch"]
"""Which limit ended a program; empty: none."""

MB = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use; whatever reaches a limit is stopped, and the result says which it was.

    `wall_seconds` counts from the program's first instruction, `cpu_seconds` over all its processes. `memory_bytes` is
    for all processes together, without the files in the scratch folder, which have `scratch_bytes`. `processes` counts
    threads too. `kept_bytes` of each stream are kept, the first and the last half; a program that prints
    `printed_bytes` is stopped.
    """

    wall_seconds: float = 60.0
    cpu_seconds: float = 60.0
    memory_bytes: int = 2_000 * MB
    processes: int = 128
    open_files: int = 256
    kept_bytes: int = 1 * MB
    printed_bytes: int = 100 * MB
    scratch_bytes: int = 256 * MB
    scratch_files: int = 5_000
