"""How large the history of a live notebook gets on the disk while an hour is streamed into one of its cells.

Prints `name value unit` lines. The hour's updates are written one after the other without the
pauses between them, in a notebook of one cell and in one of 500:

- `text`: 30 pieces of text a second, appended to a stream output;
- `outputs`: 5 outputs a second, appended one by one, and cleared after each hundredth;
- `progress`: one output, replaced 5 times a second, as progress bars do.

`most` is the largest that database and write-ahead log together were of the notebook's size at that moment, `end` what
they are in the end. What is below `FLOOR` is not counted: a database is some pages at least, and a history is not
squashed for less. `largest` is in bytes, at any moment.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pycrdt import Array, Doc, Map, Text

from lumina_jupyter.collaboration.ydoc_server.histories import begun_with
from lumina_jupyter.collaboration.ydoc_server.store import RoomStore
from lumina_jupyter.collaboration.ydoc_server.update_log import UpdateLog
from tests.bench.live import notebook, show

RATES = {"text": 30, "outputs": 5, "progress": 5}
"""Updates a second."""
CELLS = {"small": 1, "large": 500}
TOGETHER = 30
"""Updates that are written in one transaction, as they are where the disk is slow: for the bench's own sake."""
FLOOR = 262_144
"""Bytes."""
MOST = 10.0
"""Times the notebook's size."""
WORDS = ["the ", "quick ", "brown ", "fox\n", "loss=0.0123 ", "accuracy ", "= ", "0.98\n"]


def text(outputs: Array[Any], chosen: random.Random) -> Iterator[int]:
    """Stream text; by how much the notebook's file grows each time."""
    outputs.clear()
    outputs.append(Map({"output_type": "stream", "name": "stdout", "text": Text("")}))
    while True:
        piece = chosen.choice(WORDS)
        stream = outputs[0]["text"]
        stream += piece
        yield len(json.dumps(piece)) - 2


def outputs(outputs: Array[Any], chosen: random.Random) -> Iterator[int]:
    """Append outputs, and clear them all after each hundredth."""
    while True:
        outputs.clear()
        grown = 0
        for _ in range(100):
            output, size = _display(chosen)
            outputs.append(output)
            grown += size
            yield size
        yield -grown


def progress(outputs: Array[Any], chosen: random.Random) -> Iterator[int]:
    """Replace one output."""
    last = 0
    outputs.clear()
    outputs.append(_display(chosen)[0])
    while True:
        output, size = _display(chosen)
        outputs[0] = output
        yield size - last
        last = size


def _display(chosen: random.Random) -> tuple[Map[Any], int]:
    shown = {"text/plain": "".join(chosen.choices(WORDS, k=10)), "text/html": f"<b>{chosen.random()}</b>"}
    output = {"output_type": "display_data", "data": shown, "metadata": {}}
    return Map(output), len(json.dumps(output))


KINDS = {"text": text, "outputs": outputs, "progress": progress}


async def hour(folder: Path, kind: Any, cells: int) -> tuple[float, float, int]:
    """One hour: the store's size at most and at the end, in notebooks, and at most in bytes."""
    content = notebook(cells)
    size = len(json.dumps(content, indent=1))
    document: Doc[Any] = Doc()
    document.apply_update(begun_with(content))
    thread = ThreadPoolExecutor(max_workers=1)
    log = thread.submit(UpdateLog, folder / "updates.db").result()
    store = RoomStore("room", log, thread)
    await store.write(document.get_update())
    store.follow(document)
    # No YNotebook: what it remembers for undo is kept in memory alone, and slow to walk over.
    steps = kind(document.get("cells", type=Array)[0]["outputs"], random.Random(0))
    most, largest, now = 0.0, 0, 0
    for _ in range(3600 * RATES[kind.__name__] // TOGETHER):
        size += sum(next(steps) for _ in range(TOGETHER))
        await store.flush()
        now = _bytes(folder)
        largest = max(largest, now)
        if now > FLOOR:
            most = max(most, now / size)
    thread.submit(log.close).result()
    thread.shutdown()
    return most, now / size, largest


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def one(chosen: tuple[str, str]) -> tuple[float, float, int]:
    """One hour in a process of its own."""
    name, size = chosen
    memory = Path("/dev/shm")
    # Sizes are the same where there is no disk to wait for.
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        return asyncio.run(hour(Path(folder), KINDS[name], CELLS[size]))


def main() -> None:
    """Measure all, two at a time: these are no times."""
    every = [(name, size) for name in KINDS for size in CELLS]
    with ProcessPoolExecutor(max_workers=2) as pool:
        for (name, size), (most, end, largest) in zip(every, pool.map(one, every), strict=True):
            show(f"live_store_{name}_{size}_most", most, "times", most=MOST)
            show(f"live_store_{name}_{size}_end", end, "times")
            show(f"live_store_{name}_{size}_largest", largest / 1000, "kB")


if __name__ == "__main__":
    main()
