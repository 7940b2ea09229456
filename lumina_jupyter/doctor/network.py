"""Ports, and what the environment says of proxies and certificates."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from .finding import Finding, ok, problem, warning

JUPYTER_PORT = 8888


def check_network(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Whether a port can be had here, and how providers will be reached."""
    yield _port()
    yield _proxy(environment)
    yield from _certificates(environment)


def _port() -> Finding:
    try:
        with socket.socket() as any_port:
            any_port.bind(("127.0.0.1", 0))
            any_port.listen()
    except OSError as error:
        return problem(
            "port",
            f"No port on 127.0.0.1 can be opened ({error.strerror or error}).",
            "Let this user open loopback ports.",
        )
    with socket.socket() as usual:
        usual.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            usual.bind(("127.0.0.1", JUPYTER_PORT))
        except OSError:
            return ok("port", f"{JUPYTER_PORT} is in use; Jupyter takes the next free one")
    return ok("port", f"{JUPYTER_PORT} is free")


def _proxy(environment: Mapping[str, str]) -> Finding:
    # As httpx reads them: lower case goes first, and HTTP_PROXY, HTTPS_PROXY, ALL_PROXY count.
    found = {
        name: value
        for name in ("https_proxy", "http_proxy", "all_proxy")
        if (value := environment.get(name) or environment.get(name.upper()) or "")
    }
    if not found:
        return ok("proxy", "none in the environment: providers are reached directly")
    for name, value in found.items():
        parts = urlsplit(value if "://" in value else f"http://{value}")
        if parts.scheme not in {"http", "https", "socks5", "socks5h"} or not parts.hostname:
            return problem(
                "proxy",
                f"{name.upper()} is not an address of a proxy: {value}",
                f"export {name.upper()}=http://host:port",
            )
        if parts.scheme.startswith("socks") and not _has_socks():
            return problem(
                "proxy", f"{name.upper()} is a SOCKS proxy, which needs a package.", "pip install 'httpx[socks]'"
            )
    around = environment.get("no_proxy") or environment.get("NO_PROXY") or "nothing but loopback"
    used = ", ".join(f"{name.upper()}={value}" for name, value in found.items())
    return ok("proxy", f"{used} is used for providers; past it go {around}")


def _has_socks() -> bool:
    from importlib.util import find_spec

    return find_spec("socksio") is not None


def _certificates(environment: Mapping[str, str]) -> Iterator[Finding]:
    file, folder = environment.get("SSL_CERT_FILE", ""), environment.get("SSL_CERT_DIR", "")
    if file:
        yield _certificate_file("SSL_CERT_FILE", file)
    elif folder:
        if Path(folder).is_dir():
            yield ok("certificates", f"SSL_CERT_DIR is used: {folder}")
        else:
            yield problem("certificates", f"SSL_CERT_DIR names {folder}, which is no folder.", "unset SSL_CERT_DIR")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        other = environment.get(name, "")
        if other and not (file or folder):
            yield warning(
                "certificates",
                f"{name} is set, but providers are reached with httpx, which reads SSL_CERT_FILE.",
                f"export SSL_CERT_FILE={other}",
            )
            return
    if not (file or folder):
        yield ok("certificates", "those of certifi are used; SSL_CERT_FILE names others")


def _certificate_file(name: str, file: str) -> Finding:
    if not Path(file).is_file():
        return problem("certificates", f"{name} names {file}, which does not exist.", f"unset {name}, or correct it")
    try:
        authorities = len(ssl.create_default_context(cafile=file).get_ca_certs())
    except (ssl.SSLError, OSError) as error:
        return problem(
            "certificates",
            f"{name} names {file}, which holds no certificates ({error}).",
            f"unset {name}, or correct it",
        )
    return ok("certificates", f"{name} is used: {file} ({authorities} authorities)")
