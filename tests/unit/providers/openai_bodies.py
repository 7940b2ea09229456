"""Bodies in OpenAI's chat format for what was never recorded: faults, odd servers, the newest fields."""

from __future__ import annotations

import json
from typing import Any

from lumina_jupyter.gateway.providers.base import Secret, Target
from tests.replay.server import Reply

KEY = "sk-test-0123456789abcdef"
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def target(url: str, **changes: Any) -> Target:
    """A target at the replay server, with short time limits."""
    return Target(**{"provider": "lab", "name": "m", "base_url": f"{url}/v1", "key": Secret(KEY), **changes})


def chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    """One chunk."""
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def call(index: int | None, id: str | None = None, name: str | None = None, arguments: Any = None) -> dict[str, Any]:
    """A chunk with one piece of one tool call; None leaves a field out."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    piece = {"index": index, "id": id, "function": function}
    return chunk(tool_calls=[{key: value for key, value in piece.items() if value is not None}])


def sse(*chunks: dict[str, Any] | str, done: bool = True) -> bytes:
    """The chunks as an event stream."""
    lines = [chunk if isinstance(chunk, str) else json.dumps(chunk, ensure_ascii=False) for chunk in chunks]
    return "".join(f"data: {line}\n\n" for line in [*lines, *(["[DONE]"] if done else [])]).encode()


def streamed(*chunks: dict[str, Any] | str, done: bool = True, **changes: Any) -> Reply:
    """A reply that streams the chunks."""
    return Reply(**{"content_type": "text/event-stream", "body": sse(*chunks, done=done), "cut": 4096, **changes})


def whole(message: dict[str, Any], finish: str = "stop") -> Reply:
    """A reply that is one object, as of a server that does not stream."""
    body = {"choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": USAGE}
    return Reply(body=json.dumps(body).encode())


def refusal(status: int, message: str, *, code: str | None = None, **headers: str) -> Reply:
    """A reply that is an error."""
    body = {"error": {"message": message, "type": "invalid_request_error", "code": code}}
    return Reply(status=status, body=json.dumps(body).encode(), headers=headers)


HELLO = (chunk(role="assistant", content=""), chunk(content="Hel"), chunk(content="lo"), chunk("stop"))
"""An ordinary answer."""
