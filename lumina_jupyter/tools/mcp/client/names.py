"""Names of a server's tools among ours: `mcp__SERVER__TOOL`, as other clients call them."""

from __future__ import annotations

import hashlib
import re

MOST = 64
_ODD = re.compile(r"[^A-Za-z0-9_-]+")


def tool_name(server: str, tool: str) -> str:
    """The name under which a server's tool is known: what every provider takes, and never another tool's."""
    plain = f"mcp__{_ODD.sub('_', server)}__{_ODD.sub('_', tool)}"
    exact = plain == f"mcp__{server}__{tool}" and not ("__" in server or server.endswith("_") or tool.startswith("_"))
    if exact and len(plain) <= MOST:
        return plain
    # Names that were changed to fit may meet: the hash of the real ones keeps them apart.
    mark = hashlib.sha256(f"{server}\0{tool}".encode()).hexdigest()[:8]
    return f"{plain[: MOST - 9]}_{mark}"


def source_of(server: str) -> str:
    """The source of a server's tools in the registry."""
    return f"mcp:{server}"
