"""Our events become OpenAI's chunks and completions, read back as a client of theirs reads them."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from lumina_jupyter.errors import error_classes
from lumina_jupyter.events import (
    Cost,
    Event,
    Failed,
    FinishReason,
    MessageFinished,
    MessageStarted,
    Notice,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    Usage,
)
from lumina_jupyter.gateway import Embeddings
from lumina_jupyter.server.openai.answers import Chunks, Completion, embeddings_of
from lumina_jupyter.server.openai.errors import body_of_failure, status_of

TEXT = st.text(max_size=12)
ARGUMENTS = st.dictionaries(TEXT, TEXT, max_size=2).map(json.dumps)


@st.composite
def streams(draw: st.DrawFn) -> list[Event]:
    """Whole streams: text, reasoning and interleaved tool calls, some with indices that have gaps."""
    calls = draw(
        st.dictionaries(st.integers(0, 9), st.tuples(TEXT.filter(bool), TEXT.filter(bool), ARGUMENTS), max_size=3)
    )
    middle: list[Event] = []
    pending: dict[int, list[str]] = {}
    for index, (call_id, name, arguments) in calls.items():
        middle.append(ToolCallStarted(index, call_id, name))
        size = draw(st.integers(1, 5))
        pending[index] = [arguments[at : at + size] for at in range(0, len(arguments), size)]
        if arguments == "{}" and draw(st.booleans()):
            pending[index] = []
    while any(pending.values()):
        index = draw(st.sampled_from([index for index, pieces in pending.items() if pieces]))
        middle.append(ToolCallDelta(index, pending[index].pop(0)))
    middle += [ToolCallFinished(index, *call) for index, call in calls.items()]
    said = st.lists(
        st.builds(TextDelta, TEXT) | st.builds(ReasoningDelta, TEXT) | st.just(Notice("x", "y")), max_size=5
    )
    usage = draw(st.lists(st.builds(Usage, st.integers(0, 99), st.integers(0, 99)), max_size=1))
    reasons: list[FinishReason] = ["stop", "length", "content_filter", "cancelled"]
    reason = draw(st.sampled_from(reasons))
    end = MessageFinished("tool_calls" if calls else reason)
    return [MessageStarted("req_1", "lab", "lab/m"), *draw(said), *middle, *usage, Cost(0.1), end]


def told(events: list[Event], *, include_usage: bool) -> list[dict[str, Any]]:
    chunks = Chunks("req_1", "", include_usage=include_usage)
    return [json.loads(json.dumps(chunk)) for event in events for chunk in chunks.of(event)]


def joined(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """What a client puts together."""
    out: dict[str, Any] = {"content": "", "reasoning": "", "calls": [], "reason": None, "usage": None}
    for chunk in chunks:
        ChatCompletionChunk.model_validate(chunk)
        out["usage"] = chunk.get("usage") or out["usage"]
        for choice in chunk["choices"]:
            assert out["reason"] is None, "nothing comes after the finish reason"
            out["reason"] = choice["finish_reason"]
            delta = choice["delta"]
            out["content"] += delta.get("content") or ""
            out["reasoning"] += delta.get("reasoning_content") or ""
            for call in delta.get("tool_calls", []):
                if "id" in call:
                    assert call["index"] == len(out["calls"])
                    out["calls"].append({"id": call["id"], "name": call["function"]["name"], "arguments": ""})
                out["calls"][call["index"]]["arguments"] += call["function"]["arguments"]
    return out


@given(streams(), st.booleans())
def test_chunks_say_what_the_events_say(events: list[Event], include_usage: bool) -> None:
    chunks = told(events, include_usage=include_usage)
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert all(("usage" in chunk) == include_usage for chunk in chunks)
    out = joined(chunks)
    assert out["content"] == "".join(event.text for event in events if isinstance(event, TextDelta))
    assert out["reasoning"] == "".join(event.text for event in events if isinstance(event, ReasoningDelta))
    assert out["calls"] == [
        {"id": event.id, "name": event.name, "arguments": event.arguments}
        for event in events
        if isinstance(event, ToolCallFinished)
    ]
    assert out["reason"] in {"stop", "length", "content_filter", "tool_calls"}
    assert bool(out["usage"]) == include_usage


@given(streams())
def test_a_completion_is_its_chunks_joined(events: list[Event]) -> None:
    completion = Completion("req_1")
    for event in events:
        completion.add(event)
    result = json.loads(json.dumps(completion.result()))
    ChatCompletion.model_validate(result)
    message = result["choices"][0]["message"]
    out = joined(told(events, include_usage=True))
    assert (message["content"] or "") == out["content"]
    assert message.get("reasoning_content", "") == out["reasoning"]
    calls = [{"id": call["id"], **call["function"]} for call in message.get("tool_calls", [])]
    assert calls == out["calls"]
    assert (result["choices"][0]["finish_reason"], result["usage"]) == (out["reason"], out["usage"])
    assert result["model"] == "lab/m"


@given(st.lists(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=4), max_size=3))
def test_base64_holds_the_same_numbers(vectors: list[list[float]]) -> None:
    result = Embeddings(tuple(map(tuple, vectors)), "lab/e", input_tokens=5)
    plain = embeddings_of(result, as_base64=False)
    packed = embeddings_of(result, as_base64=True)
    assert [item["embedding"] for item in plain["data"]] == vectors
    unpacked = [np.frombuffer(base64.b64decode(item["embedding"]), dtype="<f4").tolist() for item in packed["data"]]
    assert unpacked == vectors
    assert plain["usage"] == {"prompt_tokens": 5, "total_tokens": 5}


@pytest.mark.parametrize("code", sorted(error_classes()))
def test_every_error_has_openais_shape(code: str) -> None:
    failed = Failed(code, "It broke.", "Mend it.")
    error = body_of_failure(failed)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"] == "It broke. Mend it."
    assert 400 <= status_of(failed) < 600
    assert (error["type"] == "server_error") == (status_of(failed) >= 500)
