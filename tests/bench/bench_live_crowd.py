"""20 clients in a live notebook that type 100 times a second together: from each edit to all the others.

Prints `name value unit` lines, for a notebook of 20 cells and for one of 500 with outputs. Both servers, with Lumina's
guard and without Lumina, take turns of some seconds each. `clients` lines say what the clients themselves needed: they
must not be what is measured.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.bench.live import Client, Load, Side, at, notebook, show, sides, undisturbed, until

CLIENTS = 20
PER_SECOND = 100
"""Edits of all together."""
TURNS = 3
TURN = 6.0
"""Seconds."""
CELLS = (20, 500)
MOST = 15.0
"""Milliseconds within which 95 % of all edits reach the others."""


class Crowd:
    """The clients of one server's notebook."""

    def __init__(self, side: Side, cells: int) -> None:
        self._path = f"crowd-{cells}.ipynb"
        side.put(self._path, notebook(cells))
        self._side = side
        self._clients = [Client(side, self._path) for _ in range(CLIENTS)]
        self._cells = cells
        self._chosen = random.Random(cells)
        self._sent: list[tuple[int, float]] = []
        self._heard = 0
        self.times: list[float] = []
        """Milliseconds, of each edit to each other client."""

    async def join(self) -> None:
        """All come, one after the other."""
        for client in self._clients:
            await client.join()

    async def type(self, load: Load) -> None:
        """A turn of typing; everything has arrived at its end."""
        edits = int(TURN * PER_SECOND / CLIENTS)
        plans = []
        for number, client in enumerate(self._clients):
            marks = list(range(len(self._sent), len(self._sent) + edits))
            self._sent += [(number, 0.0)] * edits
            plans.append((client, marks, client.typing(self._chosen.randrange(self._cells), marks)))
            client.heard = partial(self._hear, number)
        load.begin()
        with undisturbed():
            await asyncio.gather(*(self._one(*plan, load) for plan in plans))
            await until(lambda: self._heard == len(self._sent) * CLIENTS, "all edits at all clients")
        load.end()

    async def end(self) -> None:
        """All go; who comes afterwards must find every edit."""
        for client in self._clients:
            client.leave()
        late = Client(self._side, self._path)
        await late.join()
        text = "".join(str(cell["source"]) for cell in late.notebook.ycells)
        late.leave()
        if not all(f"#{mark:07};" in text for mark in range(len(self._sent))):
            raise SystemExit("edits are missing in the notebook")

    async def _one(self, client: Client, marks: list[int], messages: list[bytes], load: Load) -> None:
        interval = CLIENTS / PER_SECOND
        due = time.perf_counter() + self._chosen.uniform(0.0, interval)
        for mark, message in zip(marks, messages, strict=True):
            await asyncio.sleep(due - time.perf_counter())
            now = time.perf_counter()
            load.late.append(1000 * (now - due))
            self._sent[mark] = (self._sent[mark][0], now)
            client.send(message)
            due += interval * self._chosen.uniform(0.5, 1.5)

    def _hear(self, number: int, mark: int, when: float) -> None:
        writer, sent = self._sent[mark]
        self._heard += 1
        if writer != number:
            self.times.append(1000 * (when - sent))


async def measure(both: tuple[Side, Side], cells: int) -> None:
    """Type in turns, and print."""
    crowds = [Crowd(side, cells) for side in both]
    for crowd in crowds:
        await crowd.join()
    load = Load()
    for turn in range(TURNS):
        for crowd in crowds if turn % 2 else reversed(crowds):
            await crowd.type(load)
    for crowd in crowds:
        await crowd.end()
    ours, alone = (crowd.times for crowd in crowds)
    show(f"live_crowd_{cells}_cells_median", at(0.5, ours), "ms", alone=at(0.5, alone))
    show(f"live_crowd_{cells}_cells_p95", at(0.95, ours), "ms", alone=at(0.95, alone), most=MOST)
    show(f"live_crowd_{cells}_cells_p99", at(0.99, ours), "ms", alone=at(0.99, alone))
    show(f"live_crowd_{cells}_cells_clients_use", load.cores, "cores")
    show(f"live_crowd_{cells}_cells_clients_late_p95", at(0.95, load.late), "ms")


async def all_sizes(both: tuple[Side, Side]) -> None:
    """For each size of notebook."""
    for cells in CELLS:
        await measure(both, cells)


def main() -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as name, sides(Path(name)) as both:
        asyncio.run(all_sizes(both))


if __name__ == "__main__":
    main()
