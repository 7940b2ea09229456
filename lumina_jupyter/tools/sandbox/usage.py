"""What a program's processes use together, read from outside, from the kernel's own files."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds of CPU, bytes of memory, and processes with their threads."""

    cpu_seconds: float
    memory: int
    processes: int


def usage_of(first: int, at_most: int) -> Usage:
    """What the process and all below it use; counting stops at twice as many processes as are allowed.

    Orphans stay below it: it is the first process of its own namespace.
    """
    cpu, memory, count = 0.0, 0, 0
    waiting = [first]
    while waiting and count <= 2 * at_most:
        process = Path(f"/proc/{waiting.pop()}")
        with suppress(OSError, IndexError, ValueError):
            # The name in the brackets can hold anything.
            fields = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
            cpu += sum(map(int, fields[11:15])) / _TICKS
            count += int(fields[17])
            memory += _memory(process)
            for thread in (process / "task").iterdir():
                with suppress(OSError, ValueError):
                    waiting += map(int, (thread / "children").read_text().split())
    return Usage(cpu, memory, count)


def _memory(process: Path) -> int:
    """Bytes that the process holds in memory, without those of files that are also on the disk."""
    total = 0
    for line in (process / "status").read_text(errors="replace").splitlines():
        if line.startswith(("RssAnon:", "RssShmem:")):
            total += int(line.split()[1]) * 1024
    return total
