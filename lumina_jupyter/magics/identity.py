"""Which notebook a kernel belongs to: its conversation hangs on it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_KERNEL_ID = re.compile(r"kernel-([0-9A-Za-z_\-]+)\.json$")


@dataclass(frozen=True, slots=True)
class Identity:
    """A notebook as well as its kernel knows it, and the kernel's id (empty where there is none)."""

    notebook: str
    kernel_id: str


def identify(ipython: InteractiveShell, environment: Mapping[str, str] | None = None) -> Identity:
    """The identity of the shell's notebook.

    VS Code tells the notebook's path in a variable, a Jupyter server in the environment. Elsewhere
    the working folder stands for it, with the script's name where a script runs.
    """
    environment = os.environ if environment is None else environment
    kernel_id = _kernel_id(ipython)
    told = ipython.user_ns.get("__vsc_ipynb_file__") or environment.get("JPY_SESSION_NAME")
    if isinstance(told, str) and told:
        return Identity(told, kernel_id)
    script = Path(sys.argv[0]).name if sys.argv and not hasattr(ipython, "kernel") else ""
    return Identity(str(_working_folder() / script), kernel_id)


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except OSError:
        return Path()  # it was deleted


def _kernel_id(ipython: InteractiveShell) -> str:
    config: Any = ipython.config.get("IPKernelApp", {})
    match = _KERNEL_ID.search(str(config.get("connection_file", "")))
    return match[1] if match else ""
