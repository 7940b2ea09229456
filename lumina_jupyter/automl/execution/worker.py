"""The program of a worker's process: reads jobs from its input, does one after the other, ends when its input ends.

A thread reads, so that the process ends at once when its search has died, in the middle of a fit too.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import queue
import signal
import threading
from pathlib import Path
from typing import IO, Any

from .messages import read_message, write_message

NICE = 2
LOG = "workers.log"
"""What libraries print, in an experiment's folder."""
OUT_OF_MEMORY = 77
"""The exit status of a worker that got no more memory."""


def main() -> None:
    """Do jobs until there are no more."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, replies = _take_pipes()
    incoming: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests, incoming), daemon=True).start()

    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

    from .job import Job
    from .memory import give_back, keep_shared
    from .training import Trainer

    keep_shared()

    # Not before the libraries are loaded: until then the search waits for it.
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)
    write_message(replies, {"ready": os.getpid()})
    trainer: Trainer | None = None
    while True:
        message = incoming.get()
        if "open" in message:
            folder = Path(message["open"])
            _log_into(folder)
            threadpool_limits(message["threads"])
            trainer = Trainer(folder)
        elif trainer is not None:
            try:
                outcome = trainer.run(Job(**message["job"]))
            except MemoryError:
                os._exit(OUT_OF_MEMORY)
            write_message(replies, {"done": dataclasses.asdict(outcome)})
            give_back()


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the search. Whatever libraries print goes elsewhere, and nothing else reads the input."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(nothing, handle)
    os.close(nothing)
    return requests, replies


def _log_into(folder: Path) -> None:
    log = os.open(folder / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def _read(requests: IO[bytes], incoming: queue.SimpleQueue[dict[str, Any]]) -> None:
    with contextlib.suppress(OSError, ValueError):
        while (message := read_message(requests)) is not None:
            incoming.put(message)
    os._exit(0)


if __name__ == "__main__":
    main()
