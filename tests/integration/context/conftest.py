"""A real Jupyter server with the extension, a provider that is played back, and notebooks in its root."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.integration.server.conftest import change_settings, face, jp_server_config, provider, start_replay
from tests.replay.server import ReplayServer

__all__ = ["change_settings", "face", "jp_server_config", "provider", "start_replay"]

Write = Callable[..., None]


@pytest.fixture
def write_notebook(jp_root_dir: Path) -> Write:
    """Writes a notebook into the server's root: cells as (id, source, execution count, outputs), markdown without a count."""

    def write(
        path: str, *cells: tuple[str, str, int | None, Sequence[Any]], policy: dict[str, Any] | None = None
    ) -> None:
        made = nbformat.v4.new_notebook(metadata={"language_info": {"name": "python"}})
        if policy is not None:
            made.metadata["lumina"] = {"policy": policy}
        for name, source, count, outputs in cells:
            cell = nbformat.v4.new_code_cell(source, execution_count=count, outputs=list(outputs))
            cell["id"] = name
            made.cells.append(cell)
        nbformat.write(made, jp_root_dir / path)

    return write


def sent_text(provider: ReplayServer, at: int = -1) -> str:
    """The text of the last message of a request that the provider got."""
    content = json.loads(provider.requests[at].body)["messages"][-1]["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
