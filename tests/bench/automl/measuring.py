"""Runs a process and measures it from outside: when it says what, and how much memory all of its processes hold."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

EVERY = 0.2


@dataclass
class Measured:
    """What was seen.

    Args:
        seconds: From its start to its end.
        peak_bytes: The most memory (RSS) that its processes held, summed; pages that they share count for each of them.
        peak_shared_bytes: The same with shared pages counted once (PSS); 0 where the system does not tell.
        said: What it said, and when (seconds since its start).
        status: Its exit status; None when it was ended because it took too long.
        tail: The end of what it wrote to standard error.
    """

    seconds: float = 0.0
    peak_bytes: int = 0
    peak_shared_bytes: int = 0
    said: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    status: int | None = None
    tail: str = ""

    def between(self, first: str, last: str) -> float | None:
        """Seconds from one thing it said to another; None when it did not say both."""
        if first not in self.said or last not in self.said:
            return None
        return self.said[last][0] - self.said[first][0]


def measured(
    command: list[str], folder: Path, environment: dict[str, str], cores: int, most_seconds: float
) -> Measured:
    """Run a command on so many cores; it and all that it has started are ended after so many seconds."""
    result = Measured()
    errors = folder / "stderr.txt"
    began = time.monotonic()
    with errors.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=file,
            start_new_session=True,
            preexec_fn=lambda: _bind(cores),  # noqa: PLW1509 - before any thread of ours is started
        )
        listener = threading.Thread(target=_listen, args=(process, result, began), daemon=True)
        listener.start()
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            summed, shared = _memory(watched)
            result.peak_bytes = max(result.peak_bytes, summed)
            result.peak_shared_bytes = max(result.peak_shared_bytes, shared)
            if time.monotonic() - began > most_seconds:
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(EVERY)
        result.status = process.poll()
        result.seconds = time.monotonic() - began
        # Its children too, should it have left any.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        listener.join(5)
    result.tail = errors.read_text(encoding="utf-8", errors="replace")[-2000:]
    return result


def _bind(cores: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:cores]))


def _listen(process: subprocess.Popen[bytes], result: Measured, began: float) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        at = time.monotonic() - began
        with contextlib.suppress(ValueError):
            said = json.loads(line)
            if isinstance(said, dict) and "entrant" in said:
                result.said[said.pop("entrant")] = (at, said)


def _memory(process: psutil.Process) -> tuple[int, int]:
    summed = shared = 0
    with contextlib.suppress(psutil.Error):
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                summed += each.memory_info().rss
                shared += getattr(each.memory_full_info(), "pss", 0)
    return summed, shared
