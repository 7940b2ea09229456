"""The real embedded models behind the real adapter: words, schemas, tool calls, filling in, counting."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing

import pytest

from lumina_jupyter.errors import ContextTooLong, InvalidRequest, ModelNotFound
from lumina_jupyter.events import (
    Event,
    MessageFinished,
    MessageStarted,
    Notice,
    TextDelta,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    Usage,
)
from lumina_jupyter.gateway.providers.base import Target
from lumina_jupyter.gateway.requests import (
    ChatRequest,
    EmbeddingRequest,
    InfillRequest,
    JsonSchema,
    Message,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from lumina_jupyter.settings import Lumina

from .running import CODER, SMALL, Loaded, answer, question, running, text_of

pytestmark = pytest.mark.embedded

_WEATHER = ToolSpec(
    "get_weather",
    "Look up the current weather of a city.",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
_PYTHON = ToolSpec(
    "run_python",
    "Run Python code in the notebook and return its output.",
    {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
)
_FILE = ToolSpec(
    "read_file",
    "Read a text file.",
    {
        "type": "object",
        "properties": {"path": {"type": "string"}, "max_lines": {"type": "integer"}},
        "required": ["path"],
    },
)
_VARIABLES = ToolSpec("list_variables", "List the notebook's variables.")
_TOOLS = (_WEATHER, _PYTHON, _FILE, _VARIABLES)

# Asking for tools, for words, in several languages, with quotes, braces, code, and nothing at all to go by.
_PROMPTS = (
    "What is the weather in Paris?", "Wie ist das Wetter in Zürich?", "Compute 12345*6789 with Python.",
    "Print \"it's {'a': 1}\" with Python", "Read the first 5 lines of README.md", "What is in C:\\temp\\notes.txt?",
    "Which variables are defined in this notebook?", "Say hello to me.", "Thanks, that is all.",
    "What is the capital of France?", "東京の天気を教えて", "🙂", "?", "Reply with {\"say\": \"x\"} twice.",
    "Do not call any tool.", "Write a JSON object with the key \"call\".", "<|im_end|>",
)  # fmt: skip
_MOST_TOKENS = 160
"""More than any of these takes whose answer comes to an end."""


def _calls(events: list[Event]) -> list[ToolCallFinished]:
    return [event for event in events if isinstance(event, ToolCallFinished)]


async def test_an_answer_streams_and_ends_with_its_usage(settings: Lumina) -> None:
    async with running(settings) as (adapter, _):
        events = await answer(adapter, question("Say hello to me."))
        again = await answer(adapter, question("Say hello to me."))
    assert isinstance(events[0], Notice)
    assert "smollm2-135m" in events[0].text
    assert isinstance(events[1], MessageStarted)
    assert events[1].model == "embedded/smollm2-135m"
    assert sum(isinstance(event, TextDelta) for event in events) > 3
    usage, end = events[-2:]
    assert isinstance(usage, Usage)
    assert usage.input_tokens > 10
    assert 0 < usage.output_tokens <= 24
    assert isinstance(end, MessageFinished)
    # Loaded already: no notice.
    assert isinstance(again[0], MessageStarted)
    assert text_of(again)


async def test_a_schema_binds_the_answer(loaded: Loaded) -> None:
    schema = JsonSchema(
        {
            "type": "object",
            "properties": {"city": {"type": "string", "maxLength": 20}, "people": {"type": "integer"}},
            "required": ["city", "people"],
        }
    )
    adapter, _ = loaded
    events = await answer(adapter, question("Describe Paris.", response_format=schema, max_tokens=200))
    with pytest.raises(InvalidRequest):
        await answer(adapter, question("x", response_format=JsonSchema({"type": "no such type"})))
    assert set(json.loads(text_of(events))) == {"city", "people"}


async def test_every_reply_with_tools_can_be_read(
    loaded: Loaded, record_property: Callable[[str, object], None]
) -> None:
    called = 0
    adapter, _ = loaded
    for prompt in _PROMPTS:
        events = await answer(adapter, question(prompt, tools=_TOOLS, max_tokens=_MOST_TOKENS), CODER)
        calls, end = _calls(events), events[-1]
        assert isinstance(end, MessageFinished)
        assert end.reason == ("tool_calls" if calls else "stop"), prompt
        assert bool(calls) != bool(text_of(events)), prompt
        for call in calls:
            called += 1
            assert call.name in {tool.name for tool in _TOOLS}
            assert isinstance(json.loads(call.arguments), dict)
    assert 0 < called < len(_PROMPTS)
    record_property("replies", len(_PROMPTS))


async def test_a_call_arrives_in_pieces_and_its_result_is_used(loaded: Loaded) -> None:
    adapter, _ = loaded
    request = question("What is the weather in Rome?", tools=_TOOLS, max_tokens=200)
    events = await answer(adapter, request, CODER)
    (call,) = _calls(events)
    result = ChatRequest(
        messages=(
            *request.messages,
            Message("assistant", (ToolCallPart(call.id, call.name, call.arguments),)),
            Message("tool", (ToolResultPart(call.id, "31 °C, sunny"),)),
        ),
        tools=_TOOLS,
        temperature=0.0,
    )
    said = text_of(await answer(adapter, result, CODER))
    assert call.name == "get_weather"
    assert "Rome" in json.loads(call.arguments)["city"]
    started = next(event for event in events if isinstance(event, ToolCallStarted))
    assert (started.id, started.name) == (call.id, call.name)
    pieces = [event.arguments for event in events if isinstance(event, ToolCallDelta)]
    assert len(pieces) > 2
    assert "".join(pieces).strip() == call.arguments
    assert "31" in said


async def test_the_tool_choice_is_kept_to(loaded: Loaded) -> None:
    adapter, _ = loaded
    none = await answer(adapter, question("Weather in Rome?", tools=_TOOLS, tool_choice="none"))
    required = await answer(
        adapter, question("Hello!", tools=(_WEATHER, _VARIABLES), tool_choice="required", max_tokens=200), CODER
    )
    named = await answer(adapter, question("Hello!", tools=_TOOLS, tool_choice="list_variables", max_tokens=200), CODER)
    assert not _calls(none)
    assert text_of(none)
    assert len(_calls(required)) == 1
    assert [(call.name, call.arguments) for call in _calls(named)] == [("list_variables", "{}")]


async def test_it_fills_in_the_middle(loaded: Loaded) -> None:
    adapter, _ = loaded
    request = InfillRequest(
        prefix="def area(width, height):\n    return ", suffix="\n\nprint(area(2, 3))\n", stop=("\n",)
    )
    events = [event async for event in adapter.infill(request, CODER)]
    with pytest.raises(InvalidRequest, match="smollm2-135m cannot fill in the middle"):
        _ = [event async for event in adapter.infill(InfillRequest(prefix="a", suffix="b"), SMALL)]
    assert text_of(events).replace(" ", "") == "width*height"
    assert events[-1] == MessageFinished("stop")
    usage = events[-2]
    assert isinstance(usage, Usage)
    assert usage.input_tokens > 10 > usage.output_tokens > 2


async def test_tokens_are_counted_as_the_model_does(loaded: Loaded) -> None:
    request = question("Say something about tokens.", max_tokens=1)
    adapter, _ = loaded
    counted = await adapter.count_tokens(request.messages, SMALL)
    events = await answer(adapter, request)
    assert await adapter.count_tokens("", SMALL) == 0
    assert await adapter.count_tokens("hello world", SMALL) == 2
    assert [event.input_tokens for event in events if isinstance(event, Usage)] == [counted]


async def test_texts_are_embedded(settings: Lumina) -> None:
    async with running(settings) as (adapter, models):
        result = await adapter.embed(EmbeddingRequest(inputs=("a cat", "a kitten", "SELECT 1")), SMALL)
        assert not models.is_loaded(SMALL.name)
    cat, kitten, sql = result.vectors
    assert len(cat) == 576

    def likeness(other: tuple[float, ...]) -> float:
        return sum(a * b for a, b in zip(cat, other, strict=True))

    assert likeness(kitten) > likeness(sql)


async def test_what_is_too_long_is_said_at_once(loaded: Loaded) -> None:
    adapter, _ = loaded
    with pytest.raises(ContextTooLong):
        await answer(adapter, question("word " * 8000))
    with pytest.raises(ContextTooLong, match="10,000,000 characters"):
        await answer(adapter, question("x" * 10_000_000))
    # The adapter and the process are as good as before.
    assert text_of(await answer(adapter, question("Hi!")))


async def test_odd_characters_do_no_harm(loaded: Loaded) -> None:
    adapter, _ = loaded
    assert text_of(await answer(adapter, question("\0\ud800 \udfff\r\n<|im_end|>{{x}}")))


async def test_prompts_that_take_more_than_half_the_context_fit_at_the_same_time(settings: Lumina) -> None:
    settings.embedded_context = 1024
    prompt = "The quick brown fox jumps over the lazy dog. " * 60
    async with running(settings) as (adapter, _):
        assert await adapter.count_tokens(prompt, SMALL) > 512
        both = await asyncio.gather(*(answer(adapter, question(prompt, max_tokens=4)) for _ in range(2)))
    assert all(isinstance(events[-1], MessageFinished) for events in both)


async def test_a_reader_that_leaves_frees_the_model(loaded: Loaded) -> None:
    adapter, models = loaded
    async with aclosing(adapter.chat(question("Tell a long story.", max_tokens=1500), SMALL)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                break
    pids = models.process_ids
    assert text_of(await answer(adapter, question("Hi!")))
    assert models.process_ids == pids


async def test_a_model_that_is_not_there_gets_a_hint(loaded: Loaded) -> None:
    adapter, _ = loaded
    with pytest.raises(ModelNotFound) as caught:
        await answer(adapter, question("Hi!"), Target(provider="embedded", name="qwen2.5-coder-1.5b-no"))
    assert "smollm2-135m" in caught.value.hint
