"""The file `mcp.json` on the disk: read when it changed, and changed without losing what else stands in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ....errors import McpConfigInvalid, NotFound, StorageFailed
from ....storage import write_atomically
from .config import MOST_TEXT, Configured, entries_of, parse_config


class ConfigFile:
    """One `mcp.json`. Every method blocks: call them in a thread.

    Args:
        path: Where it is, or would be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def stamp(self) -> object:
        """Changes whenever the file does; None while there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def read(self, environment: Mapping[str, str]) -> Configured:
        """The servers that it names; none without a file.

        Raises:
            McpConfigInvalid: when it cannot be read or understood.
        """
        return parse_config(self._text(), environment)

    def entries(self) -> dict[str, Any]:
        """Its entries as they stand there.

        Raises:
            McpConfigInvalid: when it cannot be read or understood.
        """
        return entries_of(self._text())

    def put(self, name: str, entry: Mapping[str, Any]) -> bool:
        """Add an entry, or replace that of the same name; whether there was one.

        Raises:
            McpConfigInvalid: when the file or the entry cannot be understood; nothing is changed then.
            StorageFailed: when it cannot be written.
        """
        wrong = parse_config(json.dumps({"mcpServers": {name: dict(entry)}}), _Anything()).troubles
        if wrong:
            raise McpConfigInvalid(wrong[0][1])
        whole, servers = self._whole()
        before = name in servers
        servers[name] = dict(entry)
        self._write(whole)
        return before

    def remove(self, name: str) -> None:
        """Take an entry out.

        Raises:
            NotFound: when there is none of that name.
            McpConfigInvalid: when the file cannot be understood.
            StorageFailed: when it cannot be written.
        """
        whole, servers = self._whole()
        if servers.pop(name, None) is None:
            raise NotFound(f"{self.path} has no server {name!r}.", hint="`lumina mcp list` lists the servers.")
        self._write(whole)

    def _whole(self) -> tuple[dict[str, Any], dict[str, Any]]:
        text = self._text()
        entries_of(text)
        whole: dict[str, Any] = json.loads(text) if text.strip() else {}
        key = "servers" if "servers" in whole and "mcpServers" not in whole else "mcpServers"
        servers: dict[str, Any] = whole.setdefault(key, {})
        return whole, servers

    def _text(self) -> str:
        try:
            with self.path.open(encoding="utf-8-sig") as file:
                return file.read(MOST_TEXT + 1)
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise McpConfigInvalid(f"{self.path} cannot be read: {error}.") from error

    def _write(self, whole: Mapping[str, Any]) -> None:
        target = self.path.resolve()
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFailed(f"{self.path} cannot be written: {error}.") from error
        # Entries may hold keys: the file is its owner's alone.
        write_atomically(target, (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode())


class _Anything(dict[str, str]):
    """An environment in which every variable is set: whether it is, is seen when the server starts."""

    def get(self, key: str, default: Any = None) -> Any:
        """A value for whatever is asked."""
        return default or f"https://{key}"
