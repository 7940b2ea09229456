"""`%%lumina --tools` in a kernel without a server: functions of the notebook are called, and a person is asked."""

from __future__ import annotations

import json

from tests.replay.answers import call_reply, chat_reply

from .conftest import Start

DECLARE = """
import lumina_jupyter as lumina
done = []

@lumina.tool(effects=["read"])
def shout(word: str) -> str:
    "Say a word loudly."
    done.append(word)
    return word.upper()

@lumina.tool
def erase(what: str) -> None:
    "Erase something."
    done.append(f"erased {what}")
"""


async def test_a_cell_calls_what_only_looks_and_asks_about_the_rest(start: Start) -> None:
    replies = (
        call_reply("shout", '{"word": "hi"}'),
        chat_reply("It said HI."),
        call_reply("erase", '{"what": "all"}'),
        chat_reply("I may not."),
        chat_reply("No tools here."),
    )
    async with start(*replies, models={"lab/m": {"context": 8192}}) as (kernel, server):
        assert (await kernel.run(DECLARE)).status == "ok"
        listed = await kernel.run("%lumina tools")
        assert "shout" in listed.text
        assert "when you approve" in listed.text

        ran = await kernel.run("%%lumina --tools\nShout hi.")
        assert ran.status == "ok", ran.text
        assert "It said HI." in ran.text
        assert "shout: done" in ran.text
        assert await kernel.value("done") == "['hi']"
        offered = {tool["function"]["name"] for tool in json.loads(server.requests[-2].body)["tools"]}
        assert {"shout", "erase", "read_more"} <= offered

        # Nobody can be asked through this front end: then nobody has allowed it.
        ran = await kernel.run("%%lumina --tools\nErase all.")
        assert ran.status == "ok", ran.text
        assert "erase: failed" in ran.text
        assert "was denied" in ran.text
        assert await kernel.value("done") == "['hi']"
        assert "Nothing waits" in (await kernel.run("%lumina approvals")).text
        wrong = await kernel.run("%lumina approve apr_0 always")
        assert wrong.status == "error"
        assert "no approval" in wrong.text

        ran = await kernel.run("%%lumina\nAnd without?")
        assert "tools" not in json.loads(server.requests[-1].body)


async def test_a_dry_run_names_the_tools(start: Start) -> None:
    async with start(chat_reply("never")) as (kernel, server):
        assert (await kernel.run(DECLARE)).status == "ok"
        ran = await kernel.run("%%lumina --tools --dry-run\nShout hi.")
        assert "read_more" in ran.text
        assert "shout" in ran.text
        assert not [request for request in server.requests if request.method == "POST"]
