"""An agent as it works on a notebook: over HTTP, with what it read named in every write."""

from __future__ import annotations

import json
import urllib.request
from typing import Any
from urllib.parse import quote

from lumina_jupyter.collaboration.document.cell import Cell
from tests.e2e.server import LabServer


class Agent:
    """Reads, edits, runs and proposes.

    Args:
        server: Where the notebook is.
        path: The notebook.
    """

    def __init__(self, server: LabServer, path: str) -> None:
        self.server = server
        self.path = path

    def call(self, method: str, route: str, body: dict[str, Any] | None = None) -> Any:
        """What a route of ours answers."""
        data = None if body is None else json.dumps({"path": self.path, **body}).encode()
        with urllib.request.urlopen(self._request(method, route, data), timeout=60) as response:
            return json.load(response)

    def cells(self) -> dict[str, dict[str, Any]]:
        """The notebook's cells as they are now, by their ids."""
        content = self.call("GET", f"content?path={quote(self.path)}")
        return {cell["id"]: cell for cell in content["cells"]}

    def write(self, cell: str, text: str, *, run: str, step: int = 1) -> None:
        """Give a cell another text."""
        base = self.cells()[cell]["hash"]
        change = {"type": "text", "text": text}
        body = {"base_hash": base, "change": change, "run": run, "step": step, "model": "lab/m"}
        self.call("PATCH", f"cells/{cell}", body)

    def run(self, *cells: str) -> str:
        """Begin to run cells; the run's id. It goes on while nobody listens."""
        data = json.dumps({"path": self.path, "cells": cells}).encode()
        with urllib.request.urlopen(self._request("POST", "run", data), timeout=60) as response:
            for line in response:
                if line.startswith(b"data:"):
                    run: str = json.loads(line[5:])["run"]
                    return run
        raise AssertionError("The run told nothing.")

    def propose(self, *changes: dict[str, Any], reason: str, run: str = "run_1") -> dict[str, Any]:
        """Hand a proposal in."""
        body = {"changes": list(changes), "run": run, "model": "lab/m", "reason": reason}
        found: dict[str, Any] = self.call("POST", "proposals", body)
        return found

    def _request(self, method: str, route: str, data: bytes | None) -> urllib.request.Request:
        return urllib.request.Request(
            f"{self.server.url}lumina/api/notebooks/{route}",
            data,
            {"Authorization": f"token {self.server.token}", "Content-Type": "application/json"},
            method=method,
        )


def edit(cell: str, before: str, after: str) -> dict[str, Any]:
    """A change of a code cell's text, as it is proposed."""
    return {"kind": "edit", "cell": cell, "base_hash": hash_of(cell, before), "source": after}


def hash_of(cell: str, source: str) -> str:
    """What a write to a code cell must name."""
    return Cell(id=cell, type="code", source=source).hash
