"""What became of a program in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass

from .limits import Limit


@dataclass(frozen=True, slots=True)
class ScratchFile:
    """A regular file that was in the scratch folder at the end; `name` is relative to it.

    `changed` says whether this run made or changed it. `kept` is false for one that did not fit the limits.
    """

    name: str
    size: int
    changed: bool
    kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxResult:
    """What became of a program.

    `exit_status` is the shell's: 128 and the signal's number for a program that a signal ended, and None for one that
    was stopped from outside. `limit` says at which limit it was stopped. Times are in seconds, memory in bytes.
    """

    exit_status: int | None
    stdout: str
    stderr: str
    stdout_truncated: bool = False
    stderr_truncated: bool = False
    files: tuple[ScratchFile, ...] = ()
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory: int = 0
    peak_processes: int = 0
    limit: Limit = ""

    @property
    def ok(self) -> bool:
        """Whether it ended by itself, and well."""
        return self.exit_status == 0 and not self.limit
