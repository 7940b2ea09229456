"""The adapter around jupyter-server-ydoc: rooms in which nothing is lost. Nothing else touches its insides.

Nothing of upstream's classes is changed: rooms and sockets of our own derive from them, and take their places in one
server's routes. What derives from upstream is imported only where jupyter-server-ydoc is loaded already.
"""

from .guard import LiveGuard
from .writers import Writer, current_writer

__all__ = ["LiveGuard", "Writer", "current_writer"]
