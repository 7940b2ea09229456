"""How bubblewrap is told what the sandbox looks like."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .limits import MB, Limits
from .places import SYSTEM_FILES, SYSTEM_FOLDERS, hidden_places, home_entries, python_folders

HERE = "/lumina"
SCRATCH = f"{HERE}/scratch"
"""Where the scratch folder is, for the program."""
SOURCE = f"{HERE}/main.py"
"""Where the Python source is, for the program."""

SHARED_MEMORY_BYTES = 64 * MB
TEMPORARY_BYTES = 64 * MB
_THREADS = str(min(os.cpu_count() or 1, 4))
_LIBRARY_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS")
_THREAD_VARIABLES = (*_LIBRARY_THREADS, "POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "ARROW_IO_THREADS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What is run, and what it sees.

    `source` is Python source that is shown at `SOURCE`. `readable` are folders that are shown where they are;
    `private` ones are hidden wherever they are.
    """

    argv: Sequence[str]
    limits: Limits
    source: str | None = None
    readable: Sequence[Path] = ()
    private: Sequence[Path] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def small_files(program: Program, user: int) -> dict[str, bytes]:
    """The files that exist for the program alone, by path."""
    files = {
        "/etc/passwd": f"sandbox:x:{user}:{user}:sandbox:/tmp:/bin/sh\n".encode(),
        "/etc/group": f"sandbox:x:{user}:\n".encode(),
        "/etc/nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files\n",
        "/etc/hosts": b"127.0.0.1 localhost sandbox\n",
    }
    if program.source is not None:
        files[SOURCE] = program.source.encode()
    return files


def options(program: Program, *, own_user_namespace: bool, filtered: bool) -> list[str]:
    """Bubblewrap's options, but for those that name file descriptors."""
    limits = program.limits
    scratch = ["--perms", "0700", "--size", str(limits.scratch_bytes), "--tmpfs", SCRATCH]
    return [
        *_namespaces(own_user_namespace=own_user_namespace, filtered=filtered),
        *_mounts(program),
        *("--perms", "1777", "--size", str(SHARED_MEMORY_BYTES), "--tmpfs", "/dev/shm"),  # noqa: S108 - in the sandbox
        *(*way_to(Path(SCRATCH)), *scratch),
        *("--chdir", SCRATCH, "--clearenv"),
        *(part for name, value in _environment(program).items() for part in ("--setenv", name, value)),
    ]


def last_options() -> list[str]:
    """What closes the file system once everything is in its place."""
    return ["--remount-ro", "/dev", "--remount-ro", "/"]


def _namespaces(*, own_user_namespace: bool, filtered: bool) -> list[str]:
    chosen = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    if own_user_namespace:
        # Without our filter of system calls, the kernel itself has to refuse further user namespaces.
        chosen += ["--unshare-user"] if filtered else ["--unshare-user", "--disable-userns"]
    chosen += ["--hostname", "sandbox", "--new-session", "--die-with-parent", "--as-pid-1", "--cap-drop", "ALL"]
    if not own_user_namespace:
        # For the step from root to a user of its own, which gives them up.
        chosen += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return chosen


def _mounts(program: Program) -> list[str]:
    python = python_folders()
    told: list[str] = []
    for folder in SYSTEM_FOLDERS:
        told += _system_folder(folder)
    told += _shown(file for file in SYSTEM_FILES if file.exists())
    # Root's own numbers open files in /proc/sys and the like whatever its capabilities are.
    told += ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"]
    told += ["--ro-bind-try", "/proc/sysrq-trigger", "/proc/sysrq-trigger"]
    told += ["--dev", "/dev", "--perms", "1777", "--size", str(TEMPORARY_BYTES), "--tmpfs", "/tmp"]  # noqa: S108 - as above
    told += _shown(program.readable)
    at_home = home_entries(program.readable)
    told += [part for place in at_home for part in _cover(place)]
    told += _shown(python)
    # Not before: the interpreter may be in one of them.
    told += [part for place in at_home if place.is_dir() for part in ("--remount-ro", str(place))]
    for place in hidden_places([*SYSTEM_FOLDERS, *program.readable, *python], program.readable, program.private):
        if _is_there(place, at_home, python):
            told += _cover(place)
            told += ["--remount-ro", str(place)] if place.is_dir() else []
    return told


def _shown(paths: Iterable[Path]) -> list[str]:
    return [part for path in paths for part in (*way_to(path), "--ro-bind", str(path), str(path))]


def way_to(path: Path) -> list[str]:
    """The folders above a path, which anybody may pass through (bubblewrap's own would be closed to other users)."""
    return [part for folder in [*path.parents][-2::-1] for part in ("--perms", "0755", "--dir", str(folder))]


def _is_there(place: Path, covered: Iterable[Path], python: Iterable[Path]) -> bool:
    """Whether a place can still be seen once the entries of a home are covered."""
    if any(place.is_relative_to(folder) for folder in python):
        return True
    return not any(place.is_relative_to(entry) for entry in covered)


def _system_folder(folder: Path) -> list[str]:
    if folder.is_symlink():
        return ["--symlink", str(folder.readlink()), str(folder)]
    return ["--ro-bind", str(folder), str(folder)] if folder.is_dir() else []


def _cover(place: Path) -> list[str]:
    """An empty folder over a folder, a file that cannot be read over a file."""
    if place.is_dir():
        return ["--perms", "0555", "--tmpfs", str(place)]
    return ["--ro-bind", "/dev/null", str(place)]


def _environment(program: Program) -> dict[str, str]:
    paths = [f"{folder}/bin" for folder in python_folders() if (folder / "bin").is_dir()]
    variables = {
        "PATH": ":".join([*paths, "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": "/tmp",  # noqa: S108 - as above
        "TMPDIR": "/tmp",  # noqa: S108 - as above
        "USER": "sandbox",
        "LOGNAME": "sandbox",
        "LANG": "C.UTF-8",
        "SCRATCH": SCRATCH,
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108 - as above
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        **dict.fromkeys(_THREAD_VARIABLES, _THREADS),
    }
    return variables | dict(program.environment)
