"""Tools of MCP servers inside a Jupyter server: behind the gate, with questions that people answer over HTTP."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lumina_jupyter.tools import Actor, ApprovalAsked, ToolCall, ToolContext
from tests.replay.answers import call_reply, chat_reply
from tests.replay.server import ReplayServer

from .conftest import Face
from .conversing import ask, begin, read_until_kept, told

SERVERS = Path(__file__).parents[1] / "mcp" / "servers"
CHAT = ToolContext(actor=Actor("chat", ""))
PERSON = ToolContext(actor=Actor("user", ""))


async def start(face: Face, script: str, *arguments: str) -> None:
    entry = {"command": sys.executable, "args": [str(SERVERS / script), *arguments]}
    path = face.extension.service.settings.mcp_path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"mcpServers": {"kind": entry}}))


async def test_a_model_needs_a_persons_approval_for_what_a_server_brings(face: Face) -> None:
    await start(face, "hostile.py", "good")
    engine = await face.extension.service.engine()
    decisions = {tool.name: decision.outcome for tool, decision in await engine.tools.offered(CHAT)}
    assert decisions["mcp__kind__tool"] == "ask"
    stream = engine.tools.watch(ToolCall("c1", "mcp__kind__tool", {"text": "hello"}), CHAT)
    async for each in stream:
        if isinstance(each, ApprovalAsked):
            await engine.tools.approvals.decide(each.approval.id, "deny", by="Ada")
            outcome = None
        else:
            outcome = each
    assert getattr(outcome, "is_error", False)
    done = await engine.tools.call(ToolCall("c2", "mcp__kind__tool", {"text": "hello"}), PERSON)
    assert "hello from" in done.text


async def test_policies_hold_for_servers_whatever_they_say(face: Face, change_settings: Callable[..., None]) -> None:
    await start(face, "hostile.py", "good")
    change_settings(tool_policy="read-only")
    engine = await face.extension.service.engine()
    outcome = await engine.tools.call(ToolCall("c1", "mcp__kind__tool", {"text": "x"}), PERSON)
    assert outcome.is_error
    assert "read-only" in outcome.text


async def test_a_persons_answer_reaches_the_server(face: Face) -> None:
    await start(face, "honest.py")
    engine = await face.extension.service.engine()
    call = asyncio.ensure_future(engine.tools.call(ToolCall("c1", "mcp__kind__wish", {}), PERSON))
    async for each in engine.tools.questions.watch(""):
        assert each.state == "pending"
        break
    async with face.client() as http:
        [question] = (await http.get("lumina/api/questions")).json()["questions"]
        assert (question["source"], question["message"]) == ("mcp:kind", "Which color?")
        path = f"lumina/api/questions/{question['id']}"
        wrong = await http.post(path, json={"action": "accept", "content": {"color": 3}})
        assert wrong.status_code == 422
        assert (await http.post(path, json={"action": "accept", "content": {"color": "red"}})).json()[
            "state"
        ] == "accept"
        assert (await http.post(path, json={"action": "accept"})).status_code == 404
        [server] = (await http.get("lumina/api/mcp/servers")).json()["servers"]
        assert (server["name"], server["state"]) == ("kind", "ready")
    assert "accept red" in (await call).text


async def test_a_model_answers_a_server_only_if_a_person_approves(face: Face) -> None:
    await start(face, "honest.py")
    engine = await face.extension.service.engine()
    for verdict, says in (("deny", "refused"), ("grant", "lab/m says forty-two")):
        call = asyncio.ensure_future(engine.tools.call(ToolCall("c1", "mcp__kind__word", {}), PERSON))
        async for approval in engine.tools.approvals.watch():
            if approval.state == "pending":
                assert approval.actor_name == "server kind"
                assert "Say a word." in approval.arguments
                await engine.tools.approvals.decide(approval.id, "grant" if verdict == "grant" else "deny", by="Ada")
                break
        assert says in (await call).text


async def test_a_server_is_restarted_over_http(face: Face) -> None:
    await start(face, "hostile.py", "good")
    engine = await face.extension.service.engine()
    before = (await engine.tools.call(ToolCall("c1", "mcp__kind__tool", {}), PERSON)).text
    async with face.client() as http:
        restarted = await http.post("lumina/api/mcp/servers/kind/restart")
        assert restarted.json()["state"] == "ready"
        assert (await http.post("lumina/api/mcp/servers/other/restart")).status_code == 404
    assert (await engine.tools.call(ToolCall("c2", "mcp__kind__tool", {}), PERSON)).text != before


WISH = call_reply("mcp__kind__wish", "{}")


@pytest.mark.parametrize("provider", [(WISH, chat_reply("Red it is."))], indirect=True)
async def test_what_a_server_asks_in_a_chat_reaches_the_person_by_the_stream_of_approvals(
    face: Face, provider: ReplayServer
) -> None:
    await start(face, "honest.py")
    async with face.client() as http, http.stream("GET", "lumina/api/approvals/stream") as response:
        frames = told(response)
        conversation = await begin(http)
        turn = await ask(http, conversation, "Which color?", tools=True)
        name, _, approval = await anext(frames)
        assert (name, approval["state"]) == ("approval", "pending")
        await http.post(f"lumina/api/approvals/{approval['id']}", json={"verdict": "grant"})
        assert (await anext(frames))[2]["state"] == "granted"
        name, _, question = await anext(frames)
        assert (name, question["state"], question["who"]) == ("question", "pending", "The MCP server kind")
        assert (question["run"], question["conversation"]) == (turn, conversation)
        assert list(question["fields"]["properties"]) == ["color"]
        path = f"lumina/api/questions/{question['id']}"
        # What runs in a kernel may be what the model wrote: it neither sees nor answers it.
        async with face.client(token=face.kernel_token) as kernel:
            assert (await kernel.post(path, json={"action": "decline"})).status_code == 403
        answered = await http.post(path, json={"action": "accept", "content": {"color": "red"}})
        assert (answered.status_code, answered.json()["state"]) == (200, "accept")
        name, _, question = await anext(frames)
        assert (name, question["state"]) == ("question", "accept")
        panel = await read_until_kept(http, conversation, turn)
    entries = [(each["kind"], each["data"]) for each in panel.entries if each["turn"] == turn]
    [result] = [data["content"] for kind, data in entries if kind == "tool_result"]
    assert "accept red" in result
    notices = [data["code"] for kind, data in entries if kind == "notice"]
    assert notices == ["approval", "approval_decided", "question", "question_over"]
