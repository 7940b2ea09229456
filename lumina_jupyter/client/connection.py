"""Which client a process gets.

Kernels and terminals of a Jupyter server find its address, and a token that opens `/lumina/…` alone,
in their environment. Without these the engine runs in a thread of this process.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from .protocol import Client

_connected: Client | None = None
_lock = threading.Lock()


def connect(environment: Mapping[str, str] | None = None) -> Client:
    """The client of this process; the same one each time.

    Args:
        environment: Where to look for the server's address and for provider keys; `os.environ`
            when omitted.
    """
    global _connected
    with _lock:
        if _connected is None:
            _connected = _make(os.environ if environment is None else environment)
        return _connected


def disconnect() -> None:
    """Close this process's client; the next `connect` makes a new one."""
    global _connected
    with _lock:
        client, _connected = _connected, None
    if client is not None:
        client.close()


def _make(environment: Mapping[str, str]) -> Client:
    url = environment.get("LUMINA_URL")
    if url:
        from .http import HttpClient

        return HttpClient(
            url, token=environment.get("LUMINA_TOKEN", ""), certificate=environment.get("LUMINA_CERTIFICATE", "")
        )
    from .local import LocalClient
    from ..settings import load_settings

    return LocalClient(load_settings(), dict(environment))
