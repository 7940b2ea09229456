"""How a face reaches an engine: over HTTP to the Jupyter server, or in this process.

`connect` gives this process's `Client`, `disconnect` closes it.
"""

from .connection import connect, disconnect
from .protocol import Client

__all__ = ["Client", "connect", "disconnect"]
