"""Kernels that are forked from a process in which IPython and Lumina are imported already: what they take a second for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_client.launcher import launch_kernel
from jupyter_client.provisioning import local_provisioner

from tests.forking import Forked, ForkServer

_KERNELS = ForkServer(
    # Not its application: that keeps who its parent was when it was imported.
    "import ipykernel.control, ipykernel.heartbeat, ipykernel.ipkernel, ipykernel.shellchannel, IPython.core.shellapp\n"
    "import lumina_jupyter.client, sqlalchemy.dialects.sqlite"
)
_USUAL = [sys.executable, "-m", "ipykernel_launcher"]
_OF_NO_CONSEQUENCE = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
"""Variables of Python's that say nothing about how it starts, or are heeded here."""


def install() -> None:
    """From now on launch this process's kernels so."""
    local_provisioner.launch_kernel = _launch  # type: ignore[attr-defined, assignment] # nobody was to replace it


def _launch(
    cmd: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: str | None = None, **options: Any
) -> Forked | subprocess.Popen[bytes]:
    """Launch a kernel as jupyter_client's `launch_kernel` does; one that is not the usual one by that itself."""
    environment = {**(os.environ if env is None else env), "JPY_PARENT_PID": str(os.getpid())}
    special = {name for name in environment if name.startswith("PYTHON")} - _OF_NO_CONSEQUENCE
    if list(cmd[:3]) != _USUAL or options or special:
        return launch_kernel(list(cmd), env=None if env is None else dict(env), cwd=cwd, **options)
    with Path(os.devnull).open() as nothing:
        return _KERNELS.start(
            _USUAL[-1],
            cmd[3:],
            environment=environment,
            folder=cwd or Path.cwd(),
            streams=(nothing.fileno(), 1, 2),
            session=True,
        )
