"""Runs every benchmark, one after the other, each in a process of its own: `make bench`.

Each prints its figures as `name value unit`. Names given on the command line choose some:
`python -m tests.bench gateway_openai`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PREFIX = "bench_"


def main(chosen: list[str]) -> None:
    """Run the benchmarks, all or those chosen.

    Raises:
        SystemExit: when one of them fails or there is none of a name; the others have run then.
    """
    there = {path.stem.removeprefix(PREFIX) for path in HERE.glob(f"{PREFIX}*.py")}
    failed = []
    for name in chosen or sorted(there):
        command = [sys.executable, "-m", f"tests.bench.{PREFIX}{name}"]
        if name not in there or subprocess.run(command, cwd=HERE.parents[1], check=False).returncode:
            failed.append(name)
    if failed:
        raise SystemExit(f"Failed: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
