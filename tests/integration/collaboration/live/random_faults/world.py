"""One run: a notebook on a real server, those who write it, and what goes wrong meanwhile."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import resource
import shutil
import subprocess
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Set
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.utils import ensure_async

from lumina_jupyter.collaboration.ydoc_server.contents import plain
from lumina_jupyter.collaboration.ydoc_server.histories import clocks
from lumina_jupyter.errors import LuminaError

from ..conftest import Live, code
from ..participant import PATIENCE, Participant, until
from .agent import Agent
from .elsewhere import OtherProgram
from .ledger import Found, Ledger, characters_in, markers_in, marks_in
from .people import Person
from .story import Step, Story

NAMES = ("ada", "grace", "mary")
_REST = 0.004
"""Seconds of the longest pause between two steps: the order in which things happen is the seed's, and the loop's."""


class Failure(AssertionError):
    """A run in which something was lost or doubled, with its story."""


class World:
    """A notebook in which a story happens.

    Args:
        live: The server.
        story: What happens.
        writing: The writes to files that are under way.
    """

    def __init__(self, live: Live, story: Story, writing: Set[object]) -> None:
        self.story = story
        self.ledger = Ledger(story.seed)
        self.told: list[str] = []
        self.faults: Counter[str] = Counter()
        self._live = live
        self.path = f"run{story.seed}.ipynb"
        runners: dict[str, str] = {}
        self.people = [
            Person(name, Participant(live.url, live.token, self.path), self.ledger, runners)
            for name in NAMES[: story.people]
        ]
        self.agent = Agent(live, self.ledger, f"run{story.seed}")
        self._program = OtherProgram(self.ledger, writing)
        self._writing = writing
        self._lifts: list[tuple[int, str, Callable[[], Awaitable[None]]]] = []
        self._room_id = ""

    # --- what the story is made of ------------------------------------------------------------------

    async def run(self) -> Found:
        """Tell the story, mend everything, and look whether all is there.

        Raises:
            Failure: when it is not.
        """
        try:
            await self._begin()
            for step in self.story.steps:
                await self._lift(step.number)
                self.told.append(f"{step.number:3} {await self._act(step)}")
                await self._pause(step)
            await self._lift(None)
            self.told += await self.agent.finish()
            await self._settle()
            found = self.ledger.look(self._room().read())
            await self._valid()
        except Failure:
            raise
        except BaseException as error:
            told = "" if isinstance(error, AssertionError) else "".join(traceback.format_exception(error))
            raise Failure(f"{type(error).__name__}: {error}\n{told}\n{self.describe()}") from error
        finally:
            await self._lift(None)
            await self._end()
        if found:
            raise Failure(
                f"lost: {found.lost}, doubled: {found.doubled}, scrambled: {found.scrambled}\n{self.describe()}"
            )
        return found

    def describe(self) -> str:
        """The story so far."""
        return "\n".join([f"seed {self.story.seed}, {self.story.people} people", *self.told])

    async def _begin(self) -> None:
        cells = []
        for _ in range(self.story.cells):
            cell = self.ledger.cell()
            _, written = self.ledger.write(cell)
            cells.append(code(cell, written))
        cells[0] = {name: cells[0][name] for name in ("id", "source", "metadata")} | {"cell_type": "markdown"}
        _, marker = self.ledger.output(cells[-1]["id"])
        cells[-1] |= {"outputs": [{"output_type": "stream", "name": "stdout", "text": marker}], "execution_count": 1}
        content = {"cells": cells, "metadata": {"title": "Ä🎈"}, "nbformat": 4, "nbformat_minor": 5}
        self.file.write_text(json.dumps(content))
        for person in self.people:
            assert await person.come()
        self._room_id = self.people[0].participant.room

    async def _act(self, step: Step) -> str:
        if step.what == "move":
            # To Yjs a move is a deletion and a copy: what somebody types into the old cell meanwhile goes with it,
            # in jupyter-collaboration too. So nobody types meanwhile.
            return await self._moved(step) if self._all_are_there() else "(nobody moves a cell now)"
        return await self._done(step)

    async def _moved(self, step: Step) -> str:
        self.told += await self.agent.finish()
        await until(self._all_see_the_same)
        done = await self._done(dataclasses.replace(step, pace=1.0))
        await until(self._all_see_the_same)
        return done

    def _all_are_there(self) -> bool:
        return not self._lifts and self._found_room() is not None and all(person.there for person in self.people)

    def _all_see_the_same(self) -> bool:
        room, file = self._found_room(), self._file()
        if room is None or file is None or room.saver.dirty or self.agent.busy:
            return False
        # The same state can be written in several ways.
        state = clocks(room.ydoc.get_state())
        if any(clocks(person.participant.document.get_state()) != state for person in self.people):
            return False
        now = plain(room.read())
        return all(plain(person.content) == now for person in self.people) and plain(_joined(file)) == now

    async def _done(self, step: Step) -> str:
        if step.kind == "person":
            return self.people[step.who].act(step)
        if step.kind == "return":
            person = self.people[step.who]
            if person.there:
                return f"{person.name} is there"
            return f"{person.name} returns" if await person.come() else f"{person.name} cannot return"
        if step.kind == "agent":
            return await self.agent.act(step, self.path)
        if step.kind == "elsewhere":
            if self._hindered() or (step.what == "stale" and self._found_room() is None):
                return "(another program does nothing)"
            return await self._program.act(step, self.file)
        done: str | None = await getattr(self, f"_fault_{step.what}")(step)
        if done is None:
            return f"({step.what} makes no sense now)"
        self.faults[step.what] += 1
        return f"FAULT {step.what}: {done}"

    async def _pause(self, step: Step) -> None:
        if step.pace < 0.35:
            return
        if step.pace < 0.7:
            await asyncio.sleep(_REST * step.where)
        elif step.pace < 0.85:
            await asyncio.sleep(10 * _REST * step.where)
        elif not self._lifts and (room := self._found_room()) is not None:
            with suppress(AssertionError):
                await until(lambda: not room.saver.dirty)

    async def _lift(self, number: int | None) -> None:
        """End the faults whose time has come."""
        for lift in [lift for lift in self._lifts if number is None or lift[0] <= number]:
            self._lifts.remove(lift)
            await lift[2]()
            self.told.append(f"    {lift[1]} is over")

    def _later(self, step: Step, name: str, lift: Callable[[], Awaitable[None]]) -> None:
        self._lifts.append((step.number + 2 + int(step.how * 5), name, lift))

    def _hindered(self, *names: str) -> bool:
        return any(not names or lift[1] in names for lift in self._lifts)

    # --- faults: the server -------------------------------------------------------------------------

    async def _fault_sleep(self, step: Step) -> str | None:
        """All sleep until the room has ended."""
        if self._found_room() is None:
            return None
        await self._all_go()
        await self._close_room()
        return "all sleep, the room ends"

    async def _fault_killed(self, step: Step) -> str | None:
        if self._found_room() is None:
            return None
        await self._kill()
        return "the server is killed, its store is there"

    async def _fault_killed_gone(self, step: Step) -> str | None:
        if self._found_room() is None or self._file() is None:
            return None
        await self._kill()
        guard = self._live.extension._guarding._guard
        assert guard is not None
        assert guard.rooms is not None
        keeping = guard.rooms.keeping
        place = keeping.place
        assert keeping._log is not None
        keeping._thread.submit(keeping._log.close).result()
        keeping._log = None
        if step.where < 0.5:
            for file in place.glob("updates.db*"):
                file.unlink()
            return "the server is killed, its store is gone"
        shutil.rmtree(place)
        # Nobody can tell any more whether somebody's text was moved to another cell, or written twice.
        self.agent.divides = False
        return "the server is killed, all that it kept of live notebooks is gone"

    async def _fault_offline(self, step: Step) -> str | None:
        person = self.people[step.who]
        if not person.there:
            return None
        await person.go()
        return f"{person.name} is offline"

    async def _fault_offline_all(self, step: Step) -> str | None:
        if not any(person.there for person in self.people):
            return None
        await self._all_go()
        return "all are offline"

    # --- faults: the file ---------------------------------------------------------------------------

    async def _fault_full(self, step: Step) -> str | None:
        """Nothing can be written beyond so many bytes of a file, by anybody in this process."""
        if self._hindered():
            return None
        size = int(step.where * 1500)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

        async def lift() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

        self._later(step, "full", lift)
        return f"the disk is full from {size} bytes on"

    async def _fault_read_only(self, step: Step) -> str | None:
        if self._hindered():
            return None
        file = self.file
        if not _protect(file):
            return None

        async def lift() -> None:
            _unprotect(file)

        self._later(step, "read_only", lift)
        return "the file is read-only"

    async def _fault_emptied(self, step: Step) -> str | None:
        return "the file is emptied" if self._damage(lambda text: "") else None

    async def _fault_cut_off(self, step: Step) -> str | None:
        def half(text: str) -> str:
            return text[: int(step.where * (len(text) - 2)) + 1]

        return "the file is cut off" if self._damage(half) else None

    async def _fault_renamed(self, step: Step) -> str | None:
        if self._hindered():
            return None
        new = f"run{self.story.seed}_{step.number}.ipynb"
        manager: Any = self._live.app.contents_manager
        await ensure_async(manager.rename(self.path, new))
        self._live.app.web_app.settings["file_id_manager"].move(self.path, new)
        self.path = new
        return f"the file is renamed to {new}"

    async def _fault_moved_away(self, step: Step) -> str | None:
        if self._hindered():
            return None
        # Who moves it in the moment in which it is written, and then back over what was written, has put it back.
        await until(lambda: not self._writing)
        file, away = self.file, self.file.with_suffix(".away")
        file.rename(away)

        async def lift() -> None:
            if file.exists():
                self.told.append("    another file is there already")
            away.replace(file)

        self._later(step, "moved_away", lift)
        return "the file is moved away"

    # --- what these are made of ---------------------------------------------------------------------

    @property
    def file(self) -> Path:
        return self._live.root / self.path

    def _file(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        except (ValueError, OSError):
            return None
        return found

    def _found_room(self) -> Any:
        room = self._live.collaboration.ywebsocket_server.rooms.get(self._room_id)
        return room if room is not None and room.ready else None

    def _room(self) -> Any:
        room = self._found_room()
        assert room is not None
        return room

    async def _all_go(self) -> None:
        for person in self.people:
            await person.go()

    async def _close_room(self) -> None:
        collaboration = self._live.collaboration
        room = collaboration.ywebsocket_server.rooms.get(self._room_id)
        # With no room there is nobody who remembers what the program has read.
        self._program.forget()
        if room is not None:
            await collaboration.ywebsocket_server.delete_room(room=room)
            await collaboration.file_loaders.remove(self._room_id.split(":")[2])

    async def _kill(self) -> None:
        """The room ends as with a killed server: what is being done is not done to its end, and nothing is saved."""
        await self._all_go()
        self.told += await self.agent.finish()
        room = self._room()
        room.saver._delay = None
        if room.saver._timer is not None:
            room.saver._timer.cancel()
        for task in list(room.saver._tasks):
            task.cancel()
        room.saver.dirty = False
        await room.flush_history()
        await self._close_room()
        notebooks = (await self._live.extension.service.engine()).notebooks
        notebooks._open.clear()
        notebooks._kept.clear()
        self.agent.forget()

    def _damage(self, change: Callable[[str], str]) -> bool:
        """Damage the file, if nothing is in it that is nowhere else."""
        if self._hindered():
            return False
        content, room = self._file(), self._found_room()
        if content is None or room is None:
            return False
        known = room.read()
        if not characters_in(content) <= characters_in(known) or not marks_in(content) <= marks_in(known):
            return False
        if markers_in(content) not in markers_in(known):
            return False
        self.file.write_text(change(self.file.read_text(encoding="utf-8")), encoding="utf-8")
        self._program.forget()
        return True

    async def _settle(self) -> None:
        """Everybody returns, and sees the same; so does the file."""
        end = asyncio.get_running_loop().time() + PATIENCE
        for person in self.people:
            while not person.there and not await person.come():
                assert asyncio.get_running_loop().time() < end, f"{person.name} cannot return"
                await asyncio.sleep(0.02)
        while True:
            differs = await self._differs()
            if not differs:
                return
            assert asyncio.get_running_loop().time() < end, differs
            await asyncio.sleep(0.01)

    async def _differs(self) -> str:
        try:
            read = plain(await self.agent.read(self.path))
        except LuminaError as error:
            return f"the agent cannot read: {error.message}"
        room = self._room()
        if read != plain(room.read()):
            return f"the agent reads {_brief(read)}, the room {_brief(room.read())}"
        if room.saver.dirty:
            return f"it is not saved; {self._notices()}"
        now = plain(room.read())
        for person in self.people:
            if plain(person.content) != now:
                return f"{person.name} sees {_brief(person.content)}, the room {_brief(now)}"
        file = self._file()
        if file is None:
            return "the file is damaged"
        nbformat_file = plain(_joined(file))
        if nbformat_file != now:
            return f"the file is {_brief(nbformat_file)}, the room {_brief(now)}"
        return ""

    def _notices(self) -> str:
        """What the server told of the notebook, for whoever reads a failure."""
        notices = self._live.extension.service.notices
        return "; ".join(f"{each.kind}: {each.message}" for each in notices.of(self.path)) if notices else ""

    async def _valid(self) -> None:
        nbformat.validate(nbformat.from_dict(json.loads(self.file.read_text(encoding="utf-8"))))

    async def _end(self) -> None:
        await self._all_go()
        await self._close_room()
        for place in self._live.root.glob(f"*run{self.story.seed}*"):
            place.unlink()


def _joined(content: dict[str, Any]) -> dict[str, Any]:
    from lumina_jupyter.collaboration.document.repair import repaired

    return repaired(content, "the file")


def _brief(content: dict[str, Any]) -> str:
    return str([(cell["id"], cell["source"], len(cell.get("outputs", ()))) for cell in content["cells"]])


def _protect(file: Path) -> bool:
    """Make a file such that it cannot be written, also by an administrator; whether that is possible here."""
    if os.geteuid() != 0:
        file.chmod(0o444)
        return True
    chattr = shutil.which("chattr")
    return chattr is not None and subprocess.run([chattr, "+i", file], capture_output=True, check=False).returncode == 0


def _unprotect(file: Path) -> None:
    if os.geteuid() != 0:
        file.chmod(0o644)
        return
    subprocess.run(["chattr", "-i", file], capture_output=True, check=True)
