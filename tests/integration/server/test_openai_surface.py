"""`/lumina/v1`, spoken to by OpenAI's own client."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from pydantic import BaseModel

from tests.replay.answers import chat_reply
from tests.replay.recording import recordings
from tests.replay.server import ReplayServer, Reply

from .conftest import Face

HELLO: Any = [{"role": "user", "content": "Hello"}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        "strict": True,
    },
}


def client(face: Face) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=f"{face.url}lumina/v1", api_key=face.kernel_token, max_retries=0)


def _chunks(*deltas: dict[str, Any], finish: str) -> Reply:
    choices: list[dict[str, Any]] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": finish})
    lines = [
        f"data: {json.dumps({'id': 'c', 'object': 'chat.completion.chunk', 'model': 'm', 'choices': [choice]})}\n\n"
        for choice in choices
    ]
    return Reply(content_type="text/event-stream", body="".join([*lines, "data: [DONE]\n\n"]).encode())


TWO_CALLS = _chunks(
    {"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": {"name": "get_weather", "arguments": ""}}]},
    {"tool_calls": [{"index": 0, "function": {"arguments": '{"city":'}}]},
    {"tool_calls": [{"index": 0, "function": {"arguments": '"Oslo"}'}}]},
    {"tool_calls": [{"index": 1, "id": "b", "type": "function", "function": {"name": "now", "arguments": "{}"}}]},
    finish="tool_calls",
)
THOUGHT = _chunks({"reasoning_content": "Hmm."}, {"content": "Yes."}, finish="stop")


async def test_a_completion(face: Face, provider: ReplayServer) -> None:
    answer = await client(face).chat.completions.create(model="lab/m", messages=HELLO, max_tokens=9, stop="x")
    assert answer.choices[0].message.content == "forty-two"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == "lab/m"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (7, 3, 10)
    sent = json.loads(provider.requests[-1].body)
    assert sent["messages"] == HELLO
    assert sent["stop"] in ("x", ["x"])


async def test_a_stream_with_usage(face: Face) -> None:
    stream = await client(face).chat.completions.create(
        model="lab/m", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "forty-two"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 10
    assert {chunk.id for chunk in chunks} == {chunks[0].id}


@pytest.mark.parametrize("provider", [(TWO_CALLS,)], indirect=True)
async def test_parallel_tool_calls(face: Face, provider: ReplayServer) -> None:
    api = client(face)
    options: Any = {"model": "lab/m", "messages": HELLO, "tools": [WEATHER], "tool_choice": "required"}
    answer = await api.chat.completions.create(**options, parallel_tool_calls=True)
    calls = answer.choices[0].message.tool_calls
    async with api.chat.completions.stream(**options) as stream:
        final = await stream.get_final_completion()
    for found in (calls, final.choices[0].message.tool_calls):
        assert [(call.id, call.function.name, call.function.arguments) for call in found or ()] == [
            ("a", "get_weather", '{"city":"Oslo"}'),
            ("b", "now", "{}"),
        ]
    assert final.choices[0].finish_reason == "tool_calls"
    assert json.loads(provider.requests[0].body)["tool_choice"] == "required"


@pytest.mark.parametrize("provider", [(THOUGHT,)], indirect=True)
async def test_reasoning(face: Face) -> None:
    answer = await client(face).chat.completions.create(model="lab/m", messages=HELLO)
    assert answer.choices[0].message.model_dump()["reasoning_content"] == "Hmm."
    stream = await client(face).chat.completions.create(model="lab/m", messages=HELLO, stream=True)
    thought = [chunk.choices[0].delta.model_dump().get("reasoning_content") async for chunk in stream]
    assert "".join(filter(None, thought)) == "Hmm."


class City(BaseModel):
    name: str


@pytest.mark.parametrize("provider", [(chat_reply('{"name":', ' "Oslo"}'),)], indirect=True)
async def test_structured_output(face: Face, provider: ReplayServer) -> None:
    answer = await client(face).chat.completions.parse(model="lab/m", messages=HELLO, response_format=City)
    assert answer.choices[0].message.parsed == City(name="Oslo")
    assert json.loads(provider.requests[-1].body)["response_format"]["type"] == "json_schema"


async def test_an_image(face: Face, provider: ReplayServer) -> None:
    url = "data:image/png;base64,iVBORw0KGgo="
    messages: Any = [
        {
            "role": "user",
            "content": [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": url}}],
        }
    ]
    await client(face).chat.completions.create(model="lab/m", messages=messages)
    parts = json.loads(provider.requests[-1].body)["messages"][0]["content"]
    assert next(part for part in parts if part["type"] == "image_url")["image_url"]["url"] == url


@pytest.mark.parametrize(
    "provider",
    [(Reply(status=429, headers={"Retry-After": "77"}, body=b'{"error":{"message":"slow down"}}'),)],
    indirect=True,
)
@pytest.mark.parametrize("stream", [False, True])
async def test_an_error_before_the_answer_is_a_status(face: Face, stream: bool) -> None:
    with pytest.raises(openai.RateLimitError) as caught:
        await client(face).chat.completions.create(model="lab/m", messages=HELLO, stream=stream)
    assert caught.value.code == "rate_limit_exceeded"
    assert caught.value.response.headers["retry-after"] == "77"


@pytest.mark.parametrize("provider", [(chat_reply("one", finish=None),)], indirect=True)
async def test_an_error_within_the_answer_ends_the_stream(face: Face) -> None:
    stream = await client(face).chat.completions.create(model="lab/m", messages=HELLO, stream=True)
    seen = ""

    async def read() -> None:
        nonlocal seen
        async for chunk in stream:
            seen += chunk.choices[0].delta.content or ""

    with pytest.raises(openai.APIError) as caught:
        await read()
    assert seen == "one"
    assert caught.value.code == "stream_broken"
    with pytest.raises(openai.InternalServerError):
        await client(face).chat.completions.create(model="lab/m", messages=HELLO)


async def test_wrong_requests(face: Face) -> None:
    api = client(face)
    with pytest.raises(openai.BadRequestError) as caught:
        await api.chat.completions.create(model="lab/m", messages=HELLO, n=2)
    assert caught.value.param == "n"
    with pytest.raises(openai.BadRequestError) as caught:
        await api.chat.completions.create(model="lab/m", messages=HELLO, extra_body={"colour": "red"})
    assert caught.value.param == "colour"
    with pytest.raises(openai.BadRequestError) as caught:
        await api.chat.completions.create(model="lab9/m", messages=HELLO)
    assert "Did you mean lab?" in caught.value.message
    stranger = AsyncOpenAI(base_url=f"{face.url}lumina/v1", api_key="wrong", max_retries=0)
    with pytest.raises(openai.PermissionDeniedError):
        await stranger.models.list()


async def test_models(face: Face) -> None:
    api = client(face)
    found = [model.id async for model in api.models.list()]
    assert "lab/m" in found
    assert (await api.models.retrieve("lab/m")).owned_by == "lab"
    with pytest.raises(openai.NotFoundError):
        await api.models.retrieve("lab/none")


EMBEDDED = Reply(
    body=json.dumps(
        {
            "object": "list",
            "model": "e",
            "data": [
                {"object": "embedding", "index": 0, "embedding": [0.5, -1.0]},
                {"object": "embedding", "index": 1, "embedding": [0.25, 2.0]},
            ],
            "usage": {"prompt_tokens": 4, "total_tokens": 4},
        }
    ).encode()
)


@pytest.mark.parametrize("provider", [(EMBEDDED,)], indirect=True)
@pytest.mark.parametrize("encoding", ["float", "base64"])
async def test_embeddings(face: Face, encoding: Any) -> None:
    # The client asks for base64 by itself and unpacks it.
    options = {} if encoding == "base64" else {"encoding_format": encoding}
    answer = await client(face).embeddings.create(model="lab/e", input=["a", "b"], **options)
    assert [item.embedding for item in answer.data] == [[0.5, -1.0], [0.25, 2.0]]
    assert answer.usage.prompt_tokens == 4


PROVIDERS = ("openai", "groq", "deepseek", "xai", "openrouter", "azure")
RECORDED = [
    recording
    for name in PROVIDERS
    for recording in recordings(provider=name, surface="chat/completions", stream=True)
    if recording.status == 200 and recording.text.rstrip().endswith("[DONE]") and '"error":{' not in recording.text
]


async def _answer(api: AsyncOpenAI) -> dict[str, Any]:
    """What OpenAI's client puts together from one stream."""
    text, calls, finish = "", dict[int, list[str]](), set[str]()
    stream = await api.chat.completions.create(model="lab/m", messages=HELLO, stream=True)
    async for chunk in stream:
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish |= {choice.finish_reason} if choice.finish_reason else set()
            for call in choice.delta.tool_calls or ():
                known = calls.setdefault(call.index, ["", "", ""])
                known[0] = known[0] or call.id or ""
                if call.function:
                    known[1] = known[1] or call.function.name or ""
                    known[2] += call.function.arguments or ""
    for known in calls.values():
        known[2] = known[2] or "{}"  # some providers send nothing for no arguments
    return {"text": text, "calls": [calls[index] for index in sorted(calls)], "finish": finish}


@pytest.mark.parametrize("provider", [tuple(map(Reply.of, RECORDED))], indirect=True, ids=["recorded"])
async def test_recorded_streams_read_the_same_through_us(face: Face) -> None:
    assert len(RECORDED) >= 10
    ours = client(face)
    async with ReplayServer(*RECORDED) as server:
        direct = AsyncOpenAI(base_url=f"{server.url}/v1", api_key="x", max_retries=0)
        for recording in RECORDED:
            assert (await _answer(ours), recording.id) == (await _answer(direct), recording.id)
