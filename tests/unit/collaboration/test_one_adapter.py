"""What jupyter-server-ydoc may change with any release is touched in one folder."""

from __future__ import annotations

import ast
from pathlib import Path

import lumina_jupyter
from lumina_jupyter.syntax import parse

PACKAGE = Path(lumina_jupyter.__file__).parent
ADAPTER = PACKAGE / "collaboration" / "ydoc_server"
INSIDES = {"ywebsocket_server", "_save_to_disc", "get_document", "get_room", "room_exists"}
UPSTREAM = ("jupyter_server_ydoc", "pycrdt.websocket", "pycrdt.store")


def touched(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in INSIDES:
            found.add(node.attr)
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found |= {name for name in names if name.startswith(UPSTREAM)}
    return found


def test_only_the_adapter_touches_live_rooms() -> None:
    assert any(touched(path) for path in ADAPTER.glob("*.py"))
    elsewhere = {
        str(path.relative_to(PACKAGE)): found
        for path in PACKAGE.rglob("*.py")
        if not path.is_relative_to(ADAPTER) and (found := touched(path))
    }
    assert elsewhere == {}
