"""Python programs that are forked from a process in which they are imported already.

Each is a process of its own: it has the streams, the environment and the folder that it is given, is sent signals and
ends as one that was started by hand. But the seconds that its imports take are spent once for all of them.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

REPOSITORY = Path(__file__).parents[1]
KEEP = ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV")
"""Of the environment, what the process has that is forked from, beside an empty home: what it imports sees no more."""
_REQUEST = 1 << 20
"""Bytes that a request takes at most."""


class Forked:
    """A process, with what `subprocess.Popen` has for those who started one.

    Args:
        told: Where its number is told, and then how it ended.
    """

    stdin = stdout = stderr = None

    def __init__(self, told: int) -> None:
        self._told = os.fdopen(told, "rb", buffering=0)
        self._text = b""
        self.returncode: int | None = None
        while b"\n" not in self._text:
            self._read()
        self.pid = int(self._text.partition(b"\n")[0])

    def poll(self) -> int | None:
        """How it ended, as `Popen` tells it; None while it runs."""
        while self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self._read()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            TimeoutExpired: when it has not ended after so many seconds.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            left = None if end is None else max(0.0, end - time.monotonic())
            if not select.select([self._told], [], [], left)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            self._read()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """End it with SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it with SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _read(self) -> None:
        piece = self._told.read(64)
        assert piece, "The process that programs are forked from has died."
        self._text += piece
        if self._text.count(b"\n") == 2:
            self.returncode = int(self._text.split(b"\n")[1])
            self._told.close()


class ForkServer:
    """Starts programs, from any thread; the process that they are forked from starts with the first.

    Args:
        imports: What that process executes at its beginning. It must leave it with one thread, and import nothing that
            keeps for good what it found in the environment, as where its user's files are.
    """

    def __init__(self, imports: str) -> None:
        self._imports = imports
        self._starting = threading.Lock()
        self._line: socket.socket | None = None

    def start(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: str | os.PathLike[str],
        streams: Sequence[int],
        session: bool = False,
    ) -> Forked:
        """Start `python -m MODULE ARGUMENTS`.

        Args:
            module: The module.
            arguments: Its arguments.
            environment: Its whole environment.
            folder: Its working folder.
            streams: Its standard input, output and error.
            session: Whether it begins a session, and so a process group, of its own.
        """
        told, tell = os.pipe()
        request = json.dumps([module, list(arguments), dict(environment), os.fspath(folder), session]).encode()
        try:
            socket.send_fds(self._connected(), [request], [*streams, tell])
        finally:
            os.close(tell)
        return Forked(told)

    def _connected(self) -> socket.socket:
        with self._starting:
            if self._line is None:
                home = mkdtemp(prefix="forking-")  # it deletes it at its end
                self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with theirs:
                    process = subprocess.Popen(
                        [sys.executable, "-m", "tests.forking", str(theirs.fileno()), self._imports],
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        env={**{name: os.environ[name] for name in KEEP if name in os.environ}, "HOME": home},
                        cwd=REPOSITORY,
                        pass_fds=[theirs.fileno()],
                        start_new_session=True,
                    )
                # The last one first.
                atexit.register(process.wait, 10)
                atexit.register(self._line.close)
            return self._line


def _serve(line: socket.socket) -> tuple[list[Any], list[int]]:
    """Fork a process for each request; what was requested, in those processes."""
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    telling: dict[int, int] = {}
    sources: list[socket.socket | int] = [line, woken]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if woken in ready:
            os.read(woken, 4096)
            _tell_who_ended(telling)
        if line not in ready:
            continue
        request, streams, _, _ = socket.recv_fds(line, _REQUEST, 4)
        if not request:
            for pid in telling:
                with contextlib.suppress(ProcessLookupError):  # whoever started it was killed before it ended it
                    os.kill(pid, signal.SIGTERM)
            shutil.rmtree(os.environ["HOME"], ignore_errors=True)
            os._exit(0)
        pid = os.fork()
        if not pid:
            break
        telling[pid] = streams.pop()
        for stream in streams:
            os.close(stream)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    line.close()
    for each in (woken, wake, *telling.values()):
        os.close(each)
    return json.loads(request), streams


def _tell_who_ended(telling: dict[int, int]) -> None:
    while telling:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        tell = telling.pop(pid)
        with contextlib.suppress(BrokenPipeError):  # whoever started it wants to know no more
            os.write(tell, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os.close(tell)


def _become(arguments: list[str], environment: dict[str, str], folder: str, session: bool, streams: list[int]) -> None:
    """Be as a process that was started so, and tell its number."""
    if session:
        os.setsid()
    tell = streams.pop()
    os.write(tell, f"{os.getpid()}\n".encode())
    os.close(tell)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for stream in set(streams) - set(range(len(streams))):
        os.close(stream)
    for output in (sys.stdout, sys.stderr):
        cast(TextIOWrapper, output).reconfigure(line_buffering=output is sys.stderr or output.isatty())
    os.chdir(folder)
    # Programs that ask for it look whether whoever started them is there.
    parent = {"JPY_PARENT_PID": str(os.getppid())} if "JPY_PARENT_PID" in environment else {}
    os.environ.clear()
    os.environ.update(environment | parent)
    path = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    sys.path[:1] = [folder, *map(os.path.abspath, path)]
    sys.argv[1:] = arguments


def main() -> None:
    """Import, and serve on the socket whose number is the argument; then be the program that was asked for."""
    number, imports = sys.argv[1:]
    exec(imports, {})
    tasks = Path("/proc/self/task")
    threads = len(list(tasks.iterdir())) if tasks.exists() else threading.active_count()
    assert threads == 1, "A process with several threads cannot be forked safely."
    # What is imported stays where it is, so that all have its memory in common.
    gc.freeze()
    request, streams = _serve(socket.socket(fileno=int(number)))
    module, arguments, environment, folder, session = request
    _become(arguments, environment, folder, session, streams)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
