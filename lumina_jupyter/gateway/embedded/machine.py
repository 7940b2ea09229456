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


def usable_cores() -> int:
    """Physical cores that this process may use; hyperthreads don't help a matrix product."""
    import psutil

    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else (os.cpu_count() or 1)
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed, _cpu_quota()))


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
