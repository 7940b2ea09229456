"""What `%load_ext lumina_jupyter` costs over a bare IPython: CPU time and memory, as `name value unit`.

Each figure is the median of fresh processes, Lumina's and the peer's in turn. The peer, jupyter-ai's
magics, cannot share our environment: it is measured where `PEER_PYTHON` names the interpreter of one
that has `jupyter-ai-magics`, or in one made for it with uv.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 7
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


def peer_python(folder: Path) -> str | None:
    """The interpreter of an environment with the peer; None when none can be made."""
    given = os.environ.get("PEER_PYTHON")
    if given:
        return given
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        return None
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    try:
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(folder)], check=True)
        packages = [PEER_PACKAGE, "ipykernel", "psutil"]
        subprocess.run([uv, "pip", "install", "-q", "--python", str(python), *packages], check=True)
    except subprocess.CalledProcessError:
        return None
    return str(python)


def report(name: str, figures: list[tuple[float, float]]) -> None:
    """Print the medians."""
    print(f"{name}_cpu {statistics.median(cpu for cpu, _ in figures):.1f} ms")
    print(f"{name}_memory {statistics.median(memory for _, memory in figures):.1f} MB")


def main() -> None:
    """Measure both and print."""
    with tempfile.TemporaryDirectory() as folder:
        peer = peer_python(Path(folder) / "peer")
        measure(sys.executable, "lumina_jupyter")  # compiles what is not compiled yet
        ours: list[tuple[float, float]] = []
        theirs: list[tuple[float, float]] = []
        for run in range(RUNS):
            ours.append(measure(sys.executable, "lumina_jupyter"))
            if peer is not None and run < 3:
                theirs.append(measure(peer, PEER))
        report("load_ext", ours)
        if theirs:
            report("load_ext_jupyter_ai_magics", theirs)
        else:
            print(f"load_ext_jupyter_ai_magics_cpu nan ms  # {PEER_PACKAGE} cannot be installed here")


if __name__ == "__main__":
    main()
