"""What this machine really gives us: memory within the container's limit, and cores worth a thread."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def total_memory() -> int:
    """Bytes of memory that this process may use: the machine's, or its container's limit when lower."""
    import psutil

    total = int(psutil.virtual_memory().total)
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        limit = _read(name)
        if limit.isdigit():
            total = min(total, int(limit))
    return total


def free_memory() -> int:
    """Bytes of memory that this process could still take: the machine's, or what is left of its container's limit."""
    import psutil

    free = int(psutil.virtual_memory().available)
    for limit, used, cached in (
        ("memory.max", "memory.current", "memory.stat"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
    ):
        most, taken = _read(limit), _read(used)
        if most.isdigit() and taken.isdigit():
            free = min(free, max(0, int(most) - int(taken) + _reclaimable(_read(cached))))
    return free


def usable_cores() -> int:
    """Physical cores that this process may use; hyperthreads don't help a matrix product."""
    import psutil

    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else (os.cpu_count() or 1)
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed, _cpu_quota()))


def _reclaimable(stat: str) -> int:
    """Bytes of files that the system keeps in memory only while nobody needs it."""
    lines = (line.split() for line in stat.splitlines())
    return next((int(line[1]) for line in lines if line[:1] == ["inactive_file"] and line[1].isdigit()), 0)


def _cpu_quota() -> int:
    """Whole cores of the container's CPU limit; as many as there are when it has none."""
    quota, _, period = _read("cpu.max").partition(" ")
    if quota.isdigit() and period.isdigit() and int(period):
        return max(1, math.floor(int(quota) / int(period)))
    return os.cpu_count() or 1


def _read(name: str) -> str:
    """A cgroup's limit as text; empty where there is none."""
    try:
        return (_CGROUP / name).read_text().strip()
    except OSError:
        return ""
