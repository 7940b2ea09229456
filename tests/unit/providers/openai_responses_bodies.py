"""What the Responses API sends, built by hand, and asking the adapter with it."""

from __future__ import annotations

import json
from typing import Any

from lumina_jupyter.gateway.providers.base import Secret, Target
from lumina_jupyter.gateway.providers.openai_responses import OpenAIResponses
from lumina_jupyter.gateway.requests import (
    ChatRequest,
    Message,
)
from tests.replay.compare import Answer, collect
from tests.replay.recording import Recording, recording
from tests.replay.server import ReplayServer, Reply

TEXT = recording("openai/rubyllm__chat_streaming_responses_openai_gpt-5-nano_supports_streaming_responses")
HELLO = ChatRequest(messages=(Message.of("user", "Hello?"),))


def target(url: str, provider: str = "openai", **changes: Any) -> Target:
    return Target(provider=provider, name="gpt-5-nano", base_url=url, key=Secret("sk-secret-for-tests"), **changes)


def target_of(played: Recording, url: str) -> Target:
    return target(url, played.provider)


def stream_of(*events: dict[str, Any]) -> Reply:
    text = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return Reply(content_type="text/event-stream", body=text.encode())


def ended(status: str = "completed", **fields: Any) -> dict[str, Any]:
    response = {"status": status, "output": [], "usage": None, "error": None, "incomplete_details": None, **fields}
    return {"type": f"response.{status}", "response": response}


CREATED = {"type": "response.created", "response": {"status": "in_progress"}}


def text_delta(text: str, at: int = 0) -> dict[str, Any]:
    return {"type": "response.output_text.delta", "output_index": at, "content_index": 0, "delta": text}


def item(kind: str, at: int, **fields: Any) -> dict[str, Any]:
    return {"type": f"response.output_item.{kind}", "output_index": at, "item": fields}


async def ask(adapter: OpenAIResponses, *replies: Reply, request: ChatRequest = HELLO, **changes: Any) -> Answer:
    async with ReplayServer(*replies) as server:
        return await collect(adapter, request, target(server.url, **changes))
