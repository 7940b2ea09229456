"""What `%load_ext lumina_jupyter` costs over a bare IPython: CPU time and memory, as `name value unit`.

Each figure is the median of fresh processes, Lumina's and the peer's (jupyter-ai's magics) in turn.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

from tests.bench.peer import peer_python

RUNS = 7
PEER_RUNS = 3
PEER = "jupyter_ai_magics"
PEER_PACKAGE = "jupyter-ai-magics"

# Runs in either environment. Memory is what the process keeps for itself (USS), so shared pages don't count.
PROBE = """
import sys, time
from IPython.core.interactiveshell import InteractiveShell
import ipykernel.zmqshell
import psutil
shell = InteractiveShell.instance()
shell.run_cell("1 + 1")
process = psutil.Process()
before_memory, before = process.memory_full_info().uss, time.process_time()
shell.run_line_magic("load_ext", sys.argv[1])
cpu = time.process_time() - before
memory = process.memory_full_info().uss - before_memory
print(cpu * 1000, memory / 1e6)
"""


def measure(python: str, extension: str) -> tuple[float, float]:
    """CPU milliseconds and megabytes of loading an extension in a fresh process."""
    command = [python, "-c", PROBE, extension]
    environment = {**os.environ, "IPYTHONDIR": tempfile.gettempdir()}
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    cpu, memory = output.split()[-2:]
    return float(cpu), float(memory)


def report(name: str, figures: list[tuple[float, float]]) -> None:
    """Print the medians."""
    print(f"{name}_cpu {statistics.median(cpu for cpu, _ in figures):.1f} ms")
    print(f"{name}_memory {statistics.median(memory for _, memory in figures):.1f} MB")


def main() -> None:
    """Measure both and print."""
    peer = peer_python(PEER_PACKAGE, PEER_PACKAGE, "ipykernel", "psutil")
    measure(sys.executable, "lumina_jupyter")  # compiles what is not compiled yet
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    for run in range(RUNS):
        ours.append(measure(sys.executable, "lumina_jupyter"))
        if peer is not None and run < PEER_RUNS:
            theirs.append(measure(peer, PEER))
    report("load_ext", ours)
    if theirs:
        report("load_ext_jupyter_ai_magics", theirs)
    else:
        print(f"load_ext_jupyter_ai_magics_cpu nan ms  # {PEER_PACKAGE} cannot be installed here")


if __name__ == "__main__":
    main()
