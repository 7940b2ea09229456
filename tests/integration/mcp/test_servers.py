"""Servers that behave: over both transports, in old and new protocols, with everything that they can ask."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from lumina_jupyter.errors import InvalidArguments, McpCallFailed, McpServerUnavailable, UnknownTool
from lumina_jupyter.tools.mcp.client import Limits
from lumina_jupyter.tools.mcp.client.host import Answer

from .conftest import SERVERS, Desk, entry, hostile, until


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the honest server listens."""
    process = subprocess.Popen([sys.executable, str(SERVERS / "honest.py"), "http"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("transport", ["stdio", "http"])
async def test_a_servers_tools_resources_and_prompts_are_tools_of_ours(
    desk: Desk, transport: str, address: str
) -> None:
    await desk.start(kind=entry("honest.py") if transport == "stdio" else {"url": address})
    status = desk.status("kind")
    assert (status.state, status.version, status.error) == ("ready", "2026-07-28", "")
    assert await desk.call("mcp__kind__add", a=2, b=3) == "5"
    assert await desk.call("mcp__kind__steps", count=2) == "2 steps"
    assert "step 1 (1 of 2)" in desk.said
    assert "note://first" in await desk.call("mcp__kind__list_resources")
    assert "the first of all notes" in await desk.call("mcp__kind__read_resource", uri="note://first")
    assert "the note of mine" in await desk.call("mcp__kind__read_resource", uri="note://of%20mine")
    assert "greet" in await desk.call("mcp__kind__list_prompts")
    assert await desk.call("mcp__kind__get_prompt", name="greet", arguments={"name": "Ada"}) == "user: Greet Ada."


async def test_what_goes_wrong_is_told_in_words(desk: Desk, address: str) -> None:
    await desk.start(kind={"url": address})
    with pytest.raises(McpCallFailed, match="it cannot be done"):
        await desk.call("mcp__kind__fail")
    with pytest.raises(InvalidArguments, match="`b` is missing"):
        await desk.call("mcp__kind__add", a=1)
    with pytest.raises(InvalidArguments, match="`a` is no integer"):
        await desk.call("mcp__kind__add", a="one", b=1)
    with pytest.raises(McpCallFailed):
        await desk.call("mcp__kind__read_resource", uri="note:nowhere")


@pytest.mark.parametrize("transport", ["stdio", "http"])
async def test_a_server_asks_a_person_and_a_model_during_a_call(desk: Desk, transport: str, address: str) -> None:
    await desk.start(kind=entry("honest.py") if transport == "stdio" else {"url": address})
    assert await desk.call("mcp__kind__wish", user="ada") == "accept green"
    [(question, user)] = desk.person.asked
    assert (question.message, question.server, user) == ("Which color?", "kind", "ada")
    assert question.schema is not None
    assert question.schema["properties"]["color"]["default"] == "blue"
    desk.person.answer = Answer("decline")
    assert await desk.call("mcp__kind__wish") == "decline"
    assert await desk.call("mcp__kind__word") == "lab/m says moon"
    assert desk.person.sampled[0].max_tokens == 10
    assert await desk.call("mcp__kind__where") == "file:///home/ada/a%20folder and file:///home/ada"
    desk.person.refuses = True
    with pytest.raises(McpCallFailed, match="Nobody approved it"):
        await desk.call("mcp__kind__word")


async def test_old_servers_ask_during_calls_too(desk: Desk) -> None:
    await desk.start(old=hostile("asks-for-ever"))
    assert desk.status("old").version == "2025-11-25"
    # Twenty questions are answered in one call, and no more.
    assert await desk.call("mcp__old__tool") == '{"answered": 20, "refused": 80}'


async def test_what_is_answered_ends_with_the_call_that_is_given_up(desk: Desk) -> None:
    await desk.start(old=hostile("samples-for-ever"))
    answering, ended = asyncio.Event(), asyncio.Event()

    async def hang(*_asked: object) -> None:
        answering.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    desk.person.sample = hang  # type: ignore[method-assign,assignment]
    call = asyncio.ensure_future(desk.call("mcp__old__tool"))
    await asyncio.wait_for(answering.wait(), 60)
    call.cancel()
    await asyncio.wait_for(ended.wait(), 60)


async def test_several_servers_at_once(desk: Desk) -> None:
    await desk.start(one=hostile("good"), two=hostile("good"), three=hostile("good"))
    answers = await asyncio.gather(*(desk.call(f"mcp__{name}__tool", text=name) for name in ("one", "two", "three")))
    assert [answer.split()[0] for answer in answers] == ["one", "two", "three"]
    assert len({answer.split()[-1] for answer in answers}) == 3


async def test_lines_that_are_no_messages_are_passed_over(desk: Desk) -> None:
    await desk.start(chatty=hostile("banner"))
    assert (await desk.call("mcp__chatty__tool", text="hi")).startswith("hi from")


async def test_the_file_is_followed(desk: Desk) -> None:
    await desk.start(one=hostile("good"))
    first = await desk.call("mcp__one__tool")
    desk.write(one=hostile("good"), two=hostile("good"))
    await desk.servers.ready()
    assert await desk.call("mcp__one__tool") == first
    assert await desk.call("mcp__two__tool")
    desk.write(two=hostile("good", env={"CHANGED": "1"}))
    await desk.servers.ready()
    with pytest.raises(UnknownTool):
        desk.registry.get("mcp__one__tool")
    assert await desk.call("mcp__two__tool")
    desk.path.write_text('{"mcpServers": {')
    await desk.servers.ready()
    assert await desk.call("mcp__two__tool")
    assert desk.status("mcp0.json").state == "wrong"
    desk.path.unlink()
    await desk.servers.ready()
    assert desk.registry.list() == []


async def test_the_file_is_looked_at_again_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lumina_jupyter.tools.mcp.client.servers.LOOK_SECONDS", 0.01)
    await desk.start(one=hostile("good"))
    found = asyncio.Event()
    desk.registry.watch(lambda: found.set() if desk.registry.sources().get("mcp:two") else None)
    desk.write(one=hostile("good"), two=hostile("good"))
    await asyncio.wait_for(found.wait(), 60)


async def test_tools_that_change_are_exchanged(desk: Desk) -> None:
    await desk.start(moody=hostile("changes"))
    changed = asyncio.Event()
    desk.registry.watch(changed.set)
    await desk.call("mcp__moody__tool")
    await asyncio.wait_for(changed.wait(), 60)
    assert await desk.call("mcp__moody__second", text="b")


async def test_a_server_that_died_is_started_again(desk: Desk, tmp_path: object) -> None:
    await desk.start(frail=hostile("dies-once", f"{tmp_path}/died"))
    with pytest.raises(McpServerUnavailable, match="went away"):
        await desk.call("mcp__frail__tool")
    assert (await desk.call("mcp__frail__tool", text="again")).startswith("again from")
    assert desk.link("frail").starts == 2


async def test_a_server_that_is_killed_is_started_again(desk: Desk) -> None:
    await desk.start(frail=hostile("good"))
    first = int((await desk.call("mcp__frail__tool")).split()[-1])
    os.kill(first, 9)
    await desk.settle("frail", "waiting", "starting")
    second = int((await desk.call("mcp__frail__tool")).split()[-1])
    assert second != first


async def test_a_call_that_is_given_up_leaves_the_server_well(desk: Desk) -> None:
    await desk.start(kind=entry("honest.py"))
    for _again in range(3):
        call = asyncio.ensure_future(desk.call("mcp__kind__wait"))
        await until(lambda: "waiting (1)" in desk.said)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        desk.said.clear()
    assert await desk.call("mcp__kind__add", a=1, b=1) == "2"


async def test_a_call_that_takes_too_long_ends_in_words(make_desk: Callable[..., Desk], address: str) -> None:
    desk = make_desk()
    await desk.start(slow=hostile("silent", timeout=0.2), kind={"url": address, "timeout": 0.2})
    for name in ("mcp__slow__tool", "mcp__kind__wait"):
        with pytest.raises(McpServerUnavailable, match=r"within 0\.2 seconds"):
            await desk.call(name)


async def test_asking_a_person_does_not_use_up_a_calls_time(make_desk: Callable[..., Desk], address: str) -> None:
    desk = make_desk()
    await desk.start(kind={"url": address, "timeout": 2})
    slow = asyncio.Event()
    answer = desk.person.answer

    async def slowly(*_asked: object) -> Answer:
        await asyncio.wait_for(asyncio.shield(slow.wait()), 60)
        return answer

    desk.person.ask = slowly  # type: ignore[method-assign,assignment]
    call = asyncio.ensure_future(desk.call("mcp__kind__wish"))
    asyncio.get_running_loop().call_later(2.5, slow.set)
    assert await call == "accept green"


async def test_without_a_file_nothing_is_read_or_started(desk: Desk) -> None:
    await desk.servers.ready()
    assert desk.servers._looking is None
    assert desk.servers.statuses() == []


async def test_servers_that_are_switched_off_are_told(desk: Desk) -> None:
    await desk.start(off=hostile("good", disabled=True), wrong={"command": ["a"]})
    assert desk.status("off").state == "off"
    assert desk.status("wrong").state == "wrong"
    assert desk.registry.list() == []


async def test_a_program_that_is_not_there_is_told(desk: Desk) -> None:
    await desk.start(missing={"command": "no-such-program-anywhere"})
    status = await desk.settle("missing", "failed")
    assert "no-such-program-anywhere" in status.error
    with pytest.raises(UnknownTool):
        await desk.call("mcp__missing__tool")


async def test_an_address_where_nobody_listens_is_told(desk: Desk) -> None:
    await desk.start(away={"url": "http://127.0.0.1:9/mcp"})
    status = await desk.settle("away", "failed")
    assert "away" in status.error


async def test_a_failed_server_can_be_restarted_by_hand(desk: Desk) -> None:
    await desk.start(crash=hostile("crash"))
    await desk.settle("crash", "failed")
    starts = desk.link("crash").starts
    await desk.servers.restart("crash")
    assert desk.link("crash").starts <= starts
    await desk.settle("crash", "failed")


async def test_starting_is_waited_for_no_longer_than_asked(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(Limits(start=600, end=0.3))
    desk.write(never=hostile("never"), good=hostile("good"))
    await desk.servers.refresh()
    await asyncio.wait_for(desk.servers.ready(0.01), 30)
    assert desk.status("never").state == "starting"
