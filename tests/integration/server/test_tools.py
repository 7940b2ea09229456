"""Tools over HTTP: a model's calls wait for people, whom no kernel and no text can stand in for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from jupyter_server.auth.authorizer import Authorizer
from traitlets.config import Config

from tests.replay.answers import call_reply, chat_reply
from tests.replay.server import ReplayServer
from tests.unit.tools.box import World

from .conftest import Face
from .conversing import Panel, ask, begin, read_until_kept, told
from .kernels import run

EDIT = call_reply("edit", '{"text": "x = 1"}')
EDITS = pytest.mark.parametrize("provider", [(EDIT, chat_reply("It is done."))], indirect=True)


@pytest.fixture
def world(face: Face, jp_asyncio_loop: asyncio.AbstractEventLoop) -> World:
    """The tools `edit` and `execute`, which could change something, and `look`, which could not."""
    world = World()
    engine = jp_asyncio_loop.run_until_complete(face.extension.service.engine())
    jp_asyncio_loop.run_until_complete(engine.tools.registry.ready())
    engine.tools.registry.add(world.tool("edit", "write", undoable=True))
    engine.tools.registry.add(world.tool("look", "read"))
    engine.tools.registry.add(world.tool("execute", "execute", kind="kernel"))
    return world


@asynccontextmanager
async def approvals(http: httpx.AsyncClient) -> AsyncIterator[AsyncGenerator[dict[str, Any], None]]:
    """What a reader of the approvals' stream is told."""
    async with http.stream("GET", "lumina/api/approvals/stream") as response:
        assert response.status_code == 200

        async def read() -> AsyncGenerator[dict[str, Any], None]:
            async for name, _, data in told(response):
                assert name == "approval"
                yield data

        async with aclosing(read()) as changes:
            yield changes


async def decide(http: httpx.AsyncClient, approval: str, verdict: str = "grant", **fields: Any) -> httpx.Response:
    return await http.post(f"lumina/api/approvals/{approval}", json={"verdict": verdict, **fields})


def kinds(panel: Panel, turn: str) -> list[str]:
    return [entry["kind"] for entry in panel.entries if entry["turn"] == turn]


@EDITS
async def test_a_call_in_the_chat_waits_for_a_person_and_goes_on(
    face: Face, world: World, provider: ReplayServer
) -> None:
    async with face.client() as http, approvals(http) as changes:
        conversation = await begin(http)
        turn = await ask(http, conversation, "Set x to 1.", tools=True)
        asked = await anext(changes)
        assert (asked["state"], asked["tool"], asked["run"], asked["notebook"]) == ("pending", "edit", turn, "a.ipynb")
        assert (asked["actor_kind"], json.loads(asked["arguments"])) == ("chat", {"text": "x = 1"})
        assert not world.done
        response = await decide(http, asked["id"])
        assert (response.status_code, response.json()["state"]) == (200, "granted")
        assert (await anext(changes))["state"] == "granted"
        panel = await read_until_kept(http, conversation, turn)
        entries = (await http.get("lumina/api/audit", params={"tool": "edit"})).json()["entries"]
    assert world.done == [{"tool": "edit", "text": "x = 1"}]
    assert panel.text(turn) == "It is done."
    assert [kind for kind in kinds(panel, turn) if kind in {"tool_call_finished", "notice", "tool_result"}] == [
        "tool_call_finished",
        "notice",
        "notice",
        "tool_result",
    ]
    assert [entry["verdict"] for entry in entries] == ["done", "granted", "ask"]
    first, second = (json.loads(request.body) for request in provider.requests[-2:])
    assert "edit" in {tool["function"]["name"] for tool in first["tools"]}
    assert second["messages"][-1]["role"] == "tool"
    assert "<lumina:tool_result" in second["messages"][-1]["content"]


@EDITS
async def test_a_stop_while_it_waits_ends_the_turn_and_the_question(face: Face, world: World) -> None:
    async with face.client() as http, approvals(http) as changes:
        conversation = await begin(http)
        turn = await ask(http, conversation, "Set x to 1.", tools=True)
        asked = await anext(changes)
        assert (await http.post(f"lumina/api/chat/{turn}/cancel")).json() == {"cancelled": True}
        assert (await anext(changes))["state"] == "expired"
        panel = await read_until_kept(http, conversation, turn)
        assert (await decide(http, asked["id"])).status_code == 409
    assert panel.entries[-1]["data"] == {"reason": "cancelled"}
    assert not world.done


@EDITS
async def test_without_being_asked_for_no_tools_are_offered(face: Face, world: World, provider: ReplayServer) -> None:
    async with face.client() as http:
        conversation = await begin(http)
        await read_until_kept(http, conversation, await ask(http, conversation, "Set x to 1."))
    assert "tools" not in json.loads(provider.requests[-1].body)
    assert not world.done


@EDITS
async def test_of_two_people_who_decide_at_once_one_does(face: Face, world: World) -> None:
    async with face.client() as ada, face.client() as bob, approvals(ada) as changes:
        conversation = await begin(ada)
        turn = await ask(ada, conversation, "Set x to 1.", tools=True)
        asked = await anext(changes)
        answers = await asyncio.gather(decide(ada, asked["id"]), decide(bob, asked["id"], "deny"))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        (refused,) = (answer for answer in answers if answer.status_code == 409)
        assert refused.json()["error"]["code"] == "already_decided"
        await read_until_kept(ada, conversation, turn)
        assert len(world.done) == (answers[0].status_code == 200)


@EDITS
async def test_what_a_private_conversation_asks_is_for_its_owner(face: Face, world: World) -> None:
    async with face.client() as ada, face.client() as bob:
        for http in (ada, bob):
            await http.get("lumina/api/health")
        async with approvals(ada) as changes:
            conversation = await begin(ada, shared=False)
            turn = await ask(ada, conversation, "Set x to 1.", tools=True)
            asked = await anext(changes)
            path = f"lumina/api/approvals/{asked['id']}"
            async with face.client(face.kernel_token) as kernel:
                for stranger in (bob, kernel):
                    assert (await stranger.get("lumina/api/approvals")).json() == {"approvals": []}
                    assert (await stranger.get(path)).status_code == 404
            assert (await decide(bob, asked["id"])).status_code == 404
            assert (await bob.get("lumina/api/audit")).json() == {"entries": []}
            assert not world.done
            assert (await decide(ada, asked["id"], "deny")).status_code == 200
            await read_until_kept(ada, conversation, turn)
    assert not world.done


async def test_a_kernel_asks_and_may_not_decide(face: Face, world: World, change_settings: Callable[..., None]) -> None:
    async with face.client() as http, face.client(face.kernel_token) as kernel, approvals(http) as changes:

        async def call() -> list[Any]:
            async with kernel.stream(
                "POST", "lumina/api/tools/edit/call", json={"arguments": {"text": "1"}}
            ) as response:
                return [event async for event in told(response)]

        calling = asyncio.create_task(call())
        asked = await anext(changes)
        assert (asked["actor_kind"], asked["actor_name"]) == ("magic", "kernel")
        for verdict in ("grant", "deny"):
            refused = await decide(kernel, asked["id"], verdict)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
        assert (await kernel.delete("lumina/api/approvals/rules/rule_1")).status_code == 403
        assert (await kernel.get("lumina/api/audit")).status_code == 403
        assert not world.done
        change_settings(kernels_may_approve=True)
        assert (await decide(kernel, asked["id"])).json()["decided_by"] == "a kernel"
        events = await calling
    assert [name for name, _, _ in events] == ["approval", "approval", "began", "outcome"]
    assert world.done


async def test_a_person_calls_a_tool_herself(face: Face, world: World) -> None:
    world.says = "seen"
    async with face.client() as http:
        description = (await http.get("lumina/api/openapi.json")).json()
        response = await http.post("lumina/api/tools/execute/call", json={"arguments": {"where": "k"}})
        events = [line for line in response.text.split("\n\n") if line.startswith("event: ")]
        wrong = await http.post("lumina/api/tools/nothing/call", json={})
    frames = description["paths"]["/lumina/api/tools/{name}/call"]["post"]["responses"]["200"]["content"]
    schemas = frames["text/event-stream"]["x-event-data"]
    for event in events:
        name, data = (line.partition(": ")[2] for line in event.split("\n"))
        Draft202012Validator({**schemas[name], "components": description["components"]}).validate(json.loads(data))
    assert world.done == [{"tool": "execute", "where": "k"}]
    assert json.loads(events[-1].partition("data: ")[2])["content"] == [{"text": "seen", "type": "text"}]
    assert json.loads(wrong.text.partition("data: ")[2])["error_code"] == "unknown_tool"


async def test_a_policy_of_the_server_holds_for_all(
    face: Face, world: World, change_settings: Callable[..., None]
) -> None:
    change_settings(tool_policy="read-only")
    async with face.client() as http:
        permissions = {
            each["name"]: each["permission"] for each in (await http.get("lumina/api/tools")).json()["tools"]
        }
        response = await http.post("lumina/api/tools/execute/call", json={})
    allowed = {name for name, permission in permissions.items() if permission == "allow"}
    assert {"look", "read_more"} <= allowed
    assert {permissions[name] for name in ("edit", "execute", "run_python")} == {"deny"}
    assert json.loads(response.text.partition("data: ")[2])["error_code"] == "tool_denied"
    assert not world.done


async def test_a_notebooks_own_policy_is_read_from_the_server(face: Face, world: World, jp_root_dir: Any) -> None:
    notebook = {"cells": [], "metadata": {"lumina": {"policy": "none"}}, "nbformat": 4, "nbformat_minor": 5}
    (jp_root_dir / "exam.ipynb").write_text(json.dumps(notebook))
    async with face.client() as http:
        response = await http.post("lumina/api/tools/look/call", json={"notebook": "exam.ipynb"})
        listed = (await http.get("lumina/api/tools", params={"notebook": "exam.ipynb"})).json()["tools"]
    assert json.loads(response.text.partition("data: ")[2])["error_code"] == "tool_denied"
    assert {each["permission"] for each in listed} == {"deny"}
    assert not world.done


class ReadsOnly(Authorizer):
    """Lets everybody use Lumina and read contents, and run and write nothing."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource == "lumina" or action == "read"


class TestWhoMayOnlyRead:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["ServerApp"]["authorizer_class"] = ReadsOnly
        return jp_server_config

    async def test_does_nothing_else_by_a_tool(self, face: Face, world: World) -> None:
        async with face.client() as http:
            for name in ("edit", "execute"):
                response = await http.post(f"lumina/api/tools/{name}/call", json={})
                assert json.loads(response.text.partition("data: ")[2])["error_code"] == "tool_denied"
            assert '"is_error":false' in (await http.post("lumina/api/tools/look/call", json={})).text
        assert [each["tool"] for each in world.done] == ["look"]

    @EDITS
    async def test_does_nothing_else_by_a_model(self, face: Face, world: World) -> None:
        async with face.client() as http:
            conversation = await begin(http)
            turn = await ask(http, conversation, "Set x to 1.", tools=True)
            panel = await read_until_kept(http, conversation, turn)
            forged = {"prompt": [{"text": "Set x."}], "tools": True, "rights": ["read", "write", "execute"]}
            await http.post("lumina/api/chat", json={**forged, "user": "root", "asked_by": "chat"})
        assert "tool_result" in kinds(panel, turn)
        assert not world.done

    async def test_approves_nothing_for_others(self, face: Face, world: World) -> None:
        engine = await face.extension.service.engine()
        async with face.client() as http, face.client(face.kernel_token) as kernel, approvals(http) as changes:
            calling = asyncio.create_task(kernel.post("lumina/api/tools/edit/call", json={"arguments": {}}))
            asked = await anext(changes)
            refused = await decide(http, asked["id"])
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
            assert (await decide(http, asked["id"], "deny")).status_code == 200
            await calling
        assert not world.done
        assert await engine.tools.approvals.list() == []


class ReadsNoContents(Authorizer):
    """Lets everybody use Lumina and see no files."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "contents"


class TestWhoMayNotReadContents:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["ServerApp"]["authorizer_class"] = ReadsNoContents
        return jp_server_config

    async def test_sees_no_tools_no_approvals_and_no_log(self, face: Face) -> None:
        async with face.client() as http:
            for path in ("tools", "approvals", "approvals/stream", "approvals/rules", "approvals/apr_1", "audit"):
                assert (await http.get(f"lumina/api/{path}")).status_code == 403, path
            assert (await http.post("lumina/api/tools/read_more/call", json={})).status_code == 403


DECLARE = """
import lumina_jupyter as lumina

@lumina.tool(effects=["read"])
def shout(word: str, times: int = 1) -> str:
    "Say a word loudly."
    return " ".join([word.upper()] * times)

@lumina.tool(effects=["execute"])
def release() -> None:
    "Let the running cell end."
    globals()["go"] = True

@lumina.tool
def broken() -> None:
    "Fail."
    raise RuntimeError("no luck")

print(repr(shout("a")))
"""

WAIT = """
import time
while not globals().get("go"):
    time.sleep(0.02)
print(1)
"""


async def test_a_function_of_a_notebook_is_a_tool_of_it(face: Face) -> None:
    async with face.client() as http:
        session = {"path": "own.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        kernel_id = (await http.post("api/sessions", json=session)).json()["kernel"]["id"]
        assert await run(face.app, kernel_id, DECLARE) == "A"

        async def call(name: str, notebook: str = "own.ipynb", **arguments: Any) -> dict[str, Any]:
            body = {"arguments": arguments, "notebook": notebook}
            response = await http.post(f"lumina/api/tools/{name}/call", json=body)
            outcome: dict[str, Any] = json.loads(response.text.rpartition("data: ")[2])
            return outcome

        tools = (await http.get("lumina/api/tools", params={"notebook": "own.ipynb"})).json()["tools"]
        found = {each["name"]: each for each in tools}
        assert (found["shout"]["source"], found["shout"]["permission"]) == ("notebook:own.ipynb", "allow")
        assert (found["broken"]["effects"], found["broken"]["permission"]) == (["execute"], "ask")
        assert (await call("shout", word="hi", times=2))["content"] == [{"text": "HI HI", "type": "text"}]
        assert "`times`" in (await call("shout", word="hi", times="x"))["content"][0]["text"]
        assert "RuntimeError: no luck" in (await call("broken"))["content"][0]["text"]
        assert (await call("shout", "other.ipynb", word="hi"))["error_code"] == "unknown_tool"
        # While a cell runs, too: it may be the one whose answer needs the tool.
        busy = asyncio.create_task(run(face.app, kernel_id, WAIT))
        assert (await call("shout", word="busy"))["content"][0]["text"] == "BUSY"
        assert (await call("release"))["content"][0]["text"] == "Done."
        assert await busy == 1
        await http.post(f"api/kernels/{kernel_id}/restart")
        assert "restarted" in (await call("shout", word="hi"))["content"][0]["text"]
