"""Whose conversations are whose: what is private does not exist for others, whichever way they ask."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import httpx
import pytest
from jupyter_server.auth.authorizer import Authorizer
from traitlets.config import Config

from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer, Reply

from .conftest import Face
from .conversing import Panel, ask, begin, follow, read_until_kept

API = "lumina/api/conversations"
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


Browsers = Iterator[httpx.AsyncClient]


@pytest.fixture
def ada(face: Face, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Browsers:
    """A browser of one person: Jupyter's cookie tells it from others."""
    yield from _browser(face, jp_asyncio_loop)


@pytest.fixture
def bob(face: Face, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Browsers:
    """A browser of another."""
    yield from _browser(face, jp_asyncio_loop)


def _browser(face: Face, loop: asyncio.AbstractEventLoop) -> Browsers:
    http = face.client()
    loop.run_until_complete(http.get("lumina/api/health"))
    assert http.cookies
    yield http
    loop.run_until_complete(http.aclose())


async def statuses(http: httpx.AsyncClient, conversation: str, image: str) -> dict[str, int]:
    """What each way to a conversation answers."""
    path = f"{API}/{conversation}"
    question = {"prompt": [{"text": "Hello"}], "conversation": conversation}
    asked: list[tuple[str, str, Any]] = [
        ("GET", path, None),
        ("GET", f"{path}/events", None),
        ("GET", f"{path}/stream", None),
        ("GET", f"{path}/export?format=json", None),
        ("GET", f"{path}/attachments/{image}", None),
        ("POST", f"{path}/turns", {"text": "Hello"}),
        ("POST", f"{path}/presence", {"typing": True}),
        ("POST", "lumina/api/chat", question),
        ("PATCH", path, {"title": "Mine now"}),
        ("PATCH", path, {"shared": True}),
        ("DELETE", path, None),
    ]
    answered = {}
    for method, url, body in asked:
        async with asyncio.timeout(60), http.stream(method, url, json=body) as response:
            answered[f"{method} {url}".replace(conversation, "ID")] = response.status_code
    return answered


@pytest.mark.parametrize("other", ["person", "kernel"])
async def test_a_private_conversation_is_its_owners_alone(
    face: Face, ada: httpx.AsyncClient, bob: httpx.AsyncClient, other: str
) -> None:
    conversation = await begin(ada, shared=False)
    picture = {"data": base64.b64encode(PNG).decode()}
    turn = await ask(ada, conversation, "A private matter", images=[picture])
    panel = await read_until_kept(ada, conversation, turn)
    image = panel.entries[0]["data"]["images"][0]["sha256"]
    kernel = face.client(face.kernel_token)
    http = bob if other == "person" else kernel
    refused = await statuses(http, conversation, image)
    assert set(refused.values()) == {404}, refused
    assert (await http.get(API)).json()["conversations"] == []
    assert (await http.get(f"{API}/search", params={"q": "private"})).json()["hits"] == []
    (listed,) = (await ada.get(API)).json()["conversations"]
    assert (listed["mine"], listed["shared"], listed["current"]) == (True, False, False)
    assert len((await ada.get(f"{API}/search", params={"q": "private matter"})).json()["hits"]) == 2
    assert listed["events"] == panel.last, "somebody added to it"
    shown = await ada.get(f"{API}/{conversation}/attachments/{image}")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]
    await kernel.aclose()


HANGING = (Reply(content_type="text/event-stream", body=chat_reply("one", "two").body, stall_after=300),)


@pytest.mark.parametrize("provider", [HANGING], indirect=True)
async def test_nobody_else_stops_a_private_turn(
    face: Face, ada: httpx.AsyncClient, bob: httpx.AsyncClient, provider: ReplayServer
) -> None:
    conversation = await begin(ada, shared=False)
    turn = await ask(ada, conversation, "Go on.")
    await provider.until_requests(1)
    async with face.client(face.kernel_token) as kernel:
        assert (await kernel.post(f"lumina/api/chat/{turn}/cancel")).status_code == 404
    assert (await bob.post(f"lumina/api/chat/{turn}/cancel")).status_code == 404
    assert (await ada.post(f"lumina/api/chat/{turn}/cancel")).json() == {"cancelled": True}
    panel = await read_until_kept(ada, conversation, turn)
    assert panel.entries[-1]["data"] == {"reason": "cancelled"}


async def test_a_kernel_cannot_begin_a_private_one(face: Face) -> None:
    async with face.client(face.kernel_token) as kernel:
        refused = await kernel.post(API, json={"notebook": "a.ipynb", "shared": False})
        assert refused.status_code == 403
        assert (await kernel.post(API, json={"notebook": "a.ipynb"})).status_code == 200


async def test_the_cells_of_a_notebook_go_on_with_what_its_panel_began(face: Face, ada: httpx.AsyncClient) -> None:
    private = await begin(ada, shared=False)
    shared = await begin(ada)
    second = await begin(ada, title="Another")
    async with face.client(face.kernel_token) as kernel:
        question = {"prompt": [{"text": "From a cell"}], "notebook": "a.ipynb"}
        assert (await kernel.post("lumina/api/chat", json=question)).status_code == 200
        listed = {each["id"]: each for each in (await kernel.get(API)).json()["conversations"]}
    assert set(listed) == {shared, second}
    assert (listed[shared]["title"], listed[shared]["current"]) == ("From a cell", True)
    assert (listed[second]["title"], listed[second]["events"]) == ("Another", 0)
    assert (await ada.get(f"{API}/{private}/events")).json() == {"events": []}


async def test_a_reader_is_told_when_a_conversation_becomes_private(
    face: Face, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    conversation, other = await begin(ada), await begin(bob)
    refused = await bob.patch(f"{API}/{conversation}", json={"shared": False})
    assert refused.status_code == 403
    watching, beside, own = Panel(), Panel(), Panel()
    async with (
        aclosing(follow(bob, conversation, watching)) as his,
        aclosing(follow(bob, other, beside)) as its,
        aclosing(follow(ada, conversation, own)) as hers,
    ):
        for each in (his, its, hers):
            assert (await anext(each))[0] == "caught_up"
        changed = await ada.patch(f"{API}/{conversation}", json={"shared": False, "title": "Mine"})
        assert changed.json()["title"] == "Mine"
        async with asyncio.timeout(60):
            assert [name async for name, *_ in his][-1] == "gone", "the stream ends with it"
            assert await _until(its, "removed") == {"id": conversation}
            told = (await _until(hers, "changed"))["conversation"]
            assert (told["mine"], told["shared"], told["title"]) == (True, False, "Mine")
            assert (await bob.get(f"{API}/{conversation}/stream")).status_code == 404
            await ada.patch(f"{API}/{conversation}", json={"shared": True})
            told = (await _until(its, "changed"))["conversation"]
            assert (told["id"], told["mine"]) == (conversation, False)
            await ada.delete(f"{API}/{conversation}")
            assert [name async for name, *_ in hers][-1] == "gone"


async def _until(events: AsyncIterator[tuple[str, int, dict[str, Any]]], name: str) -> dict[str, Any]:
    async for told, _, data in events:
        if told == name:
            return data
    raise AssertionError(f"{name} was never told")


async def test_who_is_here_and_who_is_typing(face: Face, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    conversation = await begin(ada)
    panel = Panel()
    async with aclosing(follow(ada, conversation, panel)) as hers, asyncio.timeout(60):
        await _until(hers, "caught_up")
        async with aclosing(follow(bob, conversation, Panel())) as his:
            await _until(his, "caught_up")
            (me, other) = (await _until(hers, "presence"))["people"]
            assert me["id"] != other["id"]
            assert other["name"].startswith("Anonymous")
            assert (await bob.post(f"{API}/{conversation}/presence", json={"typing": True})).status_code == 204
            people = {each["id"]: each["typing"] for each in (await _until(hers, "presence"))["people"]}
            assert people == {me["id"]: False, other["id"]: True}
        assert [each["id"] for each in (await _until(hers, "presence"))["people"]] == [me["id"]]


async def test_what_was_asked_says_who_asked(face: Face, ada: httpx.AsyncClient) -> None:
    conversation = await begin(ada)
    turn = await ask(ada, conversation, "Who am I?")
    panel = await read_until_kept(ada, conversation, turn)
    by = panel.entries[0]["data"]["by"]
    assert by["name"].startswith("Anonymous")
    assert by["initials"]


class NoContents(Authorizer):
    """Lets nobody read notebooks."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "contents"


class NoContentsAfterAWhile(Authorizer):
    """The same, after it has asked somebody."""

    async def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        await asyncio.sleep(0)
        return resource != "contents"


@pytest.mark.parametrize("authorizer", [NoContents, NoContentsAfterAWhile])
class TestWithoutContents:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config, authorizer: type[Authorizer]) -> Config:
        jp_server_config["ServerApp"]["authorizer_class"] = authorizer
        return jp_server_config

    async def test_who_may_not_read_notebooks_reads_no_conversations(self, face: Face) -> None:
        async with face.client() as http:
            for path in (API, f"{API}/conv_1/events", f"{API}/conv_1/stream", f"{API}/search?q=x"):
                assert (await http.get(path)).status_code == 403, path
            assert (await http.get("lumina/api/health")).status_code == 200


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "images[0]"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 5_100_000, "images[0]"),
        (b"GIF", "images[0]"),
    ],
)
async def test_what_is_no_image_is_refused(face: Face, ada: httpx.AsyncClient, data: bytes, field: str) -> None:
    face.extension.service.settings.max_body_mb = 32.0
    conversation = await begin(ada)
    body = {"text": "Look", "images": [{"media_type": "image/png", "data": base64.b64encode(data).decode()}]}
    refused = await ada.post(f"{API}/{conversation}/turns", content=json.dumps(body))
    assert (refused.status_code, refused.json()["error"]["field"]) == (400, field)
    assert (await ada.get(f"{API}/{conversation}/events")).json() == {"events": []}
