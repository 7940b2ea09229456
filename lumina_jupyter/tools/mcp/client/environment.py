"""The environment of a server's process: what programs need to run, and none of our secrets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

MARK = "LUMINA_MCP_PROCESS"
"""A variable with a random value by which everything that a server started can be found, wherever it went."""

_NEEDED = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "TEMP",
    "TMP",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    # The certificates of a network with a CA of its own.
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "NO_PROXY",
    "no_proxy",
    # Windows
    "APPDATA",
    "COMSPEC",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def child_environment(
    own: Iterable[tuple[str, str]], mark: str, around: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The whole environment of a server's process.

    Args:
        own: What its entry in `mcp.json` sets.
        mark: The value of `MARK`.
        around: Our own environment, from which only what is needed is taken.
    """
    around = os.environ if around is None else around
    kept = {name: around[name] for name in _NEEDED if name in around and not around[name].startswith("()")}
    # A proxy with a password in its address is a secret: an entry that needs it names it.
    kept |= {name: around[name] for name in _PROXIES if name in around and not urlsplit(around[name]).password}
    return {**kept, **dict(own), MARK: mark}
