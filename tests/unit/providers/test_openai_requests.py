"""What our OpenAI adapter sends: to which address, with which key, in which dialect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lumina_jupyter.errors import InvalidRequest
from lumina_jupyter.gateway.providers.base import Secret, Target
from lumina_jupyter.gateway.providers.openai_addresses import api_headers, api_url
from lumina_jupyter.gateway.providers.openai_chat_request import chat_body
from lumina_jupyter.gateway.providers.openai_compatible import OpenAICompatible
from lumina_jupyter.gateway.providers.openai_dialects import dialect_of
from lumina_jupyter.gateway.requests import (
    ChatRequest,
    EmbeddingRequest,
    ImagePart,
    JsonSchema,
    Message,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from tests.replay.compare import collect
from tests.replay.server import ReplayServer, Reply

from .openai_bodies import HELLO, KEY, refusal, streamed, target

QUESTION = (Message.of("user", "?"),)


def body(provider: str = "openai", name: str = "m", base_url: str = "", **fields: Any) -> dict[str, Any]:
    to = Target(provider=provider, name=name, base_url=base_url)
    return chat_body(ChatRequest(**{"messages": QUESTION, **fields}), to, dialect_of(to))


@pytest.mark.parametrize(
    ("provider", "base_url", "options", "url"),
    [
        ("openai", "https://api.openai.com/v1", {}, "https://api.openai.com/v1/chat/completions"),
        ("lab", "http://h:8000/v1/", {}, "http://h:8000/v1/chat/completions"),
        ("ollama", "http://127.0.0.1:11434", {}, "http://127.0.0.1:11434/v1/chat/completions"),
        ("ollama", "http://h/ollama/v1", {}, "http://h/ollama/v1/chat/completions"),
        ("azure", "https://r.openai.azure.com", {}, "https://r.openai.azure.com/openai/v1/chat/completions"),
        ("azure", "https://r.openai.azure.com/openai/v1/", {}, "https://r.openai.azure.com/openai/v1/chat/completions"),
        (
            "azure",
            "https://r.openai.azure.com/",
            {"api_version": "2024-10-21"},
            "https://r.openai.azure.com/openai/deployments/my%20model/chat/completions?api-version=2024-10-21",
        ),
        (
            "azure",
            "https://r.openai.azure.com/openai/deployments/other",
            {},
            "https://r.openai.azure.com/openai/deployments/other/chat/completions?api-version=2024-10-21",
        ),
        (
            "azure",
            "https://r.services.ai.azure.com/models",
            {},
            "https://r.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
        ),
    ],
)
def test_chat_addresses(provider: str, base_url: str, options: dict[str, str], url: str) -> None:
    to = Target(provider=provider, name="my model", base_url=base_url, options=options)
    assert api_url(to, "chat/completions") == url


def test_addresses_of_model_lists() -> None:
    github = Target(provider="github", name="", base_url="https://models.github.ai/inference")
    azure = Target(
        provider="azure", name="", base_url="https://r.openai.azure.com", options={"api_version": "2024-10-21"}
    )
    assert api_url(github, "models") == "https://models.github.ai/catalog/models"
    assert api_url(azure, "models") == "https://r.openai.azure.com/openai/v1/models"


def test_the_key_goes_where_the_provider_wants_it_and_own_headers_win() -> None:
    key = Secret(" secret \n")
    assert api_headers(Target(provider="openai", name="m", key=key)) == {"Authorization": "Bearer secret"}
    assert api_headers(Target(provider="azure", name="m", key=key)) == {"api-key": "secret"}
    by_token = Target(provider="azure", name="m", key=key, options={"auth": "bearer"})
    assert api_headers(by_token) == {"Authorization": "Bearer secret"}
    assert api_headers(Target(provider="lab", name="m")) == {}
    own = Target(provider="lab", name="m", key=key, headers={"Authorization": "Token x", "X-Lab": "1"})
    assert api_headers(own) == {"Authorization": "Token x", "X-Lab": "1"}


def test_a_plain_question_sends_nothing_that_was_not_asked_for() -> None:
    assert body() == {
        "model": "m",
        "messages": [{"role": "user", "content": "?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_options_and_extra() -> None:
    sent = body(
        temperature=0.0, top_p=0.5, max_tokens=9, stop=("a", "b"), seed=0, reasoning_effort="low", extra={"top_k": 5}
    )
    for name, value in {
        "temperature": 0.0,
        "top_p": 0.5,
        "max_tokens": 9,
        "stop": ["a", "b"],
        "seed": 0,
        "reasoning_effort": "low",
        "top_k": 5,
    }.items():
        assert sent[name] == value


@pytest.mark.parametrize("name", ["o3", "o4-mini", "gpt-5-mini", "gpt-5.2-pro", "openai/gpt-5", "gpt-12"])
def test_reasoning_models_of_openai_have_another_limit(name: str) -> None:
    for provider in ("openai", "azure", "github"):
        sent = body(provider, name, max_tokens=9)
        assert sent["max_completion_tokens"] == 9
        assert "max_tokens" not in sent
    assert body("lab", name, max_tokens=9)["max_tokens"] == 9


@pytest.mark.parametrize("name", ["gpt-4o", "gpt-4.1", "phi-4", "o-llama", "gpt-35-turbo"])
def test_other_models_keep_the_usual_limit(name: str) -> None:
    assert body("openai", name, max_tokens=9)["max_tokens"] == 9


def test_effort_in_each_dialect() -> None:
    assert body("openrouter", reasoning_effort="high")["reasoning"] == {"effort": "high"}
    assert body("openrouter", reasoning_effort="none")["reasoning"] == {"enabled": False}
    assert body("deepseek", reasoning_effort="none")["thinking"] == {"type": "disabled"}
    assert body("deepseek", reasoning_effort="low")["thinking"] == {"type": "enabled"}
    assert body("mine", base_url="https://openrouter.ai/api/v1", reasoning_effort="low")["reasoning"]


def test_seed_and_tools_in_each_dialect() -> None:
    assert body("mistral", seed=3)["random_seed"] == 3
    tools = (ToolSpec("f", "does f"),)
    assert "parallel_tool_calls" not in body("deepseek", tools=tools, parallel_tool_calls=False)
    assert body("openai", tools=tools, parallel_tool_calls=False)["parallel_tool_calls"] is False


def test_tools_and_the_choice_of_one() -> None:
    sent = body(tools=(ToolSpec("f", "does f"), ToolSpec("g", "does g", strict=True)), tool_choice="f")
    parameters = {"type": "object", "properties": {}}
    assert sent["tools"] == [
        {"type": "function", "function": {"name": "f", "description": "does f", "parameters": parameters}},
        {
            "type": "function",
            "function": {"name": "g", "description": "does g", "parameters": parameters, "strict": True},
        },
    ]
    assert sent["tool_choice"] == {"type": "function", "function": {"name": "f"}}
    assert body(tools=(ToolSpec("f"),), tool_choice="required")["tool_choice"] == "required"
    assert "tool_choice" not in body(tool_choice="required")


def test_structured_output() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "integer"}}}
    sent = body(response_format=JsonSchema(schema, "point"))
    assert sent["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "point", "schema": schema, "strict": True},
    }
    in_words = body("deepseek", response_format=JsonSchema(schema, "point"))
    assert in_words["response_format"] == {"type": "json_object"}
    assert in_words["messages"][0]["role"] == "system"
    assert json.dumps(schema) in in_words["messages"][0]["content"]
    assert body(json_mode=True)["response_format"] == {"type": "json_object"}


CONVERSATION = (
    Message.of("system", "Be brief."),
    Message("user", (TextPart("What is this?"), ImagePart("image/jpeg", "QUJD"), ImagePart(url="https://x/y.png"))),
    Message("assistant", (ReasoningPart("hm"), TextPart("I look."), ToolCallPart("call_1", "look", '{"a": 1}'))),
    Message("tool", (ToolResultPart("call_1", "a cat"), ImagePart("image/png", "REVG"))),
    Message("tool", (ToolResultPart("call_2", "no such file", is_error=True),)),
    Message.of("user", "Thanks"),
)


def test_a_whole_conversation() -> None:
    assert body(messages=CONVERSATION)["messages"] == [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,QUJD"}},
                {"type": "image_url", "image_url": {"url": "https://x/y.png"}},
            ],
        },
        {
            "role": "assistant",
            "content": "I look.",
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"a": 1}'}},
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "a cat"},
        {"role": "tool", "tool_call_id": "call_2", "content": "Error: no such file"},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,REVG"}}]},
        {"role": "user", "content": "Thanks"},
    ]


def test_earlier_reasoning_goes_back_as_the_dialect_wants_it() -> None:
    assert body("deepseek", messages=CONVERSATION)["messages"][2]["reasoning_content"] == "hm"
    assert body("mistral", messages=CONVERSATION)["messages"][2]["content"] == [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "I look."},
    ]
    assert body("openrouter", messages=CONVERSATION)["messages"][2]["reasoning"] == "hm"
    details = [{"type": "reasoning.encrypted", "data": "xyz"}]
    sealed = Message("assistant", (ReasoningPart("hm"), ReasoningPart("", json.dumps(details)), TextPart("So.")))
    assert body("openrouter", messages=(sealed,))["messages"][0]["reasoning_details"] == details
    foreign = Message("assistant", (ReasoningPart("hm", "another provider's signature"), TextPart("So.")))
    assert body("openrouter", messages=(foreign,))["messages"][0]["reasoning"] == "hm"


def test_mistral_gets_short_ids_that_still_belong_together() -> None:
    sent = body("mistral", messages=CONVERSATION)["messages"]
    short = sent[2]["tool_calls"][0]["id"]
    assert len(short) == 9
    assert short.isalnum()
    assert sent[3]["tool_call_id"] == short != sent[4]["tool_call_id"]
    own = Message("assistant", (ToolCallPart("Abc123xyz", "f", "{}"),))
    assert body("mistral", messages=(own,))["messages"][0]["tool_calls"][0]["id"] == "Abc123xyz"


@pytest.mark.parametrize(
    ("message", "refused", "taken"),
    [
        ("Unrecognized request argument supplied: stream_options", "stream_options", None),
        ("[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options')}]", "stream_options", None),
        (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "max_tokens",
            "max_completion_tokens",
        ),
    ],
)
async def test_a_field_of_ours_that_a_server_refuses_is_given_up_once_and_for_all(
    message: str, refused: str, taken: str | None
) -> None:
    provider = OpenAICompatible()
    request = ChatRequest(messages=QUESTION, max_tokens=9)
    async with ReplayServer(refusal(400, message), streamed(*HELLO)) as server:
        for _ in range(2):
            answer = await collect(provider, request, target(server.url))
            assert (answer.error, answer.text) == (None, "Hello")
        bodies = [json.loads(received.body) for received in server.requests]
    await provider.close()
    assert [refused in sent for sent in bodies] == [True, False, False]
    if taken is not None:
        assert [sent.get(taken) for sent in bodies] == [None, 9, 9]


async def test_a_refusal_of_what_the_user_asked_for_is_shown_and_not_tried_again() -> None:
    provider = OpenAICompatible()
    for message in ("temperature is not supported", "max_tokens is too large: 9999999", "stream_options"):
        async with ReplayServer(refusal(400, message)) as server:
            answer = await collect(provider, ChatRequest(messages=QUESTION, max_tokens=9), target(server.url))
            assert type(answer.error) is InvalidRequest
            assert len(server.requests) == 1
    await provider.close()


async def test_a_field_that_is_refused_whatever_its_name_ends_in_the_error() -> None:
    provider = OpenAICompatible()
    both = "max_tokens and max_completion_tokens are not supported"
    async with ReplayServer(refusal(400, both)) as server:
        answer = await collect(provider, ChatRequest(messages=QUESTION, max_tokens=9), target(server.url))
        assert type(answer.error) is InvalidRequest
        assert len(server.requests) <= 3
    await provider.close()


async def test_headers_and_path_on_the_wire() -> None:
    provider = OpenAICompatible()
    async with ReplayServer(streamed(*HELLO)) as server:
        await collect(provider, ChatRequest(messages=QUESTION), target(server.url, headers={"X-Lab": "1"}))
        received = server.requests[0]
    await provider.close()
    assert (received.method, received.path) == ("POST", "/v1/chat/completions")
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["x-lab"] == "1"


async def test_a_redirect_is_not_followed_with_the_key() -> None:
    provider = OpenAICompatible()
    async with ReplayServer(streamed(*HELLO)) as elsewhere:
        moved = Reply(status=307, headers={"Location": f"{elsewhere.url}/v1/chat/completions"})
        async with ReplayServer(moved) as server:
            answer = await collect(provider, ChatRequest(messages=QUESTION), target(server.url))
        assert elsewhere.requests == []
    await provider.close()
    assert type(answer.error) is InvalidRequest


async def test_embedding_requests() -> None:
    rows = [{"index": 1, "embedding": [3, 4]}, {"index": 0, "embedding": [1, 2]}]
    reply = Reply(body=json.dumps({"data": rows, "usage": {"prompt_tokens": 4}}).encode())
    provider = OpenAICompatible()
    async with ReplayServer(reply) as server:
        request = EmbeddingRequest(inputs=("a", "b"), dimensions=2)
        found = await provider.embed(request, target(server.url))
        await provider.embed(request, target(server.url, provider="mistral"))
        sent = [json.loads(received.body) for received in server.requests]
    await provider.close()
    assert found.vectors == ((1.0, 2.0), (3.0, 4.0))
    assert found.input_tokens == 4
    assert sent == [
        {"model": "m", "input": ["a", "b"], "dimensions": 2},
        {"model": "m", "input": ["a", "b"], "output_dimension": 2},
    ]
