"""One run in the sandbox from start to end, in a thread of its own.

The thread reads what is printed, looks every few hundredths of a second at what is used, and ends the program at the
first limit that is reached. The kernel ends it when this thread ends, so that none outlives the server.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from .arguments import Program
from .limits import Limit
from .output import Kept, OnOutput, Stream
from .process import SandboxedProcess
from .result import SandboxResult
from .scratch import Mark, collect, fill
from .usage import usage_of
from .waiting import readable

LOOK_EVERY = 0.05
"""Seconds between two looks at what is used."""
_READ = 65536
_DRAIN_SECONDS = 2.0


class Stop:
    """Tells a run from another thread that it shall end."""

    def __init__(self) -> None:
        self._event = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._open = True
        self._lock = threading.Lock()

    def fileno(self) -> int:
        """What can be read once the run shall end."""
        return self._event

    def set(self) -> None:
        """End the run, whether it has begun or not; when it is over, nothing happens."""
        with self._lock:
            if self._open:
                os.eventfd_write(self._event, 1)

    def close(self) -> None:
        """When the run is over."""
        with self._lock:
            if self._open:
                self._open = False
                os.close(self._event)


@dataclass
class _Measured:
    peak_memory: int = 0
    peak_processes: int = 0
    cpu_seconds: float = 0.0
    limit: Limit = ""
    stopped: bool = False
    next_look: float = field(default_factory=time.monotonic)


def run(
    bubblewrap: Path, program: Program, scratch: Path | None, on_output: OnOutput | None, stop: Stop
) -> SandboxResult:
    """Run a program and give back what became of it; blocks until it and all its processes have ended.

    Args:
        bubblewrap: The program that builds sandboxes.
        program: What is run, and what it sees.
        scratch: A folder of ours whose files the program gets, and which holds what it leaves.
        on_output: Told what is printed, as long as it is kept; called in this thread.
        stop: Ends the run.

    Raises:
        SandboxUnavailable: when there can be no sandbox; nothing has run then.
        ToolFailed: when the files of `scratch` do not fit.
    """
    process = SandboxedProcess(bubblewrap, program)
    try:
        before = fill(process.scratch, scratch, process.owner) if scratch is not None else {}
        return _watched(process, program, scratch, before, on_output, stop)
    finally:
        process.end()


def _watched(
    process: SandboxedProcess,
    program: Program,
    scratch: Path | None,
    before: dict[str, Mark],
    on_output: OnOutput | None,
    stop: Stop,
) -> SandboxResult:
    limits = program.limits
    kept: dict[int, tuple[Stream, Kept]] = {
        process.stdout: ("stdout", Kept(limits.kept_bytes)),
        process.stderr: ("stderr", Kept(limits.kept_bytes)),
    }
    measured = _Measured()
    began = time.monotonic()
    process.let_go()
    open_streams = set(kept)
    ended = False
    while not ended:
        now = time.monotonic()
        if now >= min(measured.next_look, began + limits.wall_seconds):
            _look(process, program, measured, now - began)
        if measured.limit or measured.stopped:
            break
        wait = max(min(measured.next_look, began + limits.wall_seconds) - time.monotonic(), 0)
        ready = readable([*open_streams, process.handle, stop.fileno()], wait)
        measured.stopped = stop.fileno() in ready
        ended = process.handle in ready
        for stream in open_streams.intersection(ready):
            if not _read(stream, kept, on_output):
                open_streams.discard(stream)
        if sum(each.printed for _, each in kept.values()) > limits.printed_bytes:
            measured.limit = "output"
    wall_seconds = time.monotonic() - began
    if not ended:
        process.kill()
        readable([process.handle], _DRAIN_SECONDS)
    _drain(open_streams, kept, on_output, limits.printed_bytes)
    status = process.finish()
    cpu_seconds = max(process.cpu_seconds, measured.cpu_seconds)
    if not measured.limit and cpu_seconds > limits.cpu_seconds:
        measured.limit = "cpu"
    (_, stdout), (_, stderr) = kept.values()
    return SandboxResult(
        exit_status=status if ended else None,
        stdout=stdout.text(),
        stderr=stderr.text(),
        stdout_truncated=stdout.truncated,
        stderr_truncated=stderr.truncated,
        files=collect(process.scratch, None if measured.stopped else scratch, limits, before),
        wall_seconds=wall_seconds,
        cpu_seconds=cpu_seconds,
        peak_memory=measured.peak_memory,
        peak_processes=measured.peak_processes,
        limit=measured.limit,
    )


def _look(process: SandboxedProcess, program: Program, measured: _Measured, elapsed: float) -> None:
    """See whether a limit is reached, and when to look next."""
    limits = program.limits
    began = time.monotonic()
    usage = usage_of(process.first, limits.processes)
    measured.cpu_seconds = max(measured.cpu_seconds, usage.cpu_seconds)
    measured.peak_memory = max(measured.peak_memory, usage.memory)
    measured.peak_processes = max(measured.peak_processes, usage.processes)
    if elapsed >= limits.wall_seconds:
        measured.limit = "wall"
    elif usage.cpu_seconds > limits.cpu_seconds:
        measured.limit = "cpu"
    elif usage.memory > limits.memory_bytes:
        measured.limit = "memory"
    elif usage.processes > limits.processes + 1:  # and the shell before the program
        measured.limit = "processes"
    elif max(map(_entries, process.folders)) > 2 * limits.scratch_files:
        measured.limit = "scratch"
    # A look at a great many processes takes its time: a tenth of the time at most is spent on it.
    spent = time.monotonic() - began
    measured.next_look = time.monotonic() + max(LOOK_EVERY, 10 * spent)


def _entries(folder: int) -> int:
    """How many files and folders there are on that file system; each takes memory, whatever its size."""
    status = os.fstatvfs(folder)
    return status.f_files - status.f_ffree


def _read(stream: int, kept: dict[int, tuple[Stream, Kept]], on_output: OnOutput | None) -> bool:
    """Take in what there is; false at the end."""
    data = os.read(stream, _READ)
    name, output = kept[stream]
    shown = output.add(data)
    if shown and on_output is not None:
        on_output(name, shown)
    return bool(data)


def _drain(
    streams: set[int], kept: dict[int, tuple[Stream, Kept]], on_output: OnOutput | None, printed_bytes: int
) -> None:
    """Take in what is still in the pipes; nobody is left to write more."""
    deadline = time.monotonic() + _DRAIN_SECONDS
    while streams and time.monotonic() < deadline:
        ready = readable(streams, _DRAIN_SECONDS)
        if not ready:
            return
        for stream in ready:
            if not _read(stream, kept, on_output):
                streams.discard(stream)
