"""The engine: builds the parts from the settings, starts and stops them; the one place that knows all.

It lives on one event loop: the Jupyter server's, or one in a thread of a process without a server
(see `client`). Building it is cheap and touches neither disk nor network; each part opens what it
needs on first use.
"""

from .engine import Engine
from .health import Health

__all__ = ["Engine", "Health"]
