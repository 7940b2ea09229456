"""Answers from outputs alone, other ways, critiques and plans that mend; and what plans are estimated to take."""

from __future__ import annotations

import asyncio
from typing import Any

from lumina_jupyter.agent import Check, Phase, Plan, Report, Step, Task
from lumina_jupyter.agent.estimate import Estimates
from lumina_jupyter.agent.gears import GEARS
from lumina_jupyter.agent.scene import Done, Scene
from lumina_jupyter.agent.thinking import Speeds
from lumina_jupyter.events import Usage
from lumina_jupyter.gateway import ModelInfo
from lumina_jupyter.settings import Lumina
from lumina_jupyter.tools import Tool

from .scenes import code, scene
from .speaking import SMALL, STRONG, Speaker, mind_of, thinking

ASKED = Task(words="What is the mean? Answer as @mean[value] @std[value]", action="answer")


def _ran(text: str, **rest: Any) -> Scene:
    cell = code("new", "print(x)", {"output_type": "stream", "name": "stdout", "text": text})
    wrote = Done(step="write", title="Write", tool="add_cell", written="print(x)", cell="new")
    ran = Done(
        step="run", title="Run it", tool="run_cell", result=f"Cell new: ok after 0.1 s.\n{text}", cell="new", **rest
    )
    return scene(cell, done=(wrote, ran))


def _answer(task: Task, there: Scene, tools: dict[str, Tool], *replies: str, model: str = SMALL) -> tuple[str, Speaker]:
    speaker = Speaker(*replies)
    return asyncio.run(mind_of(speaker, tools).answer(task, there, thinking(model))), speaker


def test_an_answer_that_was_printed_in_its_form_is_given_as_it_stands(tools: dict[str, Tool]) -> None:
    assert _answer(ASKED, _ran("n = 3\n@mean[1.50] @std[0.25]\n"), tools)[0] == "@mean[1.50]\n@std[0.25]"
    yes = Task(words="Is it normal? Answer @normal[x], x being 'yes' or 'no'", action="answer")
    assert _answer(yes, _ran("@normal[False]"), tools)[0] == "@normal[no]"
    plain = Task(words="What is the mean?", action="answer")
    assert _answer(plain, _ran("mean: 1.5\n"), tools)[0] == "mean: 1.5"


def test_words_are_found_by_the_model_where_more_is_asked_for_and_it_sees_the_outputs_alone(
    tools: dict[str, Tool],
) -> None:
    for task, there in (
        (ASKED, _ran("mean 1.5, std 0.25")),
        (Task(words="Explain the mean", action="answer"), _ran("1.5")),
        (Task(words="What is the mean?", action="answer"), _ran("1.5\n" * 40)),
    ):
        said, speaker = _answer(task, there, tools, "It is 1.5.")
        assert said == "It is 1.5."
        assert "<lumina:done>" in speaker.prompts[0]
        assert "print(x)" not in speaker.prompts[0]


def test_an_answer_that_is_made_up_is_told_once_and_then_gives_way_to_the_outputs(tools: dict[str, Tool]) -> None:
    there = _ran("@p_one[nan]")
    told, speaker = _answer(ASKED, there, tools, "@mean[0.0000]", "The outputs do not say it.")
    assert told == "The outputs do not say it."
    assert "0.0000 stands in no output" in speaker.prompts[1]
    said, _ = _answer(ASKED, there, tools, "@mean[0.0000]", "@mean[0.1]")
    assert "@p_one[nan]" in said
    assert "0.1" not in said


def test_numbers_that_nothing_put_out_are_faults_and_rounded_ones_are_not(tools: dict[str, Tool]) -> None:
    task = Task(words="What are mean and share?", action="answer")

    def faults(answer: str) -> tuple[str, ...]:
        report = Report(outcome="done", summary="", answer=answer)
        return asyncio.run(
            mind_of(Speaker(), tools).critique(
                task, report, _ran("mean 1.49812 share 0.125 n 1,250"), thinking(SMALL, 1)
            )
        )

    assert faults("The mean is 1.50, the share 12.5 %, of 1250.") == ()
    assert "1.6" in faults("The mean is 1.6.")[0]
    assert faults("") == ("There is no answer.",)


def test_a_strong_model_criticises_and_its_faults_are_mended_by_another_plan(tools: dict[str, Tool]) -> None:
    report = Report(outcome="done", summary="2 steps done.", answer="It is 1.5.")
    mending = {"phases": [{"title": "Mend", "steps": [
        {"id": "m1", "title": "Edit", "tool": "edit_cell", "arguments": {"cell_id": "new"}, "writes": "it", "writes_to": "content"}
    ]}], "answers": True}  # fmt: skip
    speaker = Speaker({"faults": ["The median was asked for.", 7, " "]}, mending)
    mind = mind_of(speaker, tools)
    there = _ran("mean 1.5")
    faults = asyncio.run(mind.critique(Task(words="Median?", action="answer"), report, there, thinking()))
    assert faults == ("The median was asked for.",)
    plan = asyncio.run(mind.revise(Task(words="Median?", action="answer"), faults, there, thinking()))
    assert [step.id for step in plan.steps] == ["m1"]
    assert "The median was asked for." in speaker.prompts[1]


def test_a_small_model_s_cell_is_written_again(tools: dict[str, Tool]) -> None:
    plan = asyncio.run(mind_of(Speaker(), tools).revise(ASKED, ("It has no std.",), _ran("1"), thinking(SMALL)))
    (step,) = plan.steps
    assert (step.tool, step.arguments["cell_id"]) == ("edit_cell", "new")
    assert "It has no std." in step.writes


def test_another_way_is_another_step_of_the_same_id_or_none(tools: dict[str, Tool]) -> None:
    failed = Step(id="s1", title="Add", tool="add_cell", writes="code", writes_to="content")
    plan = Plan(phases=(Phase(title="Work", steps=(failed,)),))
    task = Task(words="Add it", action="write")
    other = {
        "id": "zz",
        "title": "Insert",
        "tool": "insert_cell",
        "arguments": {},
        "writes": "less",
        "writes_to": "content",
    }
    there = scene(code("a", "x"))

    def way(*replies: dict[str, Any], model: str = STRONG, step: Step = failed) -> Step | None:
        return asyncio.run(mind_of(Speaker(*replies), tools).other_way(task, plan, step, there, thinking(model)))

    found = way({"step": {**other, "tool": "eval"}}, {"step": other})
    assert found is not None
    assert (found.id, found.tool) == ("s1", "insert_cell")
    assert way({"step": None}) is None
    same = {"id": "s1", "title": "Add", "tool": "add_cell", "arguments": {}, "writes": "code", "writes_to": "content"}
    assert way({"step": same}, {"step": same}) is None
    ran = Step(
        id="r", title="Run", tool="run_cell", from_steps={"cell_id": "s1"}, check=Check(kind="contains", text="@a[")
    )
    in_words = way(model=SMALL, step=ran)
    assert in_words is not None
    assert in_words.check.kind == "has_output"
    simpler = way(model=SMALL)
    assert simpler is not None
    assert simpler.writes.startswith("code ")
    assert way(model=SMALL, step=simpler) is None


async def test_estimates_know_no_price_where_there_is_none_and_learn_how_quick_a_model_is() -> None:
    infos = {STRONG: ModelInfo(id=STRONG, provider="openai", name="gpt-5", tools=True, reasoning=True)}

    async def info(model: str) -> ModelInfo | None:
        return infos.get(model)

    def cost(model: str, usage: Usage) -> float | None:
        return usage.output_tokens * 1e-5 if model == STRONG else 0.0 if model == SMALL else None

    speeds = Speeds()
    estimates = Estimates(Lumina(), cost, info, speeds)
    writes = Step(id="s", title="S", tool="add_cell", writes="code")
    one = Plan(phases=(Phase(title="P", steps=(writes,)),), answers=True)
    three = Plan(phases=(Phase(title="P", steps=(writes,) * 3),), answers=True)
    first, more = await estimates(one, GEARS[3], STRONG), await estimates(three, GEARS[3], STRONG)
    assert 0 < (first.usd or 0) < (more.usd or 0)
    assert 0 < first.tokens < more.tokens
    assert (await estimates(one, GEARS[1], STRONG)).tokens > first.tokens  # it thinks longer and looks back
    assert (await estimates(one, GEARS[3], SMALL)).usd == 0.0
    assert (await estimates(one, GEARS[3], "lab/unknown")).usd is None
    before = (await estimates(one, GEARS[3], SMALL)).seconds
    for _ in range(20):
        speeds.saw(SMALL, read=1_000, read_seconds=1.0, written=1_000, write_seconds=1.0)
    assert (await estimates(one, GEARS[3], SMALL)).seconds < before / 4
    nothing = await estimates(Plan(phases=()), GEARS[3], SMALL)
    assert (nothing.tokens, nothing.seconds) == (0, 0.0)
