"""Servers that do wrong, each in its own way: all end in words, within limits, and leave nothing behind."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lumina_jupyter.errors import McpCallFailed, McpServerMisbehaved, McpServerUnavailable
from lumina_jupyter.tools.mcp.client.environment import MARK

from .conftest import QUICK, Desk, entry, hostile, started_by_us, until

MakeDesk = Callable[..., Desk]


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("crash", "cannot find my configuration"),
        ("garbage", "messages that are none"),
        ("endless-line", "more than 1 MB"),
        ("never", "did not answer within"),
        ("pages", "more than 3 pages"),
        ("wrong-list", "does not speak the protocol"),
    ],
)
async def test_a_server_that_cannot_be_used_is_given_up_in_words(make_desk: MakeDesk, mode: str, told: str) -> None:
    start = 1.0 if mode == "never" else 60.0
    desk = make_desk(replace(QUICK, start=start, message=1_000_000, garbage=50, pages=3, restarts=0))
    await desk.start(bad=hostile(mode), good=hostile("good"))
    status = await desk.settle("bad", "failed")
    assert told in status.error
    assert "a1B2" not in status.error
    assert (await desk.call("mcp__good__tool", text="fine")).startswith("fine")


async def test_a_flood_is_cut_off(make_desk: MakeDesk) -> None:
    desk = make_desk(replace(QUICK, burst=300, rate=0.001, restarts=0))
    await desk.start(bad=hostile("flood"))
    status = await desk.settle("bad", "failed")
    assert "messages a second" in status.error


async def test_a_server_that_always_dies_is_left_alone(make_desk: MakeDesk) -> None:
    desk = make_desk(replace(QUICK, restarts=3))
    await desk.start(bad=hostile("crash"))
    await desk.settle("bad", "failed")
    assert desk.link("bad").starts == 4


async def test_a_server_that_dies_in_a_call_is_told(desk: Desk) -> None:
    await desk.start(bad=hostile("dies"))
    with pytest.raises(McpServerUnavailable, match="whether that took effect is not known"):
        await desk.call("mcp__bad__tool")


async def test_a_result_without_end_is_cut_off(make_desk: MakeDesk) -> None:
    desk = make_desk(replace(QUICK, message=1_000_000))
    await desk.start(bad=hostile("giant-result"))
    with pytest.raises(McpServerMisbehaved, match="more than 1 MB"):
        await desk.call("mcp__bad__tool")


@pytest.mark.parametrize(("mode", "told"), [("wrong-result", "protocol does not allow"), ("lies", "`n` is no integer")])
async def test_a_result_that_is_not_what_was_said_is_refused(desk: Desk, mode: str, told: str) -> None:
    await desk.start(bad=hostile(mode))
    with pytest.raises(McpServerMisbehaved, match=told):
        await desk.call("mcp__bad__tool")


async def test_a_schema_cannot_keep_us_busy(desk: Desk) -> None:
    await desk.start(bad=hostile("redos"))
    await asyncio.wait_for(desk.call("mcp__bad__tool", text="a" * 64 + "!"), 60)


async def test_an_error_of_a_server_is_quoted_without_keys(desk: Desk) -> None:
    await desk.start(bad=hostile("error"))
    with pytest.raises(McpCallFailed, match="no: ") as caught:
        await desk.call("mcp__bad__tool")
    assert "a1B2" not in str(caught.value)


async def test_an_image_that_is_none_is_not_shown(desk: Desk) -> None:
    await desk.start(bad=hostile("bad-image"))
    assert "cannot be shown" in await desk.call("mcp__bad__tool")


async def test_a_server_without_measure_offers_only_so_many_tools(make_desk: MakeDesk) -> None:
    desk = make_desk(replace(QUICK, tools=10))
    await desk.start(bad=hostile("many"))
    assert len(desk.registry.list()) == 10
    assert "more than 10 tools" in desk.status("bad").left_out[0]


async def test_what_a_server_says_of_a_tool_is_cleaned(desk: Desk) -> None:
    await desk.start(bad=hostile("hidden"))
    [tool] = desk.registry.list()
    assert len(tool.name) <= 64
    assert len(tool.description) < 2100
    assert tool.description.startswith("[MCP server bad] Good tool")
    assert "a1B2" not in tool.description


async def test_a_tool_with_a_huge_schema_is_left_out(desk: Desk) -> None:
    await desk.start(bad=hostile("huge-schema"))
    assert [tool.name for tool in desk.registry.list()] == ["mcp__bad__small"]
    assert "huge" in desk.status("bad").left_out[0]


async def test_hints_lower_nothing_unless_a_person_trusts_the_server(desk: Desk) -> None:
    await desk.start(stranger=hostile("good"), friend=hostile("good", trusted=True))
    assert desk.registry.get("mcp__stranger__tool").effects == {"read", "write", "execute", "network"}
    assert desk.registry.get("mcp__friend__tool").effects == {"read"}


async def test_sampling_in_a_loop_ends(desk: Desk) -> None:
    await desk.start(bad=hostile("samples-for-ever"))
    assert await desk.call("mcp__bad__tool") == '{"answered": 20, "refused": 80}'
    assert {each.max_tokens for each in desk.person.sampled} == {4096}


async def test_a_call_in_which_a_server_asks_without_end_is_broken_off(make_desk: MakeDesk) -> None:
    desk = make_desk(replace(QUICK, questions=2, restarts=0))
    await desk.start(bad=hostile("asks-without-end"))
    with pytest.raises(McpServerMisbehaved, match="asked 20 times in one call, where 2 are allowed"):
        await desk.call("mcp__bad__tool")
    assert len(desk.person.asked) == 2


async def test_who_asks_without_a_call_gets_no_answer(desk: Desk, tmp_path: Path) -> None:
    await desk.start(bad=hostile("asks-unasked", f"{tmp_path}/reply"))
    reply = tmp_path / "reply"
    await until(lambda: reply.exists() and reply.read_text().endswith("\n"))
    assert "error" in json.loads(reply.read_text())
    assert desk.person.asked == []


async def test_where_calls_of_two_people_run_neither_is_asked(desk: Desk) -> None:
    await desk.start(kind=entry("honest.py"), bad=hostile("asks-for-ever"))
    connection = await desk.link("bad").connected()
    from lumina_jupyter.tools import Actor, ToolContext

    with connection._asking.during(ToolContext(actor=Actor("chat", "bob")), 60):
        answer = await asyncio.create_task(desk.call("mcp__bad__tool", user="ada"))
    assert answer == '{"answered": 0, "refused": 100}'
    assert desk.person.asked == []


async def test_a_server_gets_none_of_our_secrets(make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "OPENAI_API_KEY": "sk-1",
        "LUMINA_TOKEN": "t",
        "JUPYTER_TOKEN": "t",
        "JPY_API_TOKEN": "t",
        "AWS_SECRET_ACCESS_KEY": "s",
        "HTTPS_PROXY": "http://user:secret@proxy:1",
        "SOME_VARIABLE": "x",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    desk = make_desk(environment={"MINE": "yes"})
    await desk.start(one=hostile("environment", env={"GIVEN": "${MINE}", "ELSE": "${NOT_SET:-other}"}))
    seen = json.loads(await desk.call("mcp__one__tool"))
    assert set(secrets).isdisjoint(seen)
    assert (seen["GIVEN"], seen["ELSE"]) == ("yes", "other")
    assert "PATH" in seen


@pytest.mark.parametrize("how", ["close", "mid-call", "killed"])
async def test_nothing_that_a_server_started_is_left(make_desk: MakeDesk, tmp_path: Path, how: str) -> None:
    desk = make_desk(replace(QUICK, restarts=0))
    await desk.start(bad=hostile("stubborn", f"{tmp_path}/pids"))
    server = int((await desk.call("mcp__bad__tool")).split()[-1])
    written = tmp_path / "pids"
    await until(lambda: written.exists() and written.read_text().count("\n") == 2)
    pids = [int(line) for line in written.read_text().split()]
    mark = psutil.Process(server).environ()[MARK]
    assert psutil.Process(pids[0]).environ()[MARK] == psutil.Process(pids[1]).environ()[MARK] == mark
    call = None
    if how == "mid-call":
        call = asyncio.ensure_future(desk.call("mcp__bad__tool"))
        await asyncio.sleep(0)
    if how == "killed":
        os.kill(server, 9)
        await desk.settle("bad", "failed")
    else:
        await desk.servers.close()
    if call is not None:
        with pytest.raises((McpServerUnavailable, McpCallFailed)):
            await call
    assert started_by_us() == []
    assert not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids)
