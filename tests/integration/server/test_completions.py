"""`POST /lumina/api/completions`: suggestions by models that are played back, and where none are made."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer, Reply

from .conftest import Face

ROUTE = "lumina/api/completions"


def completion_reply(*texts: str) -> Reply:
    """A completion in OpenAI's older format."""
    chunks: list[Any] = [{"choices": [{"index": 0, "text": text, "finish_reason": None}]} for text in texts]
    chunks.append({"choices": [{"index": 0, "text": "", "finish_reason": "stop"}]})
    chunks.append({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}})
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return Reply(body=body.encode(), content_type="text/event-stream")


async def suggest(face: Face, **request: Any) -> list[dict[str, Any]]:
    async with face.client() as client:
        response = await client.post(ROUTE, json=request)
    assert response.status_code == 200, response.text
    return [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: ")]


def text_of(events: list[dict[str, Any]]) -> str:
    return "".join(event["text"] for event in events if event["type"] == "text_delta")


@pytest.mark.parametrize("provider", [(chat_reply("```python\n", "he", "ad()\n```"),)], indirect=True)
async def test_a_chat_model_suggests(face: Face, change_settings: Callable[..., None], provider: ReplayServer) -> None:
    change_settings(ghost_text_model="lab/m")
    events = await suggest(face, prefix="df.", path="a.py")
    assert text_of(events) == "head()"
    assert events[-1] == {"type": "message_finished", "reason": "stop"}
    assert "df.<CURSOR>" in json.loads(provider.requests[0].body)["messages"][-1]["content"]


@pytest.mark.parametrize("provider", [(completion_reply("1", "0)\nprint(x)"),)], indirect=True)
async def test_a_model_that_fills_in_gets_both_sides(
    face: Face, change_settings: Callable[..., None], provider: ReplayServer
) -> None:
    change_settings(ghost_text_model="lab/m", models={"lab/m": {"fim": True}})
    events = await suggest(face, prefix="x = range(", suffix="\ny = 1", before=[{"source": "import os"}])
    assert text_of(events) == "10)"
    request = provider.requests[0]
    assert request.path == "/v1/completions"
    sent = json.loads(request.body)
    assert sent["prompt"] == "import os\n\nx = range("
    assert sent["suffix"] == "\ny = 1"
    # The same place again asks nobody.
    assert (
        text_of(await suggest(face, prefix="x = range(", suffix="\ny = 1", before=[{"source": "import os"}])) == "10)"
    )
    assert len(provider.requests) == 1


async def test_nothing_typed_goes_out_unless_the_settings_say_so(face: Face, provider: ReplayServer) -> None:
    (event,) = await suggest(face, prefix="x = ")
    assert (event["type"], event["code"]) == ("failed", "no_model")
    assert provider.requests == []


@pytest.mark.parametrize(
    ("settings", "request_policy", "file_policy"),
    [
        ({"ghost_text": False}, {}, {}),
        ({"ghost_text_languages_off": ["Python"]}, {}, {}),
        ({}, {"ghost_text": False}, {}),
        ({}, {"assistant": False}, {}),
        ({}, {}, {"ghost_text": False}),
        ({}, {}, {"assistant": False}),
    ],
)
async def test_where_it_is_switched_off_no_model_is_asked(
    face: Face,
    change_settings: Callable[..., None],
    provider: ReplayServer,
    settings: dict[str, Any],
    request_policy: dict[str, Any],
    file_policy: dict[str, Any],
) -> None:
    change_settings(ghost_text_model="lab/m", **settings)
    notebook = nbformat.v4.new_notebook(metadata={"lumina": {"policy": file_policy}})
    await asyncio.to_thread(nbformat.write, notebook, Path(face.app.root_dir) / "a.ipynb")
    async with face.client() as client:
        response = await client.post(ROUTE, json={"prefix": "x = ", "path": "a.ipynb", "policy": request_policy})
    assert response.status_code == 403
    assert response.json()["error"]["message"].startswith("Ghost text is switched off")
    assert provider.requests == []


async def test_a_request_is_bounded(face: Face, change_settings: Callable[..., None]) -> None:
    change_settings(ghost_text_model="lab/m")
    async with face.client() as client:
        response = await client.post(ROUTE, json={"prefix": "x" * 70_000})
    assert response.status_code == 413
