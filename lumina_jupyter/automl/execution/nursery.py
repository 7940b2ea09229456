"""A process that has loaded the libraries and forks workers, which so begin at once; and its side in the search's process.

It runs no model itself: nothing but a process with one thread and no OpenMP behind it can be forked safely, and the process
of a search is neither. It lives as long as that one, and ends by itself when it was not needed for a while. Once its workers
are there it begins its program anew, without the libraries, whose memory only they need then; it loads them again should a
worker have to be replaced.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from typing import IO, ClassVar

from .environment import worker_environment
from .memory import keep_shared
from .process_group import kill_group

MODULE = "lumina_jupyter.automl.execution.nursery"
LOADED = (
    "lumina_jupyter.automl.execution.training",
    "threadpoolctl",
    "lightgbm",
    "xgboost",
    "catboost",
    # What a first fit loads otherwise, in each worker anew.
    "pyarrow.pandas_compat",
    "narwhals._pandas_like.dataframe",
    "narwhals._pandas_like.namespace",
    "narwhals._interchange.dataframe",
    "narwhals.stable.v2._namespace",
)
IDLE = 900.0
"""Seconds after which it ends when no worker lives and none is asked for."""
SETTLED = 5.0
"""Seconds without a request after which it lets go of the libraries when workers live."""
STATUS_SECONDS = 5.0


class Nurseling:
    """A worker that a nursery has forked, or is about to."""

    def __init__(self, nursery: Nursery, number: int, requests: IO[bytes], replies: IO[bytes]) -> None:
        self.requests = requests
        self.replies = replies
        self._nursery = nursery
        self._number = number

    def kill(self) -> None:
        """End its group; one that is not there yet ends by itself, because nobody writes to it any more."""
        self._nursery.kill(self._number)
        with contextlib.suppress(OSError):
            self.requests.close()

    def status(self) -> int:
        """Its exit status."""
        return self._nursery.status(self._number)


class Nursery:
    """The nursery, seen from the search's process."""

    _shared: ClassVar[Nursery | None] = None
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=worker_environment(1),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._socket = ours
        self._owner = os.getpid()
        self._count = 0
        self._pids: dict[int, int] = {}
        self._statuses: dict[int, int] = {}
        self._changed = threading.Condition()
        self._gone = False
        threading.Thread(target=self._listen, name="lumina-automl-nursery", daemon=True).start()

    @staticmethod
    def possible() -> bool:
        """Whether processes can be forked safely here: libraries of macOS can't stand it."""
        return sys.platform.startswith("linux")

    @classmethod
    def shared(cls) -> Nursery:
        """The nursery of this process; a new one when it has ended, or belongs to the process that this one was forked from."""
        with cls._lock:
            found = cls._shared
            if found is None or found._gone or found._owner != os.getpid():
                found = cls._shared = cls()
            return found

    def begin(self) -> Nurseling:
        """A worker, which reads and writes as soon as it is there.

        Raises:
            OSError: when the nursery has ended.
        """
        read_requests, write_requests = os.pipe()
        read_replies, write_replies = os.pipe()
        try:
            with self._changed:
                self._count += 1
                number = self._count
            socket.send_fds(self._socket, [json.dumps({"begin": number}).encode()], [read_requests, write_replies])
        except OSError:
            os.close(write_requests)
            os.close(read_replies)
            raise
        finally:
            os.close(read_requests)
            os.close(write_replies)
        return Nurseling(self, number, os.fdopen(write_requests, "wb"), os.fdopen(read_replies, "rb"))

    def kill(self, number: int) -> None:
        """End a worker's group, when it is there."""
        with self._changed:
            if number in self._pids and number not in self._statuses:
                kill_group(self._pids[number])

    def status(self, number: int) -> int:
        """A worker's exit status once it is gone; that of a kill when it can't be known."""
        with self._changed:
            self._changed.wait_for(lambda: number in self._statuses or self._gone, STATUS_SECONDS)
            return self._statuses.get(number, -int(signal.SIGKILL))

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._socket.makefile("rb") as lines:
            for line in lines:
                message = json.loads(line)
                with self._changed:
                    if "status" in message:
                        self._statuses[message["number"]] = message["status"]
                    else:
                        self._pids[message["number"]] = message["pid"]
                    self._changed.notify_all()
        with self._changed:
            self._gone = True
            self._changed.notify_all()
        self._process.wait()


def main() -> None:
    """Fork workers as they are asked for, and say how they ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = socket.socket(fileno=int(sys.argv[1]))
    living = {int(pid): number for pid, number in json.loads(sys.argv[2]).items()} if len(sys.argv) > 2 else {}
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    # Some may have ended while nobody listened.
    _report(line, living)
    loaded = not living
    if loaded:
        _load()
    while True:
        settling = loaded and bool(living)
        ready, _, _ = select.select([line.fileno(), woken], [], [], SETTLED if settling else IDLE)
        if not ready and settling:
            _begin_anew(line, living)
        if not ready and not living:
            return
        if woken in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(woken, 4096)
            _report(line, living)
        if line.fileno() in ready:
            data, handles, _, _ = socket.recv_fds(line, 4096, 2)
            if not data:
                return
            if not loaded:
                _load()
                loaded = True
            _fork(line, json.loads(data)["begin"], handles, living)


def _load() -> None:
    for name in LOADED:
        with contextlib.suppress(ImportError, OSError):
            importlib.import_module(name)
    keep_shared()


def _begin_anew(line: socket.socket, living: dict[int, int]) -> None:
    """The same process with the same children, and nothing loaded."""
    os.execv(sys.executable, [sys.executable, "-m", MODULE, str(line.fileno()), json.dumps(living)])  # noqa: S606 - its own program


def _report(line: socket.socket, living: dict[int, int]) -> None:
    while living:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        _say(line, {"number": living.pop(pid), "status": os.waitstatus_to_exitcode(status)})


def _fork(line: socket.socket, number: int, handles: list[int], living: dict[int, int]) -> None:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            line.close()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            os.dup2(handles[0], 0)
            os.dup2(handles[1], 1)
            for handle in handles:
                os.close(handle)
            from .worker import main as work

            work()
            status = 0
        finally:
            os._exit(status)
    for handle in handles:
        os.close(handle)
    living[pid] = number
    _say(line, {"number": number, "pid": pid})


def _say(line: socket.socket, message: dict[str, int]) -> None:
    with contextlib.suppress(OSError):
        line.sendall(json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    main()
