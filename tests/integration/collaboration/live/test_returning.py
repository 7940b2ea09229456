"""Two people return to a room whose data is gone, while one of them types on: at random, by seed."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.integration.collaboration.live.conftest import Live, code
from tests.integration.collaboration.live.participant import Participant, until
from tests.integration.collaboration.live.test_opening import die, never_saved


class Dots:
    """Somebody types dots into the second cell, and counts them."""

    def __init__(self, participant: Participant) -> None:
        self._participant = participant
        self.count = 0

    def type(self, times: int = 1) -> None:
        for _ in range(times):
            if "dots" in self._participant.ids:
                self._participant.type(self._participant.ids.index("dots"), ".")
                self.count += 1

    async def go_on(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self.type()
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("seed", range(6))
async def test_what_one_types_while_both_return_is_there_once(live: Live, seed: int) -> None:
    chance = random.Random(seed)
    live.put(code("words", "zero"), code("dots", ""))
    ada, grace = live.participant(), live.participant()
    dots = Dots(grace)
    await ada.join()
    await grace.join()
    ada.type(0, "one")
    dots.type(chance.randint(1, 5))
    await until(lambda: live.on_disk() == ["zeroone", "." * dots.count])
    await never_saved(live)
    dots.type(chance.randint(1, 5))
    if chance.random() < 0.7:
        await ada.until(lambda: ada.texts[1] == "." * dots.count)
    await ada.leave()
    dots.type(chance.randint(0, 5))
    await grace.leave()
    dots.type(chance.randint(0, 5))
    await die(live, history=False)
    stop = asyncio.Event()
    typing = asyncio.create_task(dots.go_on(stop))
    first, second = chance.sample([ada, grace], 2)
    if chance.random() < 0.5:
        await first.join()
        await second.join()
    else:
        await asyncio.gather(first.join(), second.join())
    stop.set()
    await typing
    want = ["zeroone", "." * dots.count]
    for person in (ada, grace):
        await until(lambda: live.on_disk() == want, lambda: f"{live.on_disk()} is not {want}")
        await person.until(lambda seen=person: seen.texts == want)  # type: ignore[misc]  # mypy infers no default's type
        await person.leave()


async def test_cells_that_somebody_joined_while_away_are_joined_though_the_history_is_gone(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta = 1"), code("c", "gamma"))
    anna = live.participant()
    await anna.join()
    room = live.room()
    await room._save_to_disc()
    await anna.leave()
    async with live.joined() as ben:
        ben.type(1, "2")
        await until(lambda: live.on_disk()[1:2] == ["beta = 12"])
    await die(live)
    empty = live.participant().document.get_update()
    room.keeping._thread.submit(room.keeping._log.replace, room.ystore.path, empty).result()
    anna.type(0, "\n\nbeta = 1")
    del anna.notebook.ycells[1]
    anna.type(1, "!")
    await anna.join()
    want = ["alpha\n\nbeta = 12", "gamma!"]
    await until(lambda: live.on_disk() == want, live.on_disk)
    await anna.until(lambda: anna.texts == want)
    await anna.leave()
    assert not live.notices("cells_put_back")
