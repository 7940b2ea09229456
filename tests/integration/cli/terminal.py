"""A command on a real terminal (a pty): what is typed, and what a person would see."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.forking import Forked

from .running import COMMANDS, MODULE, Home

_STYLES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r")


class Terminal:
    """One command on a pty."""

    def __init__(self, process: Forked, master: int) -> None:
        self.process = process
        self._master = master
        self.raw = b""

    @property
    def shown(self) -> str:
        """All text so far, without styles."""
        return _STYLES.sub("", self.raw.decode("utf-8", "replace"))

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def interrupt(self) -> None:
        """Ctrl-C, as the terminal sends it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def wait_for(self, text: str, *, after: int = 0, limit: float = 90.0) -> int:
        """Read until the text is shown beyond that position; the position behind it."""
        deadline = time.monotonic() + limit
        while (found := self.shown.find(text, after)) < 0:
            assert time.monotonic() < deadline, f"never shown: {text!r} in\n{self.shown}"
            if not self._read(deadline):
                found = self.shown.find(text, after)
                assert found >= 0, f"ended without {text!r}:\n{self.shown}"
                break
        return found + len(text)

    def end(self, limit: float = 60.0) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + limit
        while self._read(deadline):
            assert time.monotonic() < deadline, f"did not end:\n{self.shown}"
        return self.process.wait(max(0.1, deadline - time.monotonic()))

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        try:
            piece = os.read(self._master, 65536) if ready else b""
        except OSError:
            return False  # how Linux tells that the other end is closed
        self.raw += piece
        return bool(piece)


@contextmanager
def terminal(home: Home, *arguments: str) -> Iterator[Terminal]:
    """Run a command on a terminal of 100 columns."""
    master, slave = pty.openpty()
    environment = {**home.environment, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    process = COMMANDS.start(
        MODULE, arguments, environment=environment, folder=home.path, streams=(slave, slave, slave), session=True
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)
