"""Opening a live notebook of 500 cells with outputs, from the question for its room to all of it at a client.

Prints `name value unit` lines, each with Lumina's guard and beside it without Lumina; the servers take turns.
`cold` is a notebook that was never open before; `stored` one that was edited, saved and closed, so that its history is
read from the disk; `joined` one that somebody else has open already. `longer` is how much longer it takes with Lumina.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import httpx

from tests.bench.live import Client, Side, notebook, show, sides, undisturbed, until

CELLS = 500
ROUNDS = 15
EDITED = 20
"""Cells in which something is typed before a notebook is closed."""
JOINS = 4
"""How often somebody joins each notebook that is open: this is quick, and differs more from time to time."""
LONGER = 10.0
"""Per cent."""
OPTIONS = ("--YDocExtension.document_cleanup_delay=0", "--YDocExtension.document_save_delay=0.2")
QUIET = 0.3
"""Seconds in which a server finishes what it does."""
KINDS = ("cold", "joined", "stored")


class Opening:
    """The notebooks of one server, opened."""

    def __init__(self, side: Side, http: httpx.AsyncClient) -> None:
        self._side = side
        self._http = http
        self.times: dict[str, list[float]] = {kind: [] for kind in KINDS}
        """Milliseconds."""

    async def round(self, number: int) -> None:
        """A notebook is opened, edited and saved; others come; all leave; it is opened again."""
        path = f"open-{number}.ipynb"
        self._side.put(path, notebook(CELLS))
        first = await self._opened(path, "cold")
        for cell in range(0, CELLS, CELLS // EDITED):
            for message in first.typing(cell, [cell]):
                first.send(message)
        await until(lambda: f"#{cell:07};" in self._side.read(path), "the edited notebook in its file")
        await asyncio.sleep(QUIET)  # the end of the save
        for _ in range(JOINS):
            (await self._opened(path, "joined")).leave()
            await asyncio.sleep(QUIET)  # a room that two leave at once is never closed
        await self._close(first)
        await self._close(await self._opened(path, "stored"))

    async def _opened(self, path: str, kind: str) -> Client:
        client = Client(self._side, path)
        with undisturbed():
            began = time.perf_counter()
            await client.join(self._http)
            self.times[kind].append(1000 * (time.perf_counter() - began))
        assert len(client.notebook.ycells) == CELLS, f"{len(client.notebook.ycells)} cells"
        return client

    async def _close(self, client: Client) -> None:
        told = f"Room {client.room} deleted"
        before = self._side.running.log.count(told)
        client.leave()
        await until(lambda: self._side.running.log.count(told) > before, "the closed room")


async def measure(both: tuple[Side, Side]) -> None:
    """Open in turns, and print."""
    async with both[0].http() as ours, both[1].http() as alone:
        openings = [Opening(both[0], ours), Opening(both[1], alone)]
        for number in range(ROUNDS + 1):
            for opening in openings if number % 2 else reversed(openings):
                await opening.round(number)
    for kind in KINDS:
        # The first round is not counted: much is imported in it.
        mine, theirs = (
            statistics.median(opening.times[kind][JOINS if kind == "joined" else 1 :]) for opening in openings
        )
        show(f"live_open_{kind}", mine, "ms", alone=theirs)
        show(f"live_open_{kind}_longer", 100 * (mine / theirs - 1), "%", most=LONGER)
    mine, theirs = (opening.times["cold"][0] for opening in openings)
    show("live_open_first_of_all", mine, "ms", alone=theirs)


def main() -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as name, sides(Path(name), *OPTIONS) as both:
        asyncio.run(measure(both))


if __name__ == "__main__":
    main()
