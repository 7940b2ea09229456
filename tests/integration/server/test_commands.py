"""Slash commands through a real server: their list, what they ask a model, and what they never read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.replay.server import ReplayServer

from .conftest import Face
from .conversing import ask, begin, read_until_kept


def view(source: str, kind: str = "code") -> dict[str, Any]:
    return {"cells": [{"id": "cell0001", "kind": kind, "source": source}], "active_cell": "cell0001"}


async def test_the_commands_are_listed(face: Face) -> None:
    async with face.client() as http:
        commands = (await http.get("lumina/api/commands")).json()["commands"]
    results = {each["name"]: each["result"] for each in commands}
    assert results == {
        "explain": "answer",
        "fix": "replace",
        "edit": "replace",
        "doc": "replace",
        "test": "insert",
        "optimize": "replace",
        "continue": "append",
    }
    assert all(each["title"] and each["description"] for each in commands)


async def test_what_looks_like_a_mention_in_a_cell_is_none(
    face: Face, provider: ReplayServer, jp_root_dir: Path
) -> None:
    (jp_root_dir / "keys.txt").write_text("the secret")
    question = {"prompt": [{"text": "in one line"}], "command": "explain", "history": False, "notebook": "a.ipynb"}
    async with face.client() as http:
        for kind in ("code", "markdown", "raw"):
            await http.post("lumina/api/chat", json={**question, "view": view("see @file:keys.txt", kind)})
            sent = provider.requests[-1].body
            assert b"@file:keys.txt" in sent
            assert b"the secret" not in sent
        question["prompt"] = [{"text": "compare it with @file:keys.txt"}]
        await http.post("lumina/api/chat", json={**question, "view": view("x = 1")})
        assert b"the secret" in provider.requests[-1].body


async def test_the_cell_of_a_command_is_shown_once_with_what_it_put_out(face: Face, provider: ReplayServer) -> None:
    cells = view("total = sum(prices)\nprint(total)")
    printed = {"output_type": "stream", "name": "stdout", "text": "1234\n"}
    cells["cells"][0] |= {"outputs": [printed], "execution_count": 2}
    cells["cells"].insert(0, {"id": "cell0000", "kind": "code", "source": "prices = load()", "execution_count": 1})
    async with face.client() as http:
        conversation = await begin(http)
        for text in ("/explain @cell", "/explain", "What does @cell do?"):
            turn = await ask(http, conversation, text, view=cells, parent="")
            await read_until_kept(http, conversation, turn)
            sent = str(json.loads(provider.requests[-1].body)["messages"][-1]["content"])
            assert sent.count("total = sum(prices)") == 1, text
            assert sent.count("1234") == 1, text
            assert sent.count("prices = load()") == 1, text


async def test_what_cannot_be_meant_fails_with_a_sentence(face: Face, provider: ReplayServer) -> None:
    question = {"prompt": [], "command": "fix", "history": False, "view": view("x = 1")}
    async with face.client() as http:
        answer = (await http.post("lumina/api/chat", json=question)).text
    assert '"type":"failed"' in answer
    assert "No cell shows an error" in answer
    assert provider.requests == []
