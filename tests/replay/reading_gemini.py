"""What a recording of Google's generateContent says (Gemini and Vertex AI), read from the whole of its bytes."""

from __future__ import annotations

import json
from typing import Any

from lumina_jupyter.errors import InvalidRequest, LuminaError, ModelNotFound, RateLimited

from .expected import Expected, ExpectedCall, ExpectedUsage
from .recording import Recording

_FINISH = {"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "content_filter", "MODEL_ARMOR": "content_filter"}
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
    calls = tuple(
        ExpectedCall(None, part["functionCall"]["name"], json.dumps(part["functionCall"].get("args", {})))
        for part in parts
        if "functionCall" in part
    )
    finish = _FINISH[[candidate["finishReason"] for candidate in candidates if "finishReason" in candidate][-1]]
    return Expected(
        text="".join(part["text"] for part in parts if "text" in part and not part.get("thought")),
        reasoning="".join(part["text"] for part in parts if "text" in part and part.get("thought")),
        tool_calls=calls,
        finish="tool_calls" if calls and finish == "stop" else finish,
        usage=_usage([answer["usageMetadata"] for answer in answers if "usageMetadata" in answer][-1]),
    )


def _usage(usage: dict[str, Any]) -> ExpectedUsage:
    return ExpectedUsage(
        input_tokens=usage["promptTokenCount"] + usage.get("toolUsePromptTokenCount", 0),
        output_tokens=usage.get("candidatesTokenCount", 0) + usage.get("thoughtsTokenCount", 0),
        cached_input_tokens=usage.get("cachedContentTokenCount", 0),
        reasoning_tokens=usage.get("thoughtsTokenCount", 0),
    )
