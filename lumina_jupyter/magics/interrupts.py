"""The stop button of a notebook, pressed while no cell runs and the agent works."""

from __future__ import annotations

import signal
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .session import Session


def stop_runs_when_idle(session: Session) -> None:
    """Let an interrupt of the idle kernel stop the runs that its cells follow; to be called while a cell runs.

    Idle, IPython's kernel ignores interrupts. What it goes back to after a cell it keeps by a name of its own, which is
    where this is put; other kernels are left as they are.
    """
    kernel: Any = getattr(session.ipython, "kernel", None)
    if getattr(kernel, "saved_sigint_handler", None) is signal.SIG_IGN:
        kernel.saved_sigint_handler = _Stopping(session)


class _Stopping:
    """Stops what is followed; nothing where there is nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        for following in list(self._session.following.values()):
            following.stop()
