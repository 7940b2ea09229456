"""An edit of a cell in a live notebook of 500 cells: from one client's sending to another one's receipt.

Prints `name value unit` lines. Both servers, with Lumina's guard and without Lumina, have the same notebook open with
two clients; edits go to one and the other in turns, each in another cell, at random moments.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from pathlib import Path

from tests.bench.live import Client, Side, at, notebook, show, sides, undisturbed, until

CELLS = 500
EDITS = 400
"""To each server."""
LATER = 5.0
"""Milliseconds that an edit may come later than without Lumina, in the median."""


class Pair:
    """Who types into a server's notebook, and who sees it."""

    def __init__(self, side: Side) -> None:
        self._writer, self._reader = Client(side, "big.ipynb"), Client(side, "big.ipynb")
        self._arrived: dict[int, float] = {}
        self._messages: list[bytes] = []
        self.times: list[float] = []
        """Milliseconds of each edit."""

    async def begin(self, chosen: random.Random) -> None:
        """Join, and have everything ready that will be typed."""
        await self._writer.join()
        await self._reader.join()
        for mark in range(EDITS):
            self._messages += self._writer.typing(chosen.randrange(CELLS), [mark])
        self._writer.heard = lambda mark, when: None
        self._reader.heard = self._arrived.setdefault  # type: ignore[assignment]  # what it returns is for nobody

    async def edit(self, number: int) -> None:
        """Send one edit, and wait for it at the other client."""
        began = time.perf_counter()
        self._writer.send(self._messages[number])
        await until(lambda: number in self._arrived, f"edit {number}")
        self.times.append(1000 * (self._arrived[number] - began))

    def end(self) -> None:
        """Leave."""
        self._writer.leave()
        self._reader.leave()


async def measure(both: tuple[Side, Side]) -> None:
    """Edit in turns, and print."""
    chosen = random.Random(0)
    pairs = []
    for side in both:
        side.put("big.ipynb", notebook(CELLS))
        pairs.append(Pair(side))
        await pairs[-1].begin(chosen)
    with undisturbed():
        for number in range(EDITS):
            for pair in pairs if number % 2 else reversed(pairs):
                await asyncio.sleep(chosen.uniform(0.0, 0.04))
                await pair.edit(number)
    ours, alone = (pair.times for pair in pairs)
    for name, fraction in (("median", 0.5), ("p95", 0.95)):
        show(f"live_edit_{name}", at(fraction, ours), "ms", alone=at(fraction, alone))
    show("live_edit_later", at(0.5, ours) - at(0.5, alone), "ms", most=LATER)
    for pair in pairs:
        pair.end()


def main() -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as name, sides(Path(name)) as both:
        asyncio.run(measure(both))


if __name__ == "__main__":
    main()
