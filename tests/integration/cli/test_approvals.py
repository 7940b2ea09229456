"""`lumina approvals` beside a real server: what a real MCP server asks in a chat is allowed, answered, declined, once."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest

from tests.integration.server.conftest import Face, face, jp_server_config, provider, start_replay
from tests.integration.server.conversing import ask, begin, read_until_kept
from tests.replay.answers import call_reply, chat_reply
from tests.replay.server import ReplayServer

from .beside_server import Commands

__all__ = ["face", "jp_server_config", "provider", "start_replay"]
HONEST = Path(__file__).parents[1] / "mcp" / "servers" / "honest.py"
WISH = call_reply("mcp__kind__wish", "{}")


async def asked(face: Face) -> str:
    """The id of what the MCP server asks, once it does."""
    engine = await face.extension.service.engine()
    async with asyncio.timeout(120):
        while not (found := engine.tools.questions.waiting("")):  # noqa: ASYNC110 - another process's doing
            await asyncio.sleep(0.02)
    return found[0].id


async def result(http: httpx.AsyncClient, conversation: str, turn: str) -> str:
    """What the tool gave back to the model."""
    panel = await read_until_kept(http, conversation, turn)
    [found] = [
        each["data"]["content"] for each in panel.entries if each["turn"] == turn and each["kind"] == "tool_result"
    ]
    return str(found)


@pytest.mark.parametrize("provider", [(WISH, chat_reply("Red."), WISH, chat_reply("None."))], indirect=True)
async def test_what_a_server_asks_is_answered_and_declined_from_a_terminal(
    face: Face, provider: ReplayServer, tmp_path: Path
) -> None:
    path = face.extension.service.settings.mcp_path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"mcpServers": {"kind": {"command": sys.executable, "args": [str(HONEST)]}}}))
    commands = Commands(face, tmp_path / "home")
    engine = await face.extension.service.engine()
    async with face.client() as http:
        conversation = await begin(http)
        turn = await ask(http, conversation, "Which color?", tools=True)
        async with asyncio.timeout(120), aclosing(engine.tools.approvals.watch()) as approvals:
            approval = await anext(approvals)
        await engine.tools.approvals.decide(approval.id, "grant", by="Ada", scope="always")

        question = await asked(face)
        listed = await commands.run("approvals")
        assert f"{question}  The MCP server kind asks you: Which color?" in listed
        assert "color: string" in listed
        wrong = await commands.run("approvals", "answer", "ask_0123456789abcdef", '{"color": "red"}', code=1)
        assert "No such question waits for you." in wrong
        wrong = await commands.run("approvals", "answer", question, '{"color": 3}', code=1)
        assert "`color` is no string" in wrong
        assert await asked(face) == question, "what is no answer answers nothing"
        assert f"{question} is answered." in await commands.run("approvals", "answer", question, '{"color": "red"}')
        assert "accept red" in await result(http, conversation, turn)
        again = await commands.run("approvals", "answer", question, '{"color": "blue"}', code=1)
        assert "It may have been answered" in again

        # The rule lets the same call pass, and its question comes at once.
        turn = await ask(http, conversation, "And now?", tools=True)
        question = await asked(face)
        assert f"{question} is declined." in await commands.run("approvals", "decline", question)
        assert "decline" in await result(http, conversation, turn)
