"""Which client a process gets.

Kernels and terminals of a Jupyter server find its address, and a token that opens `/lumina/…` alone,
in their environment. Without these the engine runs in a thread of this process.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from .protocol import Client


class _Shared:
    """The one client of this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.client: Client | None = None


_shared = _Shared()


def connect(environment: Mapping[str, str] | None = None) -> Client:
    """The client of this process; the same one each time.

    Args:
        environment: Where to look for the server's address and for provider keys; `os.environ`
            when omitted.

    Raises:
        InvalidSetting: when a config file is wrong.
    """
    with _shared.lock:
        if _shared.client is None:
            _shared.client = _make(os.environ if environment is None else environment)
        return _shared.client


def disconnect() -> None:
    """Close this process's client; the next `connect` makes a new one."""
    with _shared.lock:
        client, _shared.client = _shared.client, None
    if client is not None:
        client.close()


def _make(environment: Mapping[str, str]) -> Client:
    url = environment.get("LUMINA_URL")
    if url:
        from .http import HttpClient

        return HttpClient(
            url, token=environment.get("LUMINA_TOKEN", ""), certificate=environment.get("LUMINA_CERTIFICATE", "")
        )
    from ..settings import load_settings
    from .local import LocalClient

    return LocalClient(load_settings(), dict(environment))
