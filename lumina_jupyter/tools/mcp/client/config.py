"""`mcp.json`: which servers there are, in the format that other MCP clients use.

    {"mcpServers": {"files": {"command": "npx", "args": ["-y", "some-server", "${HOME}/data"], "env": {"MODE": "ro"}},
                    "wiki":  {"url": "https://wiki.example/mcp", "headers": {"Authorization": "Bearer ${WIKI_TOKEN}"}}}}

An entry that cannot be used is told and costs only itself. What other clients keep in an entry and we do not know, such
as tools that they approve by themselves, is left alone and has no effect.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....errors import McpConfigInvalid
from ....telemetry.redaction import register_secret

MOST_SERVERS = 100
MOST_TEXT = 1_000_000
MOST_SECONDS = 3600.0

_VARIABLE = re.compile(r"\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_SECRET_NAME = re.compile(r"(?i)key|token|secret|password|passwd|credential|authorization|cookie")
_SERVER_NAME = re.compile(r"[\w .@/-]{1,64}")
_OLD_TRANSPORT = "sse"


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthConfig:
    """How a server's sign-in is done where it does not register clients by itself."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    client_metadata_url: str = ""
    """Where a document says who we are, for servers that take such an address instead of registering us."""
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """One server: a program (`command`) or an address (`url`), never both.

    `trusted` means that what the server says of its tools' effects is believed. `timeout` is in seconds; None is the
    default. Values from the environment stand in it already.
    """

    name: str
    command: str = ""
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cwd: str = ""
    url: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    oauth: OAuthConfig | None = None
    enabled: bool = True
    trusted: bool = False
    timeout: float | None = None

    @property
    def place(self) -> str:
        """Where the server is, for people: a program's name or an address without what may be secret in it."""
        return self.url.partition("?")[0].rpartition("@")[2] if self.url else self.command


@dataclass(frozen=True, slots=True)
class Configured:
    """What a `mcp.json` says: the servers, and what is wrong with which entry."""

    servers: tuple[ServerConfig, ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()


def parse_config(text: str, environment: Mapping[str, str]) -> Configured:
    """Read a `mcp.json`.

    Args:
        text: The file's text.
        environment: What `${NAME}` and `${NAME:-otherwise}` in it stand for.

    Raises:
        McpConfigInvalid: when it as a whole cannot be understood.
    """
    entries = entries_of(text)
    servers: list[ServerConfig] = []
    troubles: list[tuple[str, str]] = []
    for name, entry in list(entries.items())[:MOST_SERVERS]:
        try:
            servers.append(_server(name, entry, environment))
        except McpConfigInvalid as error:
            troubles.append((name[:64], error.message))
    if len(entries) > MOST_SERVERS:
        troubles.append(("", f"There are {len(entries)} servers; the first {MOST_SERVERS} are used."))
    return Configured(tuple(servers), tuple(troubles))


def entries_of(text: str) -> dict[str, Any]:
    """The entries of a `mcp.json` as they stand there, by the servers' names.

    Raises:
        McpConfigInvalid: when there are none to be found.
    """
    if not text.strip():
        return {}
    if len(text) > MOST_TEXT:
        raise McpConfigInvalid(f"It has {len(text):,} characters; at most {MOST_TEXT:,} are read.")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise McpConfigInvalid(f"It is no JSON: {error}.") from error
    if not isinstance(whole, dict):
        raise McpConfigInvalid('It is no JSON object with an entry "mcpServers".')
    entries = whole.get("mcpServers", whole.get("servers", {}))
    if not isinstance(entries, dict):
        raise McpConfigInvalid('"mcpServers" is no object.')
    return entries


def _server(name: str, entry: Any, environment: Mapping[str, str]) -> ServerConfig:
    if not _SERVER_NAME.fullmatch(name):
        raise McpConfigInvalid("The name has other characters than letters, digits, spaces and . @ / - _.")
    if not isinstance(entry, dict):
        raise McpConfigInvalid("The entry is no object.")
    command, url = _text(entry, "command"), _text(entry, "url")
    if bool(command) == bool(url):
        raise McpConfigInvalid('An entry needs either "command" or "url".')
    kind = str(entry.get("type", entry.get("transport", ""))).lower()
    if kind == _OLD_TRANSPORT:
        raise McpConfigInvalid("The server speaks the transport of 2024 (SSE): give the address of its newer one.")
    expand = _Expansion(environment)
    address = expand(url)
    if address and not re.match(r"https?://[^/\s]+", address):
        raise McpConfigInvalid("The url does not begin with http:// or https://.")
    return ServerConfig(
        name=name,
        command=expand(command),
        args=tuple(expand(each) for each in _texts(entry, "args")),
        env=tuple((key, expand(value, name=key)) for key, value in _pairs(entry, "env")),
        cwd=_folder(expand(_text(entry, "cwd"))),
        url=address,
        headers=tuple((key, _header(expand(value, name=key))) for key, value in _pairs(entry, "headers")),
        oauth=_oauth(entry.get("oauth"), expand),
        enabled=not _flag(entry, "disabled") and _flag(entry, "enabled", otherwise=True),
        trusted=_flag(entry, "trusted"),
        timeout=_seconds(entry.get("timeout")),
    )


class _Expansion:
    """Puts values of the environment in; what was put in under a secret's name is masked everywhere from then on."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __call__(self, text: str, *, name: str = "") -> str:
        expanded = _VARIABLE.sub(self._value, text)
        if _SECRET_NAME.search(name):
            for word in expanded.split():
                register_secret(word)
        return expanded

    def _value(self, match: re.Match[str]) -> str:
        variable, otherwise = match[1], match[2]
        value = self._environment.get(variable) or otherwise
        if value is None:
            raise McpConfigInvalid(f"It names the variable {variable}, which is not set.")
        if _SECRET_NAME.search(variable):
            register_secret(value)
        return value


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str) or "\0" in value:
        raise McpConfigInvalid(f'"{key}" is no text.')
    return value


def _folder(path: str) -> str:
    return str(Path(path).expanduser()) if path else ""


def _texts(entry: Mapping[str, Any], key: str) -> list[str]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and "\0" not in each for each in value):
        raise McpConfigInvalid(f'"{key}" is no list of texts.')
    return value


def _pairs(entry: Mapping[str, Any], key: str) -> list[tuple[str, str]]:
    value = entry.get(key) or {}
    if not isinstance(value, dict) or not all(isinstance(each, str | int | float) for each in value.values()):
        raise McpConfigInvalid(f'"{key}" is no object of texts.')
    pairs = [(str(name), str(each)) for name, each in value.items()]
    if any("\0" in name + each or not name or "=" in name for name, each in pairs):
        raise McpConfigInvalid(f'"{key}" has a name or value that cannot be one.')
    return pairs


def _header(value: str) -> str:
    if "\n" in value or "\r" in value or not value.isascii():
        raise McpConfigInvalid("A header's value has characters that no header can have.")
    return value


def _flag(entry: Mapping[str, Any], key: str, *, otherwise: bool = False) -> bool:
    value = entry.get(key, otherwise)
    if not isinstance(value, bool):
        raise McpConfigInvalid(f'"{key}" is neither true nor false.')
    return value


def _seconds(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MOST_SECONDS:
        raise McpConfigInvalid(f'"timeout" is no number of seconds up to {MOST_SECONDS:g}.')
    return float(value)


def _oauth(entry: Any, expand: _Expansion) -> OAuthConfig | None:
    if entry is None:
        return None
    if not isinstance(entry, dict):
        raise McpConfigInvalid('"oauth" is no object.')
    return OAuthConfig(
        client_id=expand(_text(entry, "clientId")),
        client_secret=expand(_text(entry, "clientSecret"), name="secret"),
        client_metadata_url=expand(_text(entry, "clientMetadataUrl")),
        scope=expand(_text(entry, "scope")),
    )
