"""What a recording of Google's generateContent says (Gemini and Vertex AI), read from the whole of its bytes."""

from __future__ import annotations

import json
from typing import Any

from lumina_jupyter.errors import InvalidRequest, LuminaError, ModelNotFound, RateLimited

from .expected import Expected, ExpectedCall, ExpectedUsage
from .recording import Recording

_FINISH = {
    1: "stop",
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "MODEL_ARMOR": "content_filter",
}
_ERRORS: dict[int, type[LuminaError]] = {400: InvalidRequest, 404: ModelNotFound, 429: RateLimited}


def read_gemini(recording: Recording) -> Expected:
    """The answer that the recording holds, or the error that it means."""
    if recording.status != 200:
        return Expected(error=_ERRORS[recording.status])
    if recording.stream:
        answers = [json.loads(line[5:]) for line in recording.text.splitlines() if line.startswith("data:")]
    else:
        answers = [recording.json()]
    candidates = [answer["candidates"][0] for answer in answers if answer.get("candidates")]
    parts = [part for candidate in candidates for part in candidate.get("content", {}).get("parts", [])]
    calls = _calls([part["functionCall"] for part in parts if "functionCall" in part])
    finish = _FINISH[[candidate["finishReason"] for candidate in candidates if "finishReason" in candidate][-1]]
    return Expected(
        text="".join(part["text"] for part in parts if "text" in part and not part.get("thought")),
        reasoning="".join(part["text"] for part in parts if "text" in part and part.get("thought")),
        tool_calls=calls,
        finish="tool_calls" if calls and finish == "stop" else finish,
        usage=_usage([answer["usageMetadata"] for answer in answers if "usageMetadata" in answer][-1]),
    )


def _calls(pieces: list[dict[str, Any]]) -> tuple[ExpectedCall, ...]:
    """The calls, those in pieces put together: a piece names a path into the arguments and a value."""
    calls: list[tuple[str, Any]] = []
    for piece in pieces:
        if "name" in piece:
            calls.append((piece["name"], piece.get("args", {})))
        for partial in piece.get("partialArgs", []):
            value = partial.get("stringValue", partial.get("numberValue"))
            _place(calls[-1][1], partial["jsonPath"].removeprefix("$.").replace("[", ".").replace("]", ""), value)
    return tuple(ExpectedCall(None, name, json.dumps(_listed(arguments))) for name, arguments in calls)


def _place(arguments: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    for step in way:
        arguments = arguments.setdefault(step, {})
    arguments[last] = arguments[last] + value if last in arguments else value


def _listed(value: Any) -> Any:
    """Objects whose keys are all numbers are lists."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_listed(inner) for inner in value.values()]
    return {key: _listed(inner) for key, inner in value.items()}


def _usage(usage: dict[str, Any]) -> ExpectedUsage:
    return ExpectedUsage(
        input_tokens=usage["promptTokenCount"] + usage.get("toolUsePromptTokenCount", 0),
        output_tokens=usage.get("candidatesTokenCount", 0) + usage.get("thoughtsTokenCount", 0),
        cached_input_tokens=usage.get("cachedContentTokenCount", 0),
        reasoning_tokens=usage.get("thoughtsTokenCount", 0),
    )
