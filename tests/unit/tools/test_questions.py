"""What tools ask people while they run: it waits for the right one, it is answered once, and it never waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.errors import InvalidArguments, LuminaError, NotFound
from lumina_jupyter.events import Cost, Event, Notice, ToolResult, Usage
from lumina_jupyter.gateway import ChatRequest
from lumina_jupyter.tools import (
    Actor,
    Approval,
    AskFolders,
    AskModel,
    AskPerson,
    QuestionAsked,
    QuestionOver,
    ToolContext,
    declared,
)
from lumina_jupyter.tools.permission.approval import Verdict
from lumina_jupyter.tools.permission.rule import Scope
from lumina_jupyter.tools.questions import MOST_WAITING, Answer, Question, Questions

from .box import HERE, Box, a_box
from .test_loop import Model, answer, calls, words

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "count": {"type": "integer", "default": 3}},
    "required": ["name", "count"],
}
QUESTION = Question(source="mcp:shop", who="The MCP server shop", message="Who? sk-" + "a1B2" * 8, schema=SCHEMA)


def context(user: str = "ada", **more: Any) -> ToolContext:
    return ToolContext(actor=Actor("chat", user), notebook="a.ipynb", **more)


async def asked(questions: Questions, given: ToolContext | None = None) -> asyncio.Task[Answer]:
    task: asyncio.Task[Answer] = asyncio.create_task(questions.ask(QUESTION, given or context()))
    await asyncio.sleep(0)
    return task


async def test_an_answer_reaches_who_asked() -> None:
    questions = Questions()
    noted: list[Any] = []
    task = await asked(questions, context(noted=noted.append))
    watching = questions.watch("ada")
    [waiting] = questions.waiting("ada")
    assert await anext(watching) == waiting
    assert (waiting.source, waiting.notebook, waiting.message) == ("mcp:shop", "a.ipynb", "Who? sk-***")
    assert questions.answer(waiting.id, "ada", "accept", {"name": "Bob"}).state == "accept"
    assert await task == Answer("accept", {"name": "Bob", "count": 3})
    assert questions.waiting("ada") == []
    assert (await anext(watching)).state == "accept"
    assert [(type(each), each.question.state) for each in noted] == [
        (QuestionAsked, "pending"),
        (QuestionOver, "accept"),
    ]
    await watching.aclose()


async def test_nobody_answers_for_another() -> None:
    questions = Questions()
    task = await asked(questions)
    [waiting] = questions.waiting("ada")
    assert questions.waiting("bob") == []
    with pytest.raises(NotFound):
        questions.answer(waiting.id, "bob", "accept", {"name": "Bob"})
    questions.answer(waiting.id, "ada", "decline")
    with pytest.raises(NotFound):
        questions.answer(waiting.id, "ada", "accept", {"name": "Bob"})
    assert (await task).action == "decline"
    # Where no names are known everybody may, but for what a private conversation asks: that is its owner's.
    task = await asked(questions, context("", audience="ann"))
    assert questions.waiting("", "bob") == []
    [waiting] = questions.waiting("", "ann")
    with pytest.raises(NotFound):
        questions.answer(waiting.id, "", "accept", {"name": "Bob"}, viewer="bob")
    questions.answer(waiting.id, "", "accept", {"name": "Bob"}, viewer="ann")
    assert (await task).action == "accept"


async def test_an_answer_must_be_one() -> None:
    questions = Questions()
    task = await asked(questions)
    [waiting] = questions.waiting("ada")
    for wrong in ({}, {"name": 3}, {"name": "Bob", "count": "many"}, {"name": "x" * 200_000}):
        with pytest.raises(InvalidArguments):
            questions.answer(waiting.id, "ada", "accept", wrong)
    assert not task.done()
    task.cancel()


async def test_a_question_does_not_wait_for_ever_and_only_so_many_wait() -> None:
    noted: list[Any] = []
    hurried = Questions(0.01)
    assert (await hurried.ask(QUESTION, context(noted=noted.append))).action == "cancel"
    assert noted[-1].question.note == "Nobody answered in time."
    assert hurried.waiting("ada") == []
    # Where nobody could answer, nothing waits, and it says so.
    assert (await Questions(reachable=False).ask(QUESTION, context(noted=noted.append))).action == "cancel"
    assert "Nobody can be asked here" in noted[-1].question.note
    questions = Questions()
    tasks = [await asked(questions) for _each in range(MOST_WAITING)]
    assert (await questions.ask(QUESTION, context())).action == "cancel"
    for task in tasks:
        task.cancel()


async def greet(context: ToolContext) -> str:
    """Greet whoever that is."""
    assert not context.counterpart.answers(AskModel("Who am I?"))
    replies = await context.counterpart.ask({"who": AskPerson("Your name?", SCHEMA)})
    return f"{replies['who'].action}: {(replies['who'].fields or {}).get('name', '')}"


async def _turn(here: Box) -> list[Event]:
    return await answer(here, Model(lambda _request, number: words("ok") if number else calls(("greet", {}))))


async def test_a_tool_of_ours_asks_the_person_behind_a_chat(tmp_path: Path) -> None:
    async with a_box(tmp_path) as here:
        # It has less time than a person needs: while she is asked it stands still.
        here.box.registry.add(declared(greet, effects=["read"], source="package:x", timeout=0.5))
        events = await _turn(here)
        [told] = [each for each in events if isinstance(each, ToolResult)]
        assert told.is_error
        assert "greet asks something, and there is nobody here of whom a person could be asked" in told.content
        here.box.questions.reachable = True
        turn = asyncio.create_task(_turn(here))
        async for question in here.box.questions.watch(HERE.actor.user):
            assert (question.who, question.message, question.run) == ("The tool greet", "Your name?", HERE.actor.run)
            await asyncio.sleep(0.7)
            here.box.questions.answer(question.id, HERE.actor.user, "accept", {"name": "Ada"})
            break
        events = await turn
        assert [each.content for each in events if isinstance(each, ToolResult)] == ["accept: Ada"]
        notices = [(each.code, question.id in each.text) for each in events if isinstance(each, Notice)]
        assert notices == [("question", True), ("question_over", True)]
        # An outside agent is asked itself, or not at all: no person of ours answers for it.
        outside = replace(HERE, actor=replace(HERE.actor, kind="mcp"))
        assert "cannot be asked" in (await here.call("greet", outside)).text


async def think(context: ToolContext, times: int = 1) -> str:
    """Have a model answer, again and again."""
    told = []
    for number in range(times):
        asked = AskModel(f"Line {number}?\U000e0041", system="Be brief.", max_tokens=10**9)
        try:
            replies = await context.counterpart.ask({"line": asked})
        except LuminaError as error:
            told.append(error.message)
            break
        told.append(f"{replies['line'].action}: {replies['line'].text}")
    return "\n".join(told)


async def where(context: ToolContext) -> str:
    """Say in which folders the caller works."""
    return " ".join((await context.counterpart.ask({"where": AskFolders()}))["where"].folders)


@asynccontextmanager
async def a_thinking_box(folder: Path, model: Model, **settings: Any) -> AsyncIterator[Box]:
    async def folders(_notebook: str, _kernel_id: str) -> Sequence[Path]:
        return (Path("/root/a b"), Path("/root"))

    async with a_box(folder, chat=model.chat, folders=folders, **settings) as here:
        for tool in (think, where):
            here.box.registry.add(declared(tool, effects=["read"], source="package:x"))
        yield here


async def decide(here: Box, verdict: Verdict, scope: Scope | None = None) -> Approval:
    """Decide what is asked first; what it was."""
    async with asyncio.timeout(120), aclosing(here.box.approvals.watch()) as approvals:
        async for approval in approvals:
            return await here.box.approvals.decide(approval.id, verdict, by="Ada", scope=scope)
    raise AssertionError("nothing was asked")


async def test_a_model_answers_a_tool_in_a_chat_if_a_person_lets_it_and_the_turn_counts_it(tmp_path: Path) -> None:
    plans = [calls(("think", {})), words("Moon."), words("ok")]
    model = Model(lambda _request, number: plans[number])
    async with a_thinking_box(tmp_path, model) as here:
        deciding = asyncio.create_task(decide(here, "grant"))
        events = await answer(here, model)
        approval = await deciding
        assert [each.content for each in events if isinstance(each, ToolResult)] == ["accept: Moon."]
        assert [(each.input_tokens, each.output_tokens) for each in events if isinstance(each, Usage)] == [(50, 8)]
        assert [each.usd for each in events if isinstance(each, Cost)] == [1.0]
        assert [each.code for each in events if isinstance(each, Notice)] == ["approval", "approval_decided"]
        # It is shown what the tool asks and nothing else; people see also what hides in there.
        assert [(m.role, m.text) for m in model.asked[1].messages] == [
            ("system", "Be brief."),
            ("user", "Line 0?\U000e0041"),
        ]
        assert (model.asked[1].max_tokens, model.asked[1].tools) == (4096, ())
        assert approval.preview is not None
        assert "user: Line 0?\\u{e0041}" in approval.preview.code
        assert (approval.actor_kind, approval.actor_name, approval.run) == ("extension", "tool think", HERE.actor.run)
        await here.box.audit.flush()
        moments = [each.moment for each in await here.box.audit.latest() if each.tool == "think__sampling"]
        assert set(moments) == {"decision", "approval", "outcome"}


async def test_no_loop_of_questions_to_a_model_is_without_end(tmp_path: Path) -> None:
    def says(request: ChatRequest, _number: int) -> list[Event]:
        last = request.messages[-1]
        return words("ok") if last.role == "tool" or "Line" in last.text else calls(("think", {"times": 15}))

    model = Model(says)
    async with a_thinking_box(tmp_path, model, tool_model_answers=4) as here:
        # Refused once, it is not asked about again in that turn.
        deciding = asyncio.create_task(decide(here, "deny"))
        events = await answer(here, model)
        await deciding
        [result] = [each.content for each in events if isinstance(each, ToolResult)]
        assert result.count("decline: ") == 15
        assert len(await here.box.approvals.list(pending=False)) == 1
        # Allowed for the turn, it ends where the turn's answers do, and that is said.
        deciding = asyncio.create_task(decide(here, "grant", scope="run"))
        for settings, most, why in (
            ({"tool_model_answers": 4}, 4, "the turn has given 4, which is all (`c.Lumina.tool_model_answers`)"),
            ({"tool_model_answers": 100}, 10, "this call has had 10, one after the other"),
            ({"tool_model_usd": 0.5}, 2, "they have cost 0.50 dollars"),
            ({"tool_model_tokens": 60}, 3, "they would take more than 60 tokens"),
        ):
            here.settings.tool_model_usd = 100.0
            for name, value in settings.items():
                setattr(here.settings, name, value)
            model.asked.clear()
            events = await answer(here, model)
            assert len(model.asked) == 2 + most, why
            [note] = [each.text for each in events if isinstance(each, Notice) and each.code == "tools"]
            assert note.startswith(f"The tool think gets no more answers of a model: {why}")
        assert (model.asked[1].max_tokens, model.asked[3].max_tokens) == (48, 2)
        await deciding


async def test_an_actor_with_few_tools_of_its_own_can_be_asked_all_the_same(tmp_path: Path) -> None:
    async with a_thinking_box(tmp_path, Model(lambda _request, _number: words("Moon."))) as here:
        call, approval = await here.begin("think", replace(HERE, tools=("think",)))
        assert approval.tool == "think__sampling"
        await here.box.approvals.decide(approval.id, "grant", by="Ada")
        assert (await call).text == "accept: Moon."
        # Who has not the right to the network has it by no approval either.
        local = replace(HERE, allowed=frozenset({"read", "write", "execute"}))
        assert (await here.call("think", local)).text == "decline: "


async def test_a_tool_is_told_the_folders(tmp_path: Path) -> None:
    async with a_thinking_box(tmp_path, Model(lambda _request, _number: words("ok"))) as here:
        assert (await here.call("where")).text == "file:///root/a%20b file:///root"
        # An outside agent is asked for its own.
        outside = replace(HERE, actor=replace(HERE.actor, kind="mcp"))
        assert "cannot be asked" in (await here.call("where", outside)).text
    async with a_box(tmp_path) as here:
        here.box.registry.add(declared(where, effects=["read"], source="package:x"))
        assert "there is nobody here of whom a person could be asked" in (await here.call("where")).text
