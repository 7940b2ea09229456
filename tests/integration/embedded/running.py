"""Embedded models in memory for a test, and what it asks of them."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lumina_jupyter.events import Event, TextDelta
from lumina_jupyter.gateway.embedded import EmbeddedModels
from lumina_jupyter.gateway.providers.base import Target
from lumina_jupyter.gateway.providers.embedded import Embedded
from lumina_jupyter.gateway.requests import ChatRequest, Message
from lumina_jupyter.settings import Lumina

SMALL = Target(provider="embedded", name="smollm2-135m")
CODER = Target(provider="embedded", name="qwen2.5-coder-0.5b")

Loaded = tuple[Embedded, EmbeddedModels]
"""The adapter and its models."""


@asynccontextmanager
async def running(settings: Lumina) -> AsyncGenerator[Loaded, None]:
    """The adapter and its models, ended at the end."""
    models = EmbeddedModels(settings)
    adapter = Embedded(models)
    try:
        yield adapter, models
    finally:
        await adapter.close()
        await models.close()


def question(text: str, **options: Any) -> ChatRequest:
    """A request of one message, answered the same each time."""
    return ChatRequest(messages=(Message.of("user", text),), **{"max_tokens": 24, "temperature": 0.0, **options})


async def answer(adapter: Embedded, request: ChatRequest, target: Target = SMALL) -> list[Event]:
    """All events of an answer."""
    return [event async for event in adapter.chat(request, target)]


def text_of(events: list[Event]) -> str:
    """The words of an answer."""
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def process_exists(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
