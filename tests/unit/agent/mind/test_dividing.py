"""Who is given a task does it; only a coordinator divides it among colleagues."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lumina_jupyter.agent.personas import Personas
from lumina_jupyter.agent.scene import Scene
from lumina_jupyter.agent.task import Task
from lumina_jupyter.agent.team import delegate_tool
from lumina_jupyter.agent.team.colleagues import DELEGATE, coordinates
from lumina_jupyter.tools import Tool

from .scenes import TOOLS, code, scene
from .speaking import SMALL, STRONG, Speaker, mind_of, thinking

TASK = Task(words="Which month had the most sales?", action="answer")
ADDS = {"id": "s1", "title": "Compute it", "tool": "add_cell", "arguments": {}, "writes": "print the month"}
COLLEAGUES = (("engineer", "Writes code."), ("reviewer", "Looks for mistakes."))


def among(*, divides: bool) -> Scene:
    here = scene(code("c1", "sales = [1, 2]"), tools=(*TOOLS, DELEGATE))
    return replace(here, colleagues=COLLEAGUES, divides=divides)


@pytest.fixture
def known(tools: dict[str, Tool]) -> dict[str, Tool]:
    # It is only looked at: nothing is given away here.
    return {**tools, DELEGATE: delegate_tool(None, lambda _run: None)}  # type: ignore[arg-type]


async def test_only_who_names_the_tool_for_it_divides() -> None:
    personas = {each.name: each for each in await Personas().list()}
    assert [name for name, each in personas.items() if coordinates(each)] == ["coordinator"]
    assert {"analyst", "engineer"} <= {name for name, each in personas.items() if each.hands_over_to}
    for tools, divides in (
        (("*",), False),
        (("*", "!run_shell"), False),
        (("*", "delegate"), True),
        (("read_*", "dele*"), True),
        (("delegate", "!delegate"), False),
    ):
        assert coordinates(replace(personas["analyst"], tools=tools)) is divides, tools


async def test_an_analyst_does_a_simple_task_in_one_run(known: dict[str, Tool]) -> None:
    speaker = Speaker({"phases": [{"title": "Work", "steps": [ADDS]}], "answers": True})
    plan = await mind_of(speaker, known).plan(TASK, among(divides=False), thinking(STRONG))
    assert [step.tool for step in plan.steps] == ["add_cell"]
    [prompt] = speaker.prompts
    assert "- engineer: Writes code." in prompt
    assert "most tasks need none of them" in prompt
    # A small model is led by the recipe, which gives nothing away.
    plan = await mind_of(Speaker(), known).plan(TASK, among(divides=False), thinking(SMALL))
    assert plan.steps
    assert DELEGATE not in {step.tool for step in plan.steps}


async def test_a_coordinator_gives_all_of_it_to_colleagues_who_are_there(known: dict[str, Tool]) -> None:
    nobody = {"parts": [{"persona": "nobody", "task": "Count."}]}
    parts = {"parts": [{"persona": "engineer", "task": " Count. "}]}
    speaker = Speaker(nobody, parts)
    plan = await mind_of(speaker, known).plan(TASK, among(divides=True), thinking(STRONG))
    assert "There is no colleague 'nobody'; there are engineer, reviewer." in speaker.prompts[1]
    [step] = plan.steps
    assert (step.tool, step.arguments) == (DELEGATE, {"parts": [{"persona": "engineer", "task": "Count."}]})
    assert plan.answers
