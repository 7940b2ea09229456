"""What a session has run: the sources of its executions, which hold no values but those that somebody typed."""

from __future__ import annotations

import json
from typing import Any

ROOM = 3_000_000
"""Bytes of sources, as JSON, at most."""
EXECUTIONS = 10_000
"""Executions at most."""


def history(shell: Any) -> dict[str, Any]:
    """The executions, as pairs of count and source, the cell that runs now among them; None where not all are known.

    A part of them would have cells that ran long ago look as if they never had, so it is all or nothing.
    """
    manager = getattr(shell, "history_manager", None)
    if manager is None:
        return {"executions": None}
    sources, following = list(manager.input_hist_raw), shell.execution_count
    # While a cell runs some versions of IPython still have its count as the next one. Another length means that
    # sources and counts have gone astray.
    if not following <= len(sources) <= following + 1:
        return {"executions": None}
    ran = [[count, source] for count, source in enumerate(sources) if count and source.strip()]
    if len(ran) > EXECUTIONS or sum(len(source) for _, source in ran) > ROOM or len(json.dumps(ran)) > ROOM:
        return {"executions": None}
    return {"executions": ran}
