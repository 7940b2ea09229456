"""Attempts to raise a permission from inside of data; each line of `attempts.jsonl` is one.

`place` is where it stands: an output, a file, a web page or another tool's result (`output`, `file`, `web`,
`tool_result`), the call's own `arguments`, a notebook's `metadata`, or an MCP server's description (`mcp`). `call` is what
a model that believes it would do next.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt."""

    place: str
    text: str
    tool: str
    arguments: dict[str, Any]


def attempts(*places: str) -> list[Attempt]:
    """Those at these places; all of them where none is named."""
    lines = Path(__file__).with_name("attempts.jsonl").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        data = json.loads(line)
        call = data["call"] or {"tool": "", "arguments": {}}
        found.append(Attempt(data["place"], data["text"], call["tool"], call["arguments"]))
    return [each for each in found if not places or each.place in places]
