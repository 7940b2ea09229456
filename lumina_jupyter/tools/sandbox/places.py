"""What of the file system is visible in the sandbox, and what in it is hidden.

Visible is only what is listed: the system's programs and libraries, the server's Python with its packages, and the
folders that the caller names. In these, what holds secrets is covered.
"""

from __future__ import annotations

import functools
import os
import site
import sys
import sysconfig
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ...errors import InvalidArguments
from .secret_names import secrets_in

SYSTEM_FOLDERS = tuple(map(Path, ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")))
SYSTEM_FILES = tuple(
    map(
        Path,
        (
            "/etc/ld.so.cache",
            "/etc/ld.so.conf",
            "/etc/ld.so.conf.d",
            "/etc/ld.so.preload",
            "/etc/alternatives",
            "/etc/localtime",
            "/etc/timezone",
            "/etc/fonts",
            "/etc/mime.types",
            "/etc/magic",
        ),
    )
)
NEVER_READABLE = tuple(map(Path, ("/etc", "/proc", "/sys", "/dev", "/run", "/boot", "/var/run", "/var/lib", "/lumina")))


@functools.cache
def python_folders() -> tuple[Path, ...]:
    """Where the server's interpreter, its standard library and its packages are, each as named and as it really is."""
    paths = sysconfig.get_paths()
    wanted = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]
    wanted += [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    executable = Path(sys.executable)
    wanted += [str(executable.resolve().parent)]
    if site.ENABLE_USER_SITE:
        wanted.append(site.getusersitepackages())
    homes = home_folders()
    found: dict[Path, None] = {}
    for name in wanted:
        for path in (Path(name), Path(os.path.realpath(name))):
            # An interpreter that lives right in a home folder shows its libraries, not the home.
            if path.is_dir() and not any(home.is_relative_to(path) for home in homes) and not _is_system(path):
                found[path] = None
    return tuple(_outermost(found))


def home_folders() -> list[Path]:
    """The user's home, as the environment and as the system has it."""
    import pwd

    homes = {Path(os.path.realpath(Path("~").expanduser()))}
    with suppress(KeyError):
        homes.add(Path(os.path.realpath(pwd.getpwuid(os.getuid()).pw_dir)))
    return [home for home in homes if home != Path("/") and home.is_dir()]


def private_folders() -> list[Path]:
    """Where Jupyter keeps its configuration, passwords, tokens and the files by which kernels are reached."""
    from jupyter_core.paths import jupyter_config_path, jupyter_data_dir, jupyter_runtime_dir

    names = [*jupyter_config_path(), jupyter_data_dir(), jupyter_runtime_dir()]
    return [Path(name) for name in names]


def checked_readable(folder: Path) -> Path:
    """The folder, as it really is.

    Raises:
        InvalidArguments: for one that is none, or that holds the system itself.
    """
    real = Path(os.path.realpath(folder))
    if not real.is_dir():
        raise InvalidArguments(f"{folder} is no folder that could be read in the sandbox.")
    broad = real == Path("/") or any(place.is_relative_to(real) for place in NEVER_READABLE)
    if broad or any(real.is_relative_to(place) for place in NEVER_READABLE):
        raise InvalidArguments(f"{folder} is part of the system and is not shown in the sandbox.")
    return real


def home_entries(readable: Iterable[Path]) -> list[Path]:
    """What to cover of a home that can be read: all that begins with a dot, where programs keep their keys.

    A link is covered where it leads to, when that can be read.
    """
    folders = list(readable)
    hidden: dict[Path, None] = {}
    for home in home_folders():
        if not any(home.is_relative_to(folder) for folder in folders):
            continue
        for entry in home.iterdir():
            real = Path(os.path.realpath(entry))
            seen = real.exists() and any(real.is_relative_to(folder) for folder in folders)
            if entry.name.startswith(".") and seen and not home.is_relative_to(real):
                hidden[real] = None
    return _outermost(hidden)


def hidden_places(visible: Iterable[Path], readable: Iterable[Path], private: Iterable[Path]) -> list[Path]:
    """What to cover in all that is visible: private folders, and in readable folders files that are named as secrets."""
    shown = [Path(os.path.realpath(path)) for path in visible]
    candidates = [*private_folders(), *private]
    for folder in readable:
        candidates += secrets_in(folder)
    hidden: dict[Path, None] = {}
    for candidate in candidates:
        for path in (candidate, Path(os.path.realpath(candidate))):
            if os.path.lexists(path) and any(path.is_relative_to(place) for place in shown):
                hidden[Path(os.path.realpath(path))] = None
    return [path for path in _outermost(hidden) if any(path.is_relative_to(place) for place in shown)]


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """The paths without those that are inside others."""
    every = list(paths)
    return [path for path in every if not any(path != other and path.is_relative_to(other) for other in every)]


def _is_system(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in SYSTEM_FOLDERS)
