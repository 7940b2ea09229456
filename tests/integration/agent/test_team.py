"""Coordinators and colleagues: work is given away within limits, stopped and undone as a whole."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from lumina_jupyter.agent import Plan, RunRequest, Step, Task
from lumina_jupyter.agent.mind import Thinking
from lumina_jupyter.agent.run_events import Delegated, HandedBack
from lumina_jupyter.agent.scene import Scene
from tests.integration.server.live import NAME

from .conftest import Desk, MakeDesk, until
from .scripted import Scripted, add, plan


def give(*parts: tuple[str, str]) -> Plan:
    given = [{"persona": persona, "task": task} for persona, task in parts]
    return plan(Step(id="g", title="Give it away", tool="delegate", arguments={"parts": given}), answers=True)


class Colleagues(Scripted):
    """Plans by the words of the task; remembers as whom it was asked."""

    def know(self, **plans: Plan) -> None:
        self.by_words = plans
        self.prompts: dict[str, str] = {}
        self.seen: dict[str, Scene] = {}

    async def read(self, words: str, scene: Scene, thinking: Thinking) -> Task:
        await self._asked("read", "", scene, thinking)
        return Task(words=words, action="write")

    async def plan(self, task: Task, scene: Scene, thinking: Thinking) -> Plan:
        await self._asked("plan", "", scene, thinking)
        self.prompts[task.words], self.seen[task.words] = thinking.persona, scene
        return self.by_words[task.words]


async def team(desk: MakeDesk, *cells: str, plans: dict[str, Plan], **settings: Any) -> tuple[Desk, Colleagues]:
    made = await desk(*cells, **settings)
    mind = Colleagues(tokens=10)
    mind.know(**plans)
    made.mind = mind
    agents = made.agents
    agents._means = replace(agents._means, mind=lambda: mind)
    return made, mind


async def begin(desk: Desk, words: str = "all", persona: str = "coordinator", **request: Any) -> Any:
    wanted = RunRequest(words=words, notebook=NAME, persona=persona, user="ada", **request)
    return await desk.agents.start(wanted)


async def test_parts_are_done_by_colleagues_and_their_reports_come_back(desk: MakeDesk) -> None:
    made, mind = await team(
        desk,
        "1",
        plans={
            "all": give(("engineer", "code"), ("analyst", "numbers")),
            "code": plan(add("a", "x = 1")),
            "numbers": plan(add("b", "y = 2")),
        },
    )
    run = await made.ended((await begin(made)).id)
    assert run.state == "done", run.why
    assert sorted(made.cells) == ["1", "x = 1", "y = 2"]
    given = await made.of(run.id, Delegated)
    assert {(each.persona, each.words, each.step) for each in given} == {
        ("engineer", "code", "g"),
        ("analyst", "numbers", "g"),
    }
    children = [await made.agents.get(each.run, "ada") for each in given]
    assert {child.parent for child in children} == {run.id}
    assert all(child.gear <= 3 for child in children)
    assert "senior Python engineer" in mind.prompts["code"]
    assert "You coordinate colleagues" in mind.prompts["all"]
    # What colleagues took counts as the coordinator's: its own three calls, and two of each of them.
    assert run.input_tokens == 10 * 3 + 2 * 10 * 2
    assert ("teacher" in dict(mind.seen["all"].colleagues)) is True
    assert mind.seen["code"].tools.count("delegate") == 1

    undone = await made.agents.undo(run.id, by="Ada", viewer="ada")
    assert undone.state == "undone"
    assert made.cells == ["1"]
    redone = await made.agents.redo(run.id, by="Ada", viewer="ada")
    assert redone.state == "done"
    assert sorted(made.cells) == ["1", "x = 1", "y = 2"]


async def test_who_has_no_colleagues_gives_nothing_away(desk: MakeDesk) -> None:
    made, mind = await team(desk, "1", plans={"all": give(("engineer", "code")), "code": plan(add("a", "x = 1"))})
    mind.plans = [give(("engineer", "code"))]
    for persona in ("", "teacher"):
        run = await made.ended((await begin(made, persona=persona, gear="4")).id)
        assert run.state == "failed"
        assert "delegate" in run.why
        assert "delegate" not in mind.seen["all"].tools
    assert made.cells == ["1"]


async def test_two_that_call_each_other_without_end_come_to_one(desk: MakeDesk) -> None:
    made, mind = await team(
        desk, "1", plans={"ping": give(("pong", "pong")), "pong": give(("ping", "ping"))}, agent_depth=2
    )
    folder = made.engine.settings.data_path / "personas"
    folder.mkdir(parents=True)
    for name, other in (("ping", "pong"), ("pong", "ping")):
        (folder / f"{name}.yaml").write_text(f"prompt: Say {name}.\nhands_over_to: [{other}]\ngear: '4'\n")
    mind.plans = [give(("pong", "pong"))]
    run = await made.ended((await begin(made, "ping", persona="ping")).id)
    views = await made.agents.list(viewer="ada")
    assert len(views) == 3, "the work was given away twice and not a third time"
    assert [view for view in views if view.state not in {"done", "failed"}] == []
    assert run.state == "failed"  # nobody did anything, and it says so
    assert "delegate" not in mind.seen["ping"].tools


async def test_stopping_the_coordinator_stops_its_colleagues(desk: MakeDesk) -> None:
    made, mind = await team(
        desk, "1", plans={"all": give(("engineer", "code")), "code": plan(add("a"))}, agent_parallel=1
    )
    writing = asyncio.Event()

    async def hang(what: str) -> None:
        if what == "write":
            writing.set()
            await asyncio.Event().wait()

    mind.before = hang
    run = await begin(made)
    await asyncio.wait_for(writing.wait(), 60)
    await made.agents.stop(run.id, "Ada", "ada")
    given = await made.of(run.id, Delegated)

    async def stopped() -> bool:
        return (await made.agents.get(given[0].run, "ada")).state == "stopped"

    await until(stopped)
    assert (await made.agents.get(run.id, "ada")).state == "stopped"
    assert made.cells == ["1"]


async def test_a_colleague_has_its_share_of_what_the_coordinator_may_take(desk: MakeDesk) -> None:
    many = {f"part{number}": plan(add(f"a{number}", f"x = {number}")) for number in range(2)}
    made, mind = await team(
        desk, "1", plans={"all": give(("engineer", "part0"), ("engineer", "part1")), **many}, agent_parallel=1
    )
    mind.tokens = 25_000  # each call takes 50,000; gear 3 has 120,000
    run = await made.ended((await begin(made)).id)
    given = await made.of(run.id, Delegated)
    children = [await made.agents.get(each.run, "ada") for each in given]
    assert [child.state for child in children] == ["failed", "failed"]
    assert all("tokens" in child.why for child in children)
    assert run.state == "failed"
    assert made.cells == ["1"]


async def test_a_persona_calls_no_tool_but_its_own(desk: MakeDesk) -> None:
    made, mind = await team(desk, "1", plans={"all": plan(add("a", "x = 1"))})
    mind.plans = [plan(add("a", "x = 1"))]
    run = await made.ended((await begin(made, persona="teacher", gear="4")).id)
    assert run.state == "failed"
    assert "add_cell" not in mind.seen["all"].tools
    assert made.cells == ["1"]


async def test_what_a_colleague_did_not_do_is_not_said_to_be_done(desk: MakeDesk) -> None:
    gone = Step(id="w", title="Write", tool="edit_cell", arguments={"cell_id": "gone", "content": "x = 1"})
    plans = {
        "all": give(("engineer", "code"), ("analyst", "numbers")),
        "code": plan(add("a", "x = 1")),
        "numbers": plan(gone),
    }
    made, _ = await team(desk, "1", plans=plans)
    run = await made.ended((await begin(made)).id)
    back = {(each.persona, each.outcome) for each in await made.of(run.id, HandedBack)}
    assert back == {("engineer", "done"), ("analyst", "failed")}
    assert (run.state, run.report and run.report.outcome) == ("done", "partly")
    assert "Not done: numbers (analyst: failed)." in run.why
    # Where nobody did anything, it is not enough that the coordinator has an answer.
    made.mind.by_words["code"] = plan(gone)  # type: ignore[attr-defined]
    run = await made.ended((await begin(made)).id)
    assert (run.state, run.report and run.report.outcome) == ("failed", "failed")
    # Who comes back first is not said.
    assert sorted(run.report.left if run.report else ()) == ["code (engineer: failed)", "numbers (analyst: failed)"]
