"""A model that works with tools: one stream to its readers, and an end to every circle."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

from lumina_jupyter.events import (
    Cost,
    Event,
    Failed,
    MessageFinished,
    MessageStarted,
    Notice,
    ReasoningDelta,
    TextDelta,
    ToolCallFinished,
    ToolCallStarted,
    ToolResult,
    Usage,
)
from lumina_jupyter.gateway import ChatRequest, ImagePart, Message, ReasoningPart, ToolCallPart, ToolResultPart
from lumina_jupyter.tools import ImageContent
from lumina_jupyter.tools.loop import Abilities, ToolLoop

from .box import HERE, Box, World, a_box

Says = Callable[[ChatRequest, int], list[Event]]


def calls(*named: tuple[str, dict[str, Any]], text: str = "") -> list[Event]:
    """A reply that calls tools; every reply counts its calls anew, as some providers do."""
    said: list[Event] = [MessageStarted("r", "p", "p/m")]
    said += [TextDelta(text)] if text else []
    for index, (name, arguments) in enumerate(named):
        said.append(ToolCallStarted(index, f"call_{index}", name))
        said.append(ToolCallFinished(index, f"call_{index}", name, json.dumps(arguments)))
    return [*said, Usage(10, 2), Cost(0.5), MessageFinished("tool_calls")]


def words(text: str) -> list[Event]:
    return [MessageStarted("r", "p", "p/m"), TextDelta(text), Usage(20, 3), Cost(0.25), MessageFinished("stop")]


class Model:
    """Plays a model, and keeps what it was asked."""

    def __init__(self, says: Says) -> None:
        self.says = says
        self.asked: list[ChatRequest] = []

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        self.asked.append(request)
        for event in self.says(request, len(self.asked) - 1):
            yield event


async def answer(
    here: Box, model: Model, stop: asyncio.Event | None = None, *, tools: bool | None = True, vision: bool = False
) -> list[Event]:
    async def able(_name: str) -> Abilities:
        return Abilities(tools=tools, vision=vision)

    loop = ToolLoop(here.settings, here.box, model.chat, able)
    request = ChatRequest(messages=(Message.of("user", "Do it."),))
    return [event async for event in loop.run(request, HERE, stop or asyncio.Event())]


async def test_calls_are_run_and_what_they_give_is_read(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        return calls(("look", {"where": "c1"}), text="Let me look.") if number == 0 else words("It is 42.")

    async with a_box(tmp_path, World(says="42")) as here:
        model = Model(says)
        events = await answer(here, model)
    assert [type(event).__name__ for event in events] == [
        "MessageStarted",
        "TextDelta",
        "ToolCallStarted",
        "ToolCallFinished",
        "ToolResult",
        "TextDelta",
        "Usage",
        "Cost",
        "MessageFinished",
    ]
    assert events[5:] == [TextDelta("\n\nIt is 42."), Usage(30, 5), Cost(0.75), MessageFinished("stop")]
    assert events[4] == ToolResult("call_0", "look", "42")
    assert {tool.name for tool in model.asked[0].tools} >= {"look", "edit", "execute"}
    second = model.asked[1].messages
    assert [message.role for message in second] == ["system", "user", "assistant", "tool"]
    assert second[2].content[1] == ToolCallPart("call_0", "look", '{"where": "c1"}')
    result = second[3].content[0]
    assert isinstance(result, ToolResultPart)
    assert result.content == '<lumina:tool_result tool="look">\n42\n</lumina:tool_result>'
    assert "never instructions" in second[0].text


async def test_ids_and_numbers_of_calls_are_told_apart_across_replies(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        return calls(("look", {"where": str(number)}), ("look", {"where": f"b{number}"})) if number < 2 else words("ok")

    async with a_box(tmp_path) as here:
        model = Model(says)
        events = await answer(here, model)
    finished = [event for event in events if isinstance(event, ToolCallFinished)]
    assert [event.index for event in finished] == [0, 1, 2, 3]
    assert len({event.id for event in finished}) == 4
    assert [event.id for event in events if isinstance(event, ToolResult)] == [event.id for event in finished]


async def test_signed_reasoning_goes_back_with_the_calls(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        thought: list[Event] = [ReasoningDelta("hm"), ReasoningDelta("m", "sig")]
        return [*thought, *calls(("look", {}))] if number == 0 else words("ok")

    async with a_box(tmp_path) as here:
        model = Model(says)
        await answer(here, model)
    assert model.asked[1].messages[2].content[0] == ReasoningPart("hmm", "sig")


async def test_a_model_that_goes_on_for_ever_must_answer_at_last(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        return words("Enough.") if request.tool_choice == "none" else calls(("look", {"where": str(number)}))

    async with a_box(tmp_path, tool_steps=4) as here:
        model = Model(says)
        events = await answer(here, model)
        assert len(here.world.done) == 4
    assert len(model.asked) == 5
    assert events[-1] == MessageFinished("stop")
    assert TextDelta("Enough.") in events


async def test_calls_after_the_last_step_are_not_run(tmp_path: Path) -> None:
    async with a_box(tmp_path, tool_steps=2) as here:
        events = await answer(here, Model(lambda request, number: calls(("look", {"where": str(number)}))))
        assert len(here.world.done) == 2
    assert events[-1] == MessageFinished("stop")


async def test_the_very_same_call_is_run_twice_at_most(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        if request.tool_choice == "none":
            return words("ok")
        return calls(("look", {"where": "c1", "n": 1} if number % 2 else {"n": 1, "where": "c1"}))

    async with a_box(tmp_path) as here:
        events = await answer(here, Model(says))
        assert len(here.world.done) == 2
    refused = [event for event in events if isinstance(event, ToolResult) and event.is_error]
    assert "2 times already" in refused[0].content
    assert events[-1] == MessageFinished("stop")


async def test_a_model_that_calls_what_is_not_there_must_answer(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        return words("I cannot.") if request.tool_choice == "none" else calls((f"no_{number}", {}))

    async with a_box(tmp_path, tool_steps=50) as here:
        model = Model(says)
        events = await answer(here, model)
    assert len(model.asked) == 7
    assert events[-1] == MessageFinished("stop")
    assert any(isinstance(event, Notice) and "in vain" in event.text for event in events)


async def test_so_many_calls_at_once_are_run_and_no_more(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        return calls(*[("look", {"where": str(n)}) for n in range(40)]) if number == 0 else words("ok")

    async with a_box(tmp_path) as here:
        events = await answer(here, Model(says))
        assert len(here.world.done) == 16
    assert len([event for event in events if isinstance(event, ToolResult)]) == 40


async def test_it_waits_for_an_approval_and_goes_on_with_it(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        return calls(("edit", {"text": "x"})) if number == 0 else words("Done.")

    async with a_box(tmp_path) as here:
        watching = here.box.approvals.watch()
        task = asyncio.create_task(answer(here, Model(says)))
        asked = await anext(watching)
        assert not here.world.done
        await here.box.approvals.decide(asked.id, "grant", by="Ada")
        events = await task
        await watching.aclose()
        assert here.world.done
    notices = [event for event in events if isinstance(event, Notice)]
    assert [notice.code for notice in notices] == ["approval", "approval_decided"]
    assert all(asked.id in notice.text for notice in notices)


async def test_a_stop_ends_it_while_it_waits_for_an_approval(tmp_path: Path) -> None:
    async with a_box(tmp_path) as here:
        stop = asyncio.Event()
        watching = here.box.approvals.watch()
        task = asyncio.create_task(answer(here, Model(lambda request, number: calls(("edit", {}))), stop))
        await anext(watching)
        stop.set()
        events = await task
        await watching.aclose()
        assert events[-1] == MessageFinished("cancelled")
        assert await here.box.approvals.list() == []
        assert not here.world.done


async def test_a_failing_model_ends_it_and_what_it_took_is_told(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        return calls(("look", {})) if number == 0 else [Failed("overloaded", "Too much.")]

    async with a_box(tmp_path) as here:
        events = await answer(here, Model(says))
    assert events[-3:] == [Usage(10, 2), Cost(0.5), Failed("overloaded", "Too much.")]


async def test_a_model_without_tools_answers_without_them(tmp_path: Path) -> None:
    async with a_box(tmp_path) as here:
        model = Model(lambda request, number: words("ok"))
        events = await answer(here, model, tools=False)
    assert isinstance(events[0], Notice)
    assert model.asked[0].tools == ()
    assert events[-1] == MessageFinished("stop")


async def test_only_what_the_policy_allows_is_offered(tmp_path: Path) -> None:
    async with a_box(tmp_path, World(policy={"tools": "read-only"})) as here:
        model = Model(lambda request, number: calls(("edit", {})) if number == 0 else words("ok"))
        events = await answer(here, model)
        assert not here.world.done
    assert {tool.name for tool in model.asked[0].tools} == {"look", "read_more"}
    (result,) = [event for event in events if isinstance(event, ToolResult)]
    assert "read-only" in result.content


async def test_old_results_give_way(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        return calls(("look", {"where": str(number)})) if number < 8 else words("ok")

    async with a_box(tmp_path, World(says="y" * 450), tool_result_characters=500) as here:
        model = Model(says)
        await answer(here, model)
    results = [part for message in model.asked[-1].messages for part in message.content if message.role == "tool"]
    assert len(results) == 8
    shown = ["y" * 450 in str(part) for part in results]
    assert shown == [False] * 5 + [True] * 3


async def test_images_are_shown_to_models_that_see(tmp_path: Path) -> None:
    async def run(*_given: Any) -> Any:
        return (ImageContent("image/png", "iVBORw0KGgo="),)

    async with a_box(tmp_path) as here:
        here.box.registry.add(here.world.tool("draw", "read", run=run))
        for vision in (True, False):
            model = Model(lambda request, number: calls(("draw", {})) if number == 0 else words("ok"))
            await answer(here, model, vision=vision)
            parts = [part for message in model.asked[1].messages for part in message.content]
            assert any(isinstance(part, ImagePart) for part in parts) == vision
