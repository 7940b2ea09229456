"""What the sandbox costs: a program in it beside the same program started bare.

`true` is the smallest program there is, `python` the server's interpreter that does nothing; milliseconds from the call
to the result, half of the runs are faster than the median.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

from lumina_jupyter.tools.sandbox import Sandbox

RUNS = 30
PROGRAMS = {"true": ["/bin/true"], "python": [sys.executable, "-I", "-c", "pass"]}


async def bare(argv: Sequence[str]) -> None:
    """Start a program as it is and read what it prints."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    await process.communicate()


async def milliseconds(run: Callable[[], Awaitable[object]]) -> list[float]:
    """How long each run takes."""
    await run()
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        await run()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


async def main() -> None:
    """Measure both programs, bare and in the sandbox."""
    began = time.perf_counter()
    sandbox = Sandbox()
    status = await sandbox.status()
    if not status.available:
        print(f"sandbox skipped: {status.text}")
        return
    print(f"sandbox_probe_first {(time.perf_counter() - began) * 1000:.1f} ms")
    for name, argv in PROGRAMS.items():
        plain = await milliseconds(lambda argv=argv: bare(argv))  # type: ignore[misc]  # bound for this turn
        shut_in = await milliseconds(lambda argv=argv: sandbox.run(argv))  # type: ignore[misc]  # as above
        for kind, taken in (("bare", plain), ("sandbox", shut_in)):
            print(f"sandbox_{name}_{kind}_p50 {statistics.median(taken):.1f} ms")
            print(f"sandbox_{name}_{kind}_p95 {taken[int(RUNS * 0.95)]:.1f} ms")
        print(f"sandbox_{name}_added_p50 {statistics.median(shut_in) - statistics.median(plain):.1f} ms")


if __name__ == "__main__":
    asyncio.run(main())
