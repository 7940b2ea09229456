"""kill -9 of a real server in mid-answer: a reader resumes at the next one, and what was kept is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer

from .conversing import Panel, ask, begin, follow, read_until_kept
from .process import Running, server

WORDS = [f"word{number} " for number in range(600)]


@asynccontextmanager
async def running(folder: Path, settings: dict[str, Any]) -> AsyncGenerator[tuple[Running, httpx.AsyncClient], None]:
    context = server(folder, lumina=settings, forked=True)
    at = await asyncio.to_thread(context.__enter__)
    headers = {"Authorization": f"Bearer {at.token}"}
    try:
        async with httpx.AsyncClient(base_url=at.url, headers=headers, timeout=60, trust_env=False) as http:
            yield at, http
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


@pytest.mark.slow
async def test_a_reader_resumes_after_kill_minus_nine(tmp_path: Path) -> None:
    panel = Panel()
    async with ReplayServer(chat_reply(*WORDS, delay=0.01), chat_reply("whole")) as provider:
        settings = {"endpoints": {"lab": {"base_url": f"{provider.url}/v1"}}, "default_model": "lab/m"}
        async with running(tmp_path, settings) as (at, http):
            conversation = await begin(http)
            turn = await ask(http, conversation, "Go on.")
            with pytest.raises(httpx.HTTPError):  # noqa: PT012 (the stream breaks off somewhere in here)
                async with aclosing(follow(http, conversation, panel)) as events:
                    async for _ in events:
                        # Something of the answer was told to be kept, and more is only said so far.
                        if panel.kept_text(turn) and len(panel.text(turn)) > 1500:
                            at.process.kill()
            told = panel.kept_text(turn)
        panel.tails.clear()
        async with running(tmp_path, settings) as (_, http):
            async with aclosing(follow(http, conversation, panel)) as events:
                async for name, *_ in events:
                    if name == "caught_up":
                        break
            assert panel.caught_up[-1]["running"] == []
            assert not panel.ended(turn)
            kept = panel.text(turn)
            assert "".join(WORDS).startswith(kept)
            assert kept.startswith(told)
            retry = await ask(http, conversation, "Go on.", parent="")
            await read_until_kept(http, conversation, retry, panel)
    assert panel.text(retry) == "whole"
    assert panel.text(turn) == kept
