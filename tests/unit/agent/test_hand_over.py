"""Several personas in one conversation: who is addressed, what each sees and may call, and how one hands over."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lumina_jupyter.agent.personas import Personas, addressed, hand_over_tool, with_hand_overs
from lumina_jupyter.errors import UnknownName
from lumina_jupyter.events import (
    Cost,
    Event,
    Failed,
    MessageFinished,
    MessageStarted,
    Notice,
    TextDelta,
    ToolCallFinished,
    ToolResult,
    Usage,
)
from lumina_jupyter.gateway import ChatRequest, Message, TextPart
from lumina_jupyter.memory.question import Question
from lumina_jupyter.tools.loop import Abilities, ToolLoop
from tests.unit.tools.box import HERE, a_box
from tests.unit.tools.test_loop import Model, Says, calls, words

GIVE = {"persona": "engineer", "note": "Write the code."}


async def conversed(
    folder: Path, says: Says, persona: str = "analyst", stop: asyncio.Event | None = None
) -> tuple[list[Event], Model]:
    """One answer in which personas take part; each of these has every tool of the toolbox."""
    for name, other in (("analyst", "engineer"), ("engineer", "analyst")):
        (folder / f"{name}.yaml").write_text(
            f"title: {name.title()}\nprompt: I am the {name}.\nhands_over_to: [{other}]\n"
        )
    personas = Personas([folder])

    async def able(_name: str) -> Abilities:
        return Abilities(tools=True)

    async with a_box(folder) as here:
        here.box.registry.add(hand_over_tool(personas))
        model = Model(says)
        loop = ToolLoop(here.settings, here.box, model.chat, able)
        who = await personas.get(persona) if persona else None
        request = ChatRequest(messages=(Message.of("system", who.prompt if who else "x"), Message.of("user", "Do it.")))
        answer = with_hand_overs(loop.run, personas, who, request, HERE, stop or asyncio.Event())
        return [event async for event in answer], model


async def test_the_next_one_goes_on_in_the_same_answer(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        return calls(("look", {}), ("hand_over", GIVE), text="Not mine.") if number == 0 else words("Here it is.")

    events, model = await conversed(tmp_path, says)
    assert [type(each) for each in events].count(MessageStarted) == 1
    assert events[-3:] == [Usage(30, 5), Cost(0.75), MessageFinished("stop")]
    assert Notice("persona", "Engineer goes on.") in events
    assert [each.text for each in events if isinstance(each, TextDelta)] == ["Not mine.", "\n\nHere it is."]
    assert [message.role for message in model.asked[1].messages] == ["system", "user", "assistant", "user"]
    assert model.asked[1].messages[0].text.startswith("I am the engineer.")
    assert "analyst" not in model.asked[1].messages[0].text
    assert model.asked[1].messages[-1].text == "Analyst hands over to you: Write the code."


async def test_calls_of_the_next_one_have_ids_and_numbers_of_their_own(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        if number == 0:
            return calls(("hand_over", GIVE))
        return calls(("look", {})) if number == 1 else words("Done.")

    events, _ = await conversed(tmp_path, says)
    finished = [each for each in events if isinstance(each, ToolCallFinished)]
    assert [each.index for each in finished] == [0, 1]
    assert len({each.id for each in finished}) == 2
    assert [each.id for each in events if isinstance(each, ToolResult)] == [each.id for each in finished]


async def test_two_that_hand_over_to_each_other_without_end_have_to_answer(tmp_path: Path) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        if not any(tool.name == "hand_over" for tool in request.tools):
            return words("Enough.")
        to = "analyst" if "the engineer" in request.messages[0].text else "engineer"
        return calls(("hand_over", {"persona": to, "note": "You."}))

    events, model = await conversed(tmp_path, says)
    assert len([each for each in events if isinstance(each, Notice) and each.code == "persona"]) == 3
    assert len(model.asked) == 4
    assert events[-1] == MessageFinished("stop")


@pytest.mark.parametrize("to", ["teacher", "nobody", "analyst"])
async def test_nobody_hands_over_to_whom_it_may_not(tmp_path: Path, to: str) -> None:
    def says(request: ChatRequest, number: int) -> list[Event]:
        return calls(("hand_over", {"persona": to, "note": "You."})) if number == 0 else words("Then I do it.")

    events, model = await conversed(tmp_path, says)
    assert [each.is_error for each in events if isinstance(each, ToolResult)] == [True]
    assert all("the analyst" in request.messages[0].text for request in model.asked)
    assert events[-1] == MessageFinished("stop")


async def test_lumina_itself_is_not_offered_it(tmp_path: Path) -> None:
    events, model = await conversed(tmp_path, lambda request, number: words("Yes."), persona="")
    assert "hand_over" not in {tool.name for tool in model.asked[0].tools}
    assert {"look", "edit"} <= {tool.name for tool in model.asked[0].tools}
    assert events[-1] == MessageFinished("stop")


async def test_a_failure_and_a_stop_end_the_answer_once(tmp_path: Path) -> None:
    def fails(request: ChatRequest, number: int) -> list[Event]:
        return calls(("hand_over", GIVE)) if number == 0 else [Failed("overloaded", "Too much.", "Wait.")]

    events, _ = await conversed(tmp_path, fails)
    assert [type(each) for each in events if isinstance(each, Failed | MessageFinished)] == [Failed]

    stop = asyncio.Event()

    def stopped(request: ChatRequest, number: int) -> list[Event]:
        stop.set()
        return calls(("hand_over", GIVE))

    (tmp_path / "other").mkdir()
    events, model = await conversed(tmp_path / "other", stopped, stop=stop)
    assert len(model.asked) == 1
    assert events[-1] == MessageFinished("cancelled")


async def test_who_is_addressed_answers(tmp_path: Path) -> None:
    (tmp_path / "poet.yaml").write_text("prompt: Rhyme.\nmodel: openai/rhymer\n")
    personas = Personas([tmp_path])

    async def ask(text: str, **fields: str) -> Question:
        return await addressed(Question(prompt=(TextPart(text),), **fields), personas)  # type: ignore[arg-type]

    question = await ask("@poet, what is @df about?")
    assert (question.persona, question.text, question.model) == ("poet", "what is @df about?", "openai/rhymer")
    assert question.system == "Rhyme."
    assert (await ask("@poet go", model="p/m")).model == "p/m"
    assert (await ask("hello", persona="poet")).system == "Rhyme."
    for text in ("@df head", "ask @poet something", "@poet.line", "mail me@poet now", "@poet"):
        unchanged = await ask(text)
        assert (unchanged.persona, unchanged.text) == ("", text)
    with pytest.raises(UnknownName):
        await ask("hello", persona="pot")
