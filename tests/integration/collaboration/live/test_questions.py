"""Nobody is asked whether to overwrite somebody else's work when the file is what the live notebook was saved as."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from tests.integration.collaboration.live.conftest import NAME, READER, Live, code
from tests.integration.collaboration.live.participant import Participant, until


class Frontend:
    """What JupyterLab knows of the file: the hash that the document tells, as soon as it has asked for the rest."""

    def __init__(self, live: Live, participant: Participant) -> None:
        self._live = live
        self._participant = participant
        self.known = participant.notebook.hash
        self._asking: set[asyncio.Task[None]] = set()
        participant.notebook.ystate.observe(self._told)

    def _told(self, event: Any) -> None:
        if "hash" in event.keys:
            task = asyncio.create_task(self._ask(self._participant.notebook.hash))
            self._asking.add(task)

    async def _ask(self, told: Any) -> None:
        await fetched(self._live, "content=0")
        self.known = told

    async def would_be_asked(self) -> bool:
        """Whether JupyterLab would ask its user what to do with the file, were it to save now."""
        return bool((await fetched(self._live, "content=0&hash=1"))["hash"] != self.known)


async def fetched(live: Live, query: str, **headers: str) -> dict[str, Any]:
    headers = {"Authorization": f"token {live.token}", **headers}
    answer = await AsyncHTTPClient().fetch(HTTPRequest(f"{live.url}api/contents/{NAME}?{query}", headers=headers))
    found: dict[str, Any] = json.loads(answer.body)
    return found


async def test_who_saves_while_the_room_saves_by_itself_is_not_asked(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna:
        frontend = Frontend(live, anna)
        await until(lambda: frontend.known is not None or anna.notebook.hash is None)
        for number in range(6):
            before = anna.notebook.hash
            anna.type(0, str(number))
            await until(lambda seen=before: live.room().document.hash != seen)  # type: ignore[misc]  # mypy infers no default's type
            assert not await frontend.would_be_asked()


async def test_who_saves_after_another_program_wrote_the_file_is_not_asked(live: Live) -> None:
    live.put(code("a", "x"), code("b", "y"))
    async with live.joined() as anna:
        frontend = Frontend(live, anna)
        anna.type(0, "1")
        await until(lambda: live.on_disk() == ["x1", "y"])
        assert not await frontend.would_be_asked()
        live.edit_file(lambda content: content["cells"][1].update(source="theirs"))
        assert not await frontend.would_be_asked()
        assert anna.texts == ["x1", "theirs"]


async def test_a_room_that_cannot_save_holds_nobody_up(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    live.put(code("a", "x"))
    monkeypatch.setattr("lumina_jupyter.collaboration.ydoc_server.rooms.AGREEMENT_TIME", 0.05)
    async with live.joined(), live.room().saver.lock:
        assert (await fetched(live, "content=0&hash=1"))["name"] == NAME


async def test_a_file_that_is_gone_is_told_as_ever(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined():
        live.file.unlink()
        with pytest.raises(HTTPClientError, match="404"):
            await fetched(live, "content=0&hash=1")


async def test_strangers_are_told_nothing(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined():
        request = HTTPRequest(f"{live.url}api/contents/{NAME}?content=0&hash=1")
        with pytest.raises(HTTPClientError, match="403"):
            await AsyncHTTPClient().fetch(request)
        assert (await fetched(live, "content=0&hash=1", **{READER: "1"}))["name"] == NAME
