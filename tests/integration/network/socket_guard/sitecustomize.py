"""Loaded by every Python process of the test: writes down each address that is connected to or looked up."""

import os
import sys
from pathlib import Path

LOG = Path(os.environ["LUMINA_TEST_SOCKET_LOG"])
EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}


def _note(event: str, arguments: tuple[object, ...]) -> None:
    at = EVENTS.get(event)
    if at is None:
        return
    with LOG.open("a") as file:
        file.write(f"{event}\t{arguments[at]!r}\t{sys.argv[0] if hasattr(sys, 'argv') else ''}\n")


sys.addaudithook(_note)
