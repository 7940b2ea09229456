"""The program of a worker's process: reads jobs from its input, does one after the other, ends when its input ends.

A thread reads, so that the process ends at once when its search has died, in the middle of a fit too.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from .messages import read_message, write_message

NICE = 5
OUT_OF_MEMORY = 77
"""The exit status of a worker that got no more memory."""


def main() -> None:
    """Do jobs until there are no more."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.nice(NICE)
    requests, replies = _take_pipes()
    incoming: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests, incoming), daemon=True).start()

    from .job import Job
    from .training import Trainer

    write_message(replies, {"ready": os.getpid()})
    trainer: Trainer | None = None
    while True:
        message = incoming.get()
        if "open" in message:
            trainer = Trainer(Path(message["open"]))
        elif trainer is not None:
            try:
                outcome = trainer.run(Job(**message["job"]))
            except MemoryError:
                os._exit(OUT_OF_MEMORY)
            write_message(replies, {"done": dataclasses.asdict(outcome)})


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the search. Whatever libraries print goes to the log, and nothing else reads the input."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout = sys.stderr
    return requests, replies


def _read(requests: BinaryIO, incoming: queue.SimpleQueue[dict[str, Any]]) -> None:
    with contextlib.suppress(OSError, ValueError):
        while (message := read_message(requests)) is not None:
            incoming.put(message)
    os._exit(0)


if __name__ == "__main__":
    main()
