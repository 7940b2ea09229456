"""Runs every benchmark, one after the other, each in a process of its own: `make bench`.

Each prints its figures as `name value unit`. Names given on the command line choose some, and options behind them are
handed on: `python -m tests.bench gateway_openai`, `python -m tests.bench agent_tasks --only plot`. Those that have a
model work for an hour run only when they are named.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PREFIX = "bench_"
LONG = {"agent_data", "agent_tasks"}
"""They run only when they are named."""


def main(arguments: list[str]) -> None:
    """Run the benchmarks, all or those chosen.

    Raises:
        SystemExit: when one of them fails or there is none of a name; the others have run then.
    """
    first = next((at for at, each in enumerate(arguments) if each.startswith("-")), len(arguments))
    chosen, options = arguments[:first], arguments[first:]
    if options and not chosen:
        raise SystemExit("Name the benchmark that the options are for.")
    there = {path.stem.removeprefix(PREFIX) for path in HERE.glob(f"{PREFIX}*.py")}
    failed = []
    for name in chosen or sorted(there - LONG):
        command = [sys.executable, "-m", f"tests.bench.{PREFIX}{name}", *options]
        if name not in there or subprocess.run(command, cwd=HERE.parents[1], check=False).returncode:
            failed.append(name)
    if failed:
        raise SystemExit(f"Failed: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
