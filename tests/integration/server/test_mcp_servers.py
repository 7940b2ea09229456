"""Tools of MCP servers inside a Jupyter server: behind the gate, with questions that people answer over HTTP."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lumina_jupyter.engine import Engine
from lumina_jupyter.events import Notice, ToolResult, Usage
from lumina_jupyter.gateway import TextPart
from lumina_jupyter.memory import Question
from lumina_jupyter.tools import Actor, Approval, ApprovalAsked, ToolCall, ToolContext
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


WORD, WHERE = call_reply("mcp__kind__word", "{}"), call_reply("mcp__kind__where", "{}")
TURN = (WORD, chat_reply("forty", "-two"), WHERE, chat_reply("I see."))


async def granted(engine: Engine, seen: list[Approval]) -> None:
    """Grant whatever is asked, as a person does."""
    async for approval in engine.tools.approvals.watch():
        if approval.state == "pending" and approval.id not in {each.id for each in seen}:
            seen.append(approval)
            await engine.tools.approvals.decide(approval.id, "grant", by="Ada")


@pytest.mark.parametrize("provider", [TURN + TURN], indirect=True)
async def test_in_chats_and_cells_a_server_gets_a_models_answer_and_the_folders_through_the_gate(
    face: Face, provider: ReplayServer
) -> None:
    await start(face, "honest.py")
    engine = await face.extension.service.engine()
    (Path(face.app.root_dir) / "sub").mkdir()
    for asked_by in ("chat", "magic"):
        before, seen = len(provider.requests), list[Approval]()
        granting = asyncio.ensure_future(granted(engine, seen))
        question = Question(
            prompt=(TextPart("Which word, and where? It is a secret of ours."),),
            notebook="sub/a.ipynb",
            model="lab/m",
            tools=True,
            asked_by=asked_by,
            request_id=f"turn_{asked_by}",
        )
        events = [event async for event in engine.ask(question)]
        granting.cancel()
        results = [event.content for event in events if isinstance(event, ToolResult)]
        assert "lab/m says forty-two" in results[0]
        root = Path(face.app.root_dir)
        assert f"{(root / 'sub').as_uri()} and {root.as_uri()}" in results[1]
        asked = [(each.actor_kind, each.actor_name, each.tool, each.run) for each in seen]
        turn = question.request_id
        assert asked == [
            (asked_by, "", "mcp__kind__word", turn),
            ("mcp", "server kind", "mcp__kind__sampling", turn),
            (asked_by, "", "mcp__kind__where", turn),
            ("mcp", "server kind", "mcp__kind__folders", turn),
        ]
        assert seen[1].preview is not None
        assert (seen[1].preview.summary, seen[1].preview.code) == (
            "The MCP server kind wants lab/m to answer what follows, with 10 tokens at most",
            "user: Say a word.",
        )
        notices = [event.code for event in events if isinstance(event, Notice)]
        assert notices == ["approval", "approval_decided"] * 4
        # The server's question went to the turn's model by itself, and what it took is the turn's.
        posted = [json.loads(each.body) for each in provider.requests[before:] if each.method == "POST"]
        assert [each["content"] for each in posted[1]["messages"]] == ["Say a word."]
        assert (posted[1]["model"], posted[1]["max_tokens"]) == ("m", 10)
        assert [(each.input_tokens, each.output_tokens) for each in events if isinstance(each, Usage)] == [
            (5 + 7 + 5 + 7, 4 + 3 + 4 + 3)
        ]


@pytest.mark.parametrize("provider", [(call_reply("mcp__kind__tool", "{}"), *[chat_reply("It.")] * 11)], indirect=True)
async def test_a_server_that_samples_in_a_loop_ends_in_words(face: Face, provider: ReplayServer) -> None:
    await start(face, "hostile.py", "samples-for-ever")
    engine = await face.extension.service.engine()
    question = Question(prompt=(TextPart("Go."),), notebook="a.ipynb", tools=True, asked_by="chat", request_id="turn_1")

    async def allow() -> None:
        async for approval in engine.tools.approvals.watch():
            if approval.state == "pending":
                await engine.tools.approvals.decide(approval.id, "grant", by="Ada", scope="run")

    allowing = asyncio.ensure_future(allow())
    events = [event async for event in engine.ask(question)]
    allowing.cancel()
    assert len([each for each in provider.requests if each.method == "POST"]) == 1 + 10 + 1
    [result] = [event.content for event in events if isinstance(event, ToolResult)]
    assert '"answered": 10' in result
    [told] = [event.text for event in events if isinstance(event, Notice) and event.code == "tools"]
    assert told.startswith("The MCP server kind gets no more answers of a model: this call has had 10")
