"""Which process works on a run, so that another one can tell whether it still does."""

from __future__ import annotations

import os
import socket
from secrets import token_hex


class Keeper:
    """This process, for as long as one engine lives in it."""

    def __init__(self) -> None:
        self._name = ""

    @property
    def name(self) -> str:
        """`host|process|when it began|engine`."""
        if not self._name:
            self._name = f"{socket.gethostname()[:60]}|{os.getpid()}|{_began(os.getpid())}|{token_hex(4)}"
        return self._name

    def lives(self, keeper: str) -> bool:
        """Whether the process of that name may still work on its runs; one of another machine may."""
        host, _, rest = keeper.partition("|")
        process, _, rest = rest.partition("|")
        began = rest.partition("|")[0]
        if host != socket.gethostname()[:60]:
            return True
        return process.isdigit() and began == _began(int(process))


def _began(process: int) -> str:
    """When a process began; empty when there is none of that number."""
    import psutil

    try:
        return f"{psutil.Process(process).create_time():.2f}"
    except psutil.Error:
        return ""
