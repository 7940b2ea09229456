"""What tools ask people while they run: it waits for the right one, it is answered once, and it never waits for ever."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.errors import InvalidArguments, NotFound
from lumina_jupyter.events import Event, Notice, ToolResult
from lumina_jupyter.tools import Actor, AskModel, AskPerson, QuestionAsked, QuestionOver, ToolContext, declared
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
    noted: list[QuestionAsked | QuestionOver] = []
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
    noted: list[QuestionAsked | QuestionOver] = []
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
        here.box.registry.add(declared(greet, effects=["read"], source="package:x", timeout=0.05))
        events = await _turn(here)
        [told] = [each for each in events if isinstance(each, ToolResult)]
        assert told.is_error
        assert "greet asks something, and there is nobody here of whom a person could be asked" in told.content
        here.box.questions.reachable = True
        turn = asyncio.create_task(_turn(here))
        async for question in here.box.questions.watch(HERE.actor.user):
            assert (question.who, question.message, question.run) == ("The tool greet", "Your name?", HERE.actor.run)
            await asyncio.sleep(0.15)
            here.box.questions.answer(question.id, HERE.actor.user, "accept", {"name": "Ada"})
            break
        events = await turn
        assert [each.content for each in events if isinstance(each, ToolResult)] == ["accept: Ada"]
        notices = [(each.code, question.id in each.text) for each in events if isinstance(each, Notice)]
        assert notices == [("question", True), ("question_over", True)]
        # An outside agent is asked itself, or not at all: no person of ours answers for it.
        outside = replace(HERE, actor=replace(HERE.actor, kind="mcp"))
        assert "cannot be asked" in (await here.call("greet", outside)).text
