"""Chatting: with the real embedded model, and with what real providers sent."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.replay.recording import recordings
from tests.replay.server import ReplayServer

from .running import Home
from .terminal import terminal

DOCUMENT = Path(__file__).parents[3] / "docs" / "command-line.md"


@pytest.fixture
def with_model(home: Home, models_dir: Path) -> Home:
    """A home whose embedded model is the small one."""
    home.configure(models_dir=str(models_dir), embedded_model="smollm2-135m", embedded_context=2048)
    return home


@pytest.mark.embedded
def test_one_question_from_arguments_and_from_a_pipe(with_model: Home) -> None:
    ended = with_model.run("chat", "--max-tokens", "12", "--temperature", "0", "Say", "hello")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip()
    assert ended.stdout.endswith("\n")
    piped = with_model.json("chat", "--max-tokens", "8", stdin="Name a colour.\n")
    assert piped["model"] == "embedded/smollm2-135m"
    assert piped["usd"] == 0.0
    assert piped["text"].strip()
    assert piped["usage"]["output_tokens"] <= 8
    (row,) = with_model.json("usage")
    assert (row["model"], row["calls"], row["failed"]) == ("embedded/smollm2-135m", 2, 0)
    assert "total" in with_model.run("usage").stdout


@pytest.mark.embedded
def test_the_doctor_asks_the_embedded_model(with_model: Home) -> None:
    """As the document tells people to run it."""
    assert "\n```console\n$ lumina doctor --offline\n```\n" in DOCUMENT.read_text()
    report = with_model.json("doctor", "--offline")
    asked = [finding for finding in report["findings"] if finding["check"] == "embedded model"]
    assert "streams" in asked[-1]["text"]
    assert "calls tools" in asked[-1]["text"]


@pytest.mark.embedded
def test_a_session_on_a_terminal(with_model: Home) -> None:
    with terminal(with_model, "chat") as tty:
        at = tty.wait_for("/help lists what you can do here.")
        tty.type("/help\r")
        at = tty.wait_for("/reset", after=at)
        tty.type("/nothing\r")
        at = tty.wait_for("There is no command /nothing.", after=at)
        tty.type("Count from 1 to 500, every number.\r")
        at = tty.wait_for("Loading", after=at)
        at = tty.wait_for("2", after=at)
        tty.interrupt()
        at = tty.wait_for("stopped", after=at)
        tty.type("/model embedded/nowhere\r")
        tty.type("hello\r")
        at = tty.wait_for("is not on this machine", after=at)
        tty.type("/reset\r")
        at = tty.wait_for("A new conversation begins.", after=at)
        tty.wait_for("> ", after=at)  # a Ctrl-D typed before the prompt is swallowed by the terminal, as in any shell
        tty.type("\x04")
        assert tty.end() == 0


async def test_a_providers_answer_is_streamed_and_priced(home: Home) -> None:
    recording = next(
        item for item in recordings(provider="openai") if item.name == "llm__test_tools_streaming_variant_c.1"
    )
    async with ReplayServer(recording) as server:
        home.extra["OPENAI_API_KEY"] = "sk-0123456789abcdef"
        home.configure(provider_urls={"openai": f"{server.url}/v1"})
        answer = await asyncio.to_thread(home.json, "chat", "-m", "gpt-4.1-mini", "hello")
    assert answer["text"]
    assert answer["model"] == "openai/gpt-4.1-mini"
    assert answer["usd"] > 0


async def test_an_answer_cannot_drive_the_terminal(home: Home) -> None:
    from tests.replay.server import Reply

    chunk = {"choices": [{"index": 0, "delta": {"content": "a\x1b]0;title\x07\x1b[2Jb\r\nc"}, "finish_reason": None}]}
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    body = "".join(f"data: {json.dumps(item)}\n\n" for item in (chunk, end)) + "data: [DONE]\n\n"
    async with ReplayServer(Reply(body=body.encode(), content_type="text/event-stream")) as server:
        home.configure(endpoints={"lab": {"base_url": f"{server.url}/v1"}})
        ended = await asyncio.to_thread(home.run, "chat", "-m", "lab/m", "hello")
    assert ended.returncode == 0, ended.stderr
    assert "\x1b" not in ended.stdout
    assert "\x07" not in ended.stdout
    assert ended.stdout == "a]0;title[2Jb\nc\n"


async def test_an_answer_that_breaks_off_fails_and_keeps_what_came(home: Home) -> None:
    from tests.replay.server import Reply

    chunk = {"choices": [{"index": 0, "delta": {"content": "half an ans"}, "finish_reason": None}]}
    async with ReplayServer(
        Reply(body=f"data: {json.dumps(chunk)}\n\n".encode(), content_type="text/event-stream")
    ) as server:
        home.configure(endpoints={"lab": {"base_url": f"{server.url}/v1"}})
        ended = await asyncio.to_thread(home.run, "chat", "-m", "lab/m", "hello")
    assert ended.returncode == 1
    assert ended.stdout == "half an ans\n"
    assert ended.stderr.startswith("Error: ")


def test_a_key_is_typed_without_being_shown(home: Home) -> None:
    with terminal(home, "keys", "set", "openai") as tty:
        tty.wait_for("Key of openai")
        tty.type("sk-typed-at-the-prompt-0123\r")
        tty.wait_for("is kept in")
        assert tty.end() == 0
        assert "sk-typed" not in tty.shown
    assert home.json("keys", "list") == [{"provider": "openai", "source": "key store"}]
