"""Looking at a frame of ten million rows while a cell runs: how long a look takes, and what the cell loses by it.

Prints `name value unit`. The cell does the same work again and again, in pure Python, which never gives
the interpreter away by itself; runs with a look every 60 ms and runs without take turns, about a minute
of each, a thousand looks in all. `live` figures are of those looks that went into the kernel; the others
were answered with what a look had seen a moment before (see `oldest_answer`), to leave the cell its time.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from lumina_jupyter.context.kernel import Budget, KernelEyes, RunningKernel
from lumina_jupyter.settings import Lumina

LOOKS = 1_000
PAIRS = 10
EVERY = 0.06
"""Seconds between two looks."""
SECONDS = LOOKS // PAIRS * EVERY
"""About what one run of the cell takes."""

Times = tuple[float, float]
"""Seconds by the clock, and of the kernel's CPU time: the latter also tell something on a machine that is not idle."""

SETUP = """
import numpy as np, pandas as pd, time
df = pd.DataFrame({"id": np.arange(10_000_000), "x": np.random.rand(10_000_000), "kind": pd.Categorical.from_codes(
    np.random.randint(0, 3, 10_000_000), ["a", "b", "c"])})
def work(rounds):
    began, cpu, total = time.perf_counter(), time.process_time(), 0
    for n in range(rounds):
        total += n * n % 7
    return time.perf_counter() - began, time.process_time() - cpu
rate = 2_000_000 / min(work(2_000_000)[0] for _ in range(5))
"""


class OneKernel:
    """The kernel that is measured, as busy as its cells make it."""

    def __init__(self, manager: AsyncKernelManager) -> None:
        self._manager = manager
        self.client: Any = manager.client()
        self.is_busy = False

    def running(self, _kernel_id: str) -> RunningKernel:
        """The eyes' question."""
        return RunningKernel(connection=dict(self._manager.get_connection_info()), is_busy=self.is_busy)

    async def run(self, code: str) -> str:
        """What a cell prints."""
        printed: list[str] = []
        hook = lambda message: printed.append(message["content"].get("text", ""))  # noqa: E731 - it is only used here
        await self.client.execute_interactive(code, timeout=600, output_hook=hook)
        return "".join(printed)


async def looks_while(eyes: KernelEyes, cell: asyncio.Future[str]) -> list[tuple[float, float]]:
    """Look until the cell ends: the seconds that each look took, and the age of what it told."""
    taken: list[tuple[float, float]] = []
    while not cell.done():
        began = time.perf_counter()
        seen = await eyes.look("k", ["df"], budget=Budget(seconds=10))
        taken.append((time.perf_counter() - began, seen.age_seconds))
        if seen.how != "live" or len(seen.variables) != 1:
            raise SystemExit(f"A look saw nothing: {seen}")
        await asyncio.sleep(max(0.0, EVERY - (time.perf_counter() - began)))
    return taken


async def measure() -> None:
    """Measure and print."""
    manager = AsyncKernelManager()
    await manager.start_kernel()
    kernel = OneKernel(manager)
    kernel.client.start_channels()
    await kernel.client.wait_for_ready(timeout=120)
    eyes = KernelEyes(kernel, Lumina())
    try:
        await kernel.run(SETUP)
        began = time.perf_counter()
        await eyes.look("k", ["df"], budget=Budget(seconds=60))
        print(f"kernel_eyes_first_look {1000 * (time.perf_counter() - began):.0f} ms")
        work = f"print(*work(int(rate * {SECONDS})))"
        with_looks: list[Times] = []
        without: list[Times] = []
        taken: list[tuple[float, float]] = []
        while len(taken) < LOOKS:
            without.append(_times(await kernel.run(work)))
            kernel.is_busy = True
            cell = asyncio.ensure_future(kernel.run(work))
            taken += await looks_while(eyes, cell)
            with_looks.append(_times(await cell))
            kernel.is_busy = False
    finally:
        await eyes.close()
        kernel.client.stop_channels()
        await manager.shutdown_kernel(now=True)
    report(taken, with_looks, without)


def report(taken: list[tuple[float, float]], with_looks: list[Times], without: list[Times]) -> None:
    """Print the figures."""
    live = [seconds for seconds, age in taken if age == 0]
    wall, cpu = (
        statistics.median(looked[place] / alone[place] for looked, alone in zip(with_looks, without, strict=True))
        for place in (0, 1)
    )
    print(f"df_on_busy_kernel_p95_ms {1000 * _p95([seconds for seconds, _ in taken]):.1f} ms")
    print(f"df_on_busy_kernel_live_p95_ms {1000 * _p95(live):.1f} ms")
    print(f"df_on_busy_kernel_live_median_ms {1000 * statistics.median(live):.1f} ms")
    print(f"df_on_busy_kernel_live_looks {len(live)} of {len(taken)}")
    print(f"df_on_busy_kernel_oldest_answer {max(age for _, age in taken):.2f} s")
    print(f"busy_cell_slowdown_percent {100 * (wall - 1):.2f} %")
    print(f"busy_kernel_added_cpu_percent {100 * (cpu - 1):.2f} %")
    print(f"busy_cell_seconds {statistics.median(seconds for seconds, _ in without):.2f} s")


def _times(printed: str) -> Times:
    wall, cpu = printed.split()
    return float(wall), float(cpu)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    asyncio.run(measure())
