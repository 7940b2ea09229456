"""Questions of servers that wait for a person."""

from __future__ import annotations

import asyncio

import pytest

from lumina_jupyter.errors import InvalidArguments, NotFound
from lumina_jupyter.tools import Actor, ToolContext
from lumina_jupyter.tools.mcp.client import Elicitations
from lumina_jupyter.tools.mcp.client.elicitation import MOST_WAITING
from lumina_jupyter.tools.mcp.client.host import Question

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "count": {"type": "integer", "default": 3}},
    "required": ["name", "count"],
}
QUESTION = Question(server="shop", message="Who? sk-" + "a1B2" * 8, schema=SCHEMA)


def context(user: str = "ada") -> ToolContext:
    return ToolContext(actor=Actor("chat", user), notebook="a.ipynb")


async def asked(questions: Elicitations, user: str = "ada") -> asyncio.Task[object]:
    task: asyncio.Task[object] = asyncio.create_task(questions.ask(QUESTION, context(user)))
    await asyncio.sleep(0)
    return task


async def test_an_answer_reaches_who_asked() -> None:
    questions = Elicitations()
    changes: list[int] = []
    questions.watch(lambda: changes.append(len(questions.waiting("ada"))))
    task = await asked(questions)
    [waiting] = questions.waiting("ada")
    assert (waiting.server, waiting.notebook, waiting.message) == ("shop", "a.ipynb", "Who? sk-***")
    questions.answer(waiting.id, "ada", "accept", {"name": "Bob"})
    answer = await task
    assert (answer.action, answer.content) == ("accept", {"name": "Bob", "count": 3})  # type: ignore[attr-defined]
    assert questions.waiting("ada") == []
    assert changes == [1, 0]


async def test_nobody_answers_for_another() -> None:
    questions = Elicitations()
    task = await asked(questions)
    [waiting] = questions.waiting("ada")
    assert questions.waiting("bob") == []
    with pytest.raises(NotFound):
        questions.answer(waiting.id, "bob", "accept", {"name": "Bob"})
    questions.answer(waiting.id, "ada", "decline")
    with pytest.raises(NotFound):
        questions.answer(waiting.id, "ada", "accept", {"name": "Bob"})
    assert (await task).action == "decline"  # type: ignore[attr-defined]


async def test_an_answer_must_be_one() -> None:
    questions = Elicitations()
    task = await asked(questions)
    [waiting] = questions.waiting("ada")
    for wrong in ({}, {"name": 3}, {"name": "Bob", "count": "many"}, {"name": "x" * 200_000}):
        with pytest.raises(InvalidArguments):
            questions.answer(waiting.id, "ada", "accept", wrong)
    assert not task.done()
    task.cancel()


async def test_a_question_does_not_wait_for_ever() -> None:
    questions = Elicitations(0.01)
    assert (await questions.ask(QUESTION, context())).action == "cancel"
    assert questions.waiting("ada") == []


async def test_only_so_many_wait() -> None:
    questions = Elicitations()
    tasks = [await asked(questions) for _each in range(MOST_WAITING)]
    assert (await questions.ask(QUESTION, context())).action == "cancel"
    for task in tasks:
        task.cancel()
