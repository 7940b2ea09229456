"""Memory for messages that are as large as a notebook."""

from __future__ import annotations

REUSED = 16 * 2**20
"""Bytes up to which freed memory is kept for the next message."""


def reuse_memory() -> None:
    """Have the C library keep the memory of a message for the next one.

    Whoever joins a room gets all of the notebook in one message, of which several copies are made and freed. glibc gives
    memory of that size back to the system each time, and gets it anew page by page, which takes as long as everything
    else that is done for the message. It goes by the largest block that was freed so far: this one, of which no page
    is ever touched. Elsewhere it does nothing.
    """
    bytes(REUSED)
