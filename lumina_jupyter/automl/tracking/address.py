"""The address of an MLflow server: whether it is one, and what of it may be seen."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from lumina_jupyter.errors import SettingUnusable
from lumina_jupyter.telemetry.redaction import MASK, redact

WEB = ("http", "https")
_NO_SERVER = re.compile(r"[/.]|file:|databricks")
"""How what MLflow takes for an address begins where it has no `://`: a folder, or a name of its own."""


def check_address(uri: str) -> None:
    """Nothing when MLflow's client may know what to do with an address.

    Raises:
        SettingUnusable: when it is none; it does not tell the name and password in it.
    """
    scheme, found, _ = uri.partition("://")
    # The client takes what has no scheme for a folder, or asks for a registry of models.
    known = _is_web(uri) if scheme.lower() in WEB else bool(found) or _NO_SERVER.match(uri) is not None
    if not known or not uri.isprintable():
        hint = "Give it as http://host:port (`c.Lumina.mlflow_tracking_uri`, or the variable MLFLOW_TRACKING_URI)."
        if "@" in uri:
            hint += " In a name or password in it, / is written %2F, ? is %3F and # is %23."
        raise SettingUnusable(f"{place_of(uri)!r} is no address of an MLflow server.", hint=hint)


def place_of(uri: str) -> str:
    """An address without the name and password that may be in it, and without what follows a question mark."""
    scheme, _, rest = _parts(uri)
    return scheme + rest.partition("?")[0]


def without_secrets(text: str, uri: str) -> str:
    """A text in which neither the name and password of an address stand, nor what looks like a key."""
    _, owner, _ = _parts(uri)
    password = owner.partition(":")[2]
    for secret in filter(None, (owner, unquote(owner), password, unquote(password))):
        text = text.replace(secret, MASK)
    return redact(text)


def _parts(uri: str) -> tuple[str, str, str]:
    """The scheme, the name and password, and what is behind them: as people mean them, also where it is no address."""
    scheme, found, rest = uri.partition("://")
    owner, _, place = (rest if found else uri).rpartition("@")
    return (scheme + found if found else ""), owner, place


def _is_web(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        # Whatever ends the host's part in the middle of a password makes another host of what stands before it.
        whole = "@" not in uri or "@" in parts.netloc
        return bool(parts.hostname) and whole and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
