"""What a recording of Cohere's v2 chat says, read from the whole of its bytes at once."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from lumina_jupyter.errors import AuthenticationFailed, ContextTooLong, LuminaError, ModelNotFound

from .expected import Expected, ExpectedCall, ExpectedUsage
from .recording import Recording

_FINISH = {"COMPLETE": "stop", "STOP_SEQUENCE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool_calls"}
_ERRORS: dict[int, type[LuminaError]] = {400: ContextTooLong, 401: AuthenticationFailed, 404: ModelNotFound}


def read_cohere(recording: Recording) -> Expected:
    """The answer that the recording holds, or the error that it means."""
    if recording.status != 200:
        return Expected(error=_ERRORS[recording.status])
    text = recording.text
    if not recording.stream:
        return _whole(json.loads(text))
    events = [json.loads(line[6:]) for line in text.split("\n") if line.startswith("data: {")]
    message = [event["delta"].get("message", {}) for event in events if "delta" in event]
    contents = [part["content"] for part in message if isinstance(part.get("content"), dict)]
    plan = "".join(part.get("tool_plan", "") for part in message)
    calls: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        if event["type"] in ("tool-call-start", "tool-call-delta"):
            calls[event["index"]].append(event["delta"]["message"]["tool_calls"])
    end = next(event["delta"] for event in events if event["type"] == "message-end")
    return Expected(
        text="".join(content.get("text", "") for content in contents),
        reasoning=plan + "".join(content.get("thinking", "") for content in contents),
        tool_calls=tuple(
            ExpectedCall(
                pieces[0]["id"],
                pieces[0]["function"]["name"],
                "".join(piece["function"]["arguments"] for piece in pieces),
            )
            for _, pieces in sorted(calls.items())
        ),
        finish=_FINISH[end["finish_reason"]],
        usage=_usage(end["usage"]),
    )


def _whole(answer: dict[str, Any]) -> Expected:
    message = answer["message"]
    contents = message.get("content") or []
    return Expected(
        text="".join(part["text"] for part in contents if part["type"] == "text"),
        reasoning=message.get("tool_plan", "")
        + "".join(part["thinking"] for part in contents if part["type"] == "thinking"),
        tool_calls=tuple(
            ExpectedCall(call["id"], call["function"]["name"], call["function"]["arguments"])
            for call in message.get("tool_calls", [])
        ),
        finish=_FINISH[answer["finish_reason"]],
        usage=_usage(answer["usage"]),
    )


def _usage(usage: dict[str, Any]) -> ExpectedUsage:
    return ExpectedUsage(
        input_tokens=usage["tokens"]["input_tokens"],
        output_tokens=usage["tokens"]["output_tokens"],
        cached_input_tokens=usage.get("cached_tokens", 0),
        reasoning_tokens=usage["tokens"].get("reasoning_tokens", 0),
    )
