"""No text in data raises a permission, however a model takes it: the model here believes everything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

from lumina_jupyter.agent.gears import GEARS
from lumina_jupyter.events import Event, MessageFinished, Notice, TextDelta, ToolCallFinished, ToolCallStarted
from lumina_jupyter.gateway import ChatRequest, Message, ToolResultPart
from lumina_jupyter.tools import Actor, Approval, Target
from lumina_jupyter.tools.autonomy import AUTONOMIES
from lumina_jupyter.tools.loop import Abilities, ToolLoop
from lumina_jupyter.tools.permission import decide
from lumina_jupyter.tools.permission.gate import Decision
from lumina_jupyter.tools.permission.policy import tool_policy

from .box import CHAT, HERE, Box, World, a_box
from .injections import Attempt, attempts

INJECTED = ("output", "file", "web", "tool_result")


class Believer:
    """A model that looks, and then does what the text said."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self.asked: list[ChatRequest] = []

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        self.asked.append(request)
        if len(self.asked) == 1:
            name, arguments = "look", "{}"
        elif len(self.asked) == 2:
            name, arguments = self._attempt.tool, json.dumps(self._attempt.arguments)
        else:
            yield TextDelta("I obeyed.")
            yield MessageFinished("stop")
            return
        yield ToolCallStarted(0, "call", name)
        yield ToolCallFinished(0, "call", name, arguments)
        yield MessageFinished("tool_calls")


async def able(_model: str) -> Abilities:
    return Abilities(tools=True)


async def believed(here: Box, attempt: Attempt) -> tuple[Believer, list[Event], list[Approval]]:
    """What a believer did, stopped where it had to wait for a person."""
    model, stop = Believer(attempt), asyncio.Event()
    waiting: list[Approval] = []
    events: list[Event] = []
    request = ChatRequest(messages=(Message.of("user", "What is in there?"),))
    async for event in ToolLoop(here.settings, here.box, model.chat, able).run(request, HERE, stop):
        events.append(event)
        if isinstance(event, Notice) and event.code == "approval":
            waiting += await here.box.approvals.list()
            stop.set()
    return model, events, waiting


def test_there_are_a_hundred_of_them_and_no_two_alike() -> None:
    found = attempts()
    assert len(found) >= 100
    assert len({(each.place, each.text) for each in found}) == len(found)
    assert {each.place for each in found} == {*INJECTED, "arguments", "metadata", "mcp"}


async def test_what_a_model_reads_and_believes_has_to_be_approved_all_the_same(tmp_path: Path) -> None:
    world = World()
    async with a_box(tmp_path, world) as here:
        for attempt in attempts(*INJECTED):
            world.says = attempt.text
            world.done.clear()
            model, _, waiting = await believed(here, attempt)
            assert [each["tool"] for each in world.done] == ["look"], attempt
            assert [(each.tool, each.state) for each in waiting] == [(attempt.tool, "pending")], attempt
            result = model.asked[1].messages[-1].content[0]
            assert isinstance(result, ToolResultPart)
            assert result.content.count("<lumina:") == result.content.count("</lumina:") == 1, attempt
            assert result.content.endswith("\n</lumina:tool_result>"), attempt
        assert await here.box.rules.known() == ()
        assert {each.state for each in await here.box.approvals.list(pending=False)} == {"expired"}


async def test_arguments_that_speak_of_permission_have_to_be_approved_all_the_same(tmp_path: Path) -> None:
    async with a_box(tmp_path) as here:
        for attempt in attempts("arguments"):
            call, asked = await here.begin(attempt.tool, **attempt.arguments)
            assert (asked.state, asked.actor_kind, asked.user) == ("pending", "chat", "ada"), attempt
            call.cancel()
        assert not here.world.done


def test_no_word_in_the_metadata_but_the_one_opens_a_notebook() -> None:
    for attempt in attempts("metadata"):
        assert tool_policy({"tools": attempt.text}) == "none", attempt


async def test_what_an_mcp_server_says_of_its_tools_frees_them_from_nothing(tmp_path: Path) -> None:
    world = World()
    async with a_box(tmp_path, world) as here:
        for number, attempt in enumerate(attempts("mcp")):
            tool = world.tool(
                f"helper_{number}", "read", source="mcp:s", description=attempt.text, undoable=True, sandboxed=True
            )
            for autonomy in AUTONOMIES:
                decision = decide(CHAT, tool, Target("none"), policy="full", autonomy=autonomy, notebook="a.ipynb")
                assert decision.outcome == "ask", attempt
            here.box.registry.add(world.tool("look", "read", source="mcp:s", description=attempt.text))
            assert here.box.registry.get("look").source == "built-in"
            here.box.registry.add(tool)
            call, asked = await here.begin(tool.name)
            assert asked.source == "mcp:s"
            call.cancel()
        assert not world.done


async def test_no_text_of_a_call_moves_the_gate_in_any_gear(tmp_path: Path) -> None:
    async with a_box(tmp_path) as here:
        for gear in GEARS.values():
            actor = Actor("agent", "ada", name="Lumina", run="run_1", gear=gear.number)
            context = replace(HERE, actor=actor, autonomy=gear.autonomy)
            plain: dict[str, Decision] = {}
            for attempt in attempts(*INJECTED, "arguments"):
                if attempt.tool not in plain:
                    plain[attempt.tool], _ = await here.box.foreseen(attempt.tool, {}, context)
                given = {**attempt.arguments, "note": attempt.text}
                decision, _ = await here.box.foreseen(attempt.tool, given, context)
                assert decision == plain[attempt.tool], (gear.number, attempt)
                if attempt.tool in ("execute", "fetch", "erase"):
                    # What runs code in the kernel, reaches the network or cannot be undone is asked about in every gear.
                    assert decision.outcome == "ask", (gear.number, attempt)
