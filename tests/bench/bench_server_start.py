"""What the extension adds to a Jupyter server's start, beside what jupyter-ai adds, as `name value unit`.

Servers are started in turns, with and without; medians of wall-clock and CPU time until the server answers
(CPU also of the moments after it, when extensions go on loading) and of resident memory.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.bench.peer import peer_python
from tests.integration.server.process import server

STARTS = 5
SETTLING = 2.0
"""Seconds that a server gets to finish what it does after its start."""
PEER_PACKAGE = "jupyter-ai"
PEER_EXTENSIONS = (
    "jupyter_ai_acp_client",
    "jupyter_ai_chat_commands",
    "jupyter_ai_persona_manager",
    "jupyter_ai_router",
    "jupyter_ai_tools",
    "jupyter_live_content",
    "jupyter_server_mcp",
    "jupyterlab_chat",
    "jupyterlab_commands_toolkit",
)
"""What jupyter-ai 3.2 switches on in a server."""


@dataclass
class Starts:
    """The figures of some starts: milliseconds until the server answered, of CPU, and megabytes."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def add(self, folder: Path, extensions: Mapping[str, bool], python: str) -> None:
        """Start a server and take its figures."""
        began = time.perf_counter()
        with server(folder, extensions=extensions, python=python) as running:
            self.wall.append(1000 * (time.perf_counter() - began))
            time.sleep(SETTLING)
            process = psutil.Process(running.process.pid)
            times = process.cpu_times()
            self.cpu.append(1000 * (times.user + times.system))
            self.memory.append(process.memory_info().rss / 1e6)


def measure(name: str, folder: Path, python: str, extensions: tuple[str, ...], others: Mapping[str, bool]) -> None:
    """Start servers with and without the extensions, and print what the extensions add."""
    starts = {True: Starts(), False: Starts()}
    Starts().add(folder / "warm", {**others, **dict.fromkeys(extensions, True)}, python)
    for turn in range(STARTS):
        for switched_on in (True, False) if turn % 2 else (False, True):
            chosen = {**others, **dict.fromkeys(extensions, switched_on)}
            starts[switched_on].add(folder / f"{turn}{switched_on}", chosen, python)
    for figure, unit in (("wall", "ms"), ("cpu", "ms"), ("memory", "MB")):
        with_it, without = (statistics.median(getattr(starts[on], figure)) for on in (True, False))
        print(f"{name}_{figure} {with_it - without:.1f} {unit}", flush=True)


def main() -> None:
    """Measure Lumina, and the peer where it can be installed."""
    with tempfile.TemporaryDirectory() as name:
        measure("server_start_added", Path(name) / "lumina", sys.executable, ("lumina_jupyter",), {})
        peer = peer_python(PEER_PACKAGE, PEER_PACKAGE, "jupyter-ai-magics", "psutil")
        if peer is None:
            print(f"server_start_added_jupyter_ai_wall nan ms  # {PEER_PACKAGE} cannot be installed here")
            return
        measure("server_start_added_jupyter_ai", Path(name) / "peer", peer, PEER_EXTENSIONS, {"lumina_jupyter": False})


if __name__ == "__main__":
    main()
