"""Eyes on kernels: their variables, also while a cell runs.

`KernelEyes` looks into the kernels of a server, `look_inside` into a namespace of this process. Both see
the same within the same bounds: `Seen`, made of `VariableSummary` and `ColumnSummary`, under a `Policy`
and a `Budget`. `Kernels` and `RunningKernel` are what the eyes must be told of kernels.
"""

from .eyes import KernelEyes
from .inside import look_inside
from .kernels import Kernels, RunningKernel
from .summary import Budget, ColumnSummary, Policy, Ran, Seen, VariableSummary, stricter

__all__ = [
    "Budget",
    "ColumnSummary",
    "KernelEyes",
    "Kernels",
    "Policy",
    "Ran",
    "RunningKernel",
    "Seen",
    "VariableSummary",
    "look_inside",
    "stricter",
]
