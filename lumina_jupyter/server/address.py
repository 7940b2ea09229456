"""Where a kernel on the server's own machine reaches Lumina."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyter_server.utils import url_path_join, urlencode_unix_socket_path

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

_ANY_IPV4 = {"", "*", "0.0.0.0"}  # noqa: S104 (compared with, never bound to)
_ANY_IPV6 = {"::", "[::]"}

_IN_PATHS = "/%:@!$&'()*+,;=~"
"""What may stand in a path as it is; a base URL may be quoted already."""


def kernel_url(serverapp: ServerApp) -> str:
    """The server's base URL as its kernels see it, as in `http://127.0.0.1:8888/user/ada/`.

    A server that listens on every address is reached by loopback; one on a Unix socket by
    `http+unix://` with the quoted path of the socket for a host, as Jupyter writes it. On a hub the
    base URL is the service prefix.
    """
    path = quote(url_path_join("/", serverapp.base_url, "/"), safe=_IN_PATHS)
    return f"{_origin(serverapp)}{path}"


def kernel_variables(serverapp: ServerApp, token: str) -> dict[str, str]:
    """What a kernel needs in its environment to reach Lumina.

    `LUMINA_CERTIFICATE` is there only with HTTPS: the path of the certificate to trust, because no
    public authority vouches for a loopback address.
    """
    variables = {"LUMINA_URL": kernel_url(serverapp), "LUMINA_TOKEN": token}
    if serverapp.certfile and not serverapp.sock:
        variables["LUMINA_CERTIFICATE"] = str(Path(serverapp.certfile).absolute())
    return variables


def _origin(serverapp: ServerApp) -> str:
    if serverapp.sock:
        return f"http+unix://{urlencode_unix_socket_path(serverapp.sock)}"
    scheme = "https" if serverapp.certfile else "http"
    return f"{scheme}://{_host(serverapp.ip)}:{serverapp.port}"


def _host(ip: str) -> str:
    if ip in _ANY_IPV4:
        return "127.0.0.1"
    if ip in _ANY_IPV6:
        return "[::1]"
    return f"[{ip}]" if ":" in ip else ip
