"""The sandbox: runs code that is not the user's where it can reach nothing of hers.

`Sandbox` runs a program in namespaces of its own (bubblewrap), under a filter of system calls, with limits of time,
memory, processes, output and disk. Where the machine cannot do that, nothing is run.
"""

from .limits import Limits
from .result import SandboxResult, ScratchFile
from .sandbox import Sandbox
from .status import SandboxStatus, probe
from .workspaces import Workspaces

__all__ = ["Limits", "Sandbox", "SandboxResult", "SandboxStatus", "ScratchFile", "Workspaces", "probe"]
