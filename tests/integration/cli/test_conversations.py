"""Notebooks' conversations from a terminal: beside panels on a real server, and without a server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.integration.server.conversing import Panel, follow, read_until_kept
from tests.integration.server.process import Running, server
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer, Reply

from .running import Home
from .terminal import Terminal, terminal

CONVERSATIONS = "lumina/api/conversations"
NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def settings(provider: ReplayServer) -> dict[str, Any]:
    return {
        "endpoints": {"lab": {"base_url": f"{provider.url}/v1"}},
        "models": {"lab/m": {"context": 8192}},
        "default_model": "lab/m",
        "retry_base_delay": 0.0,
    }


@asynccontextmanager
async def lab(home: Home, *replies: Reply) -> AsyncIterator[tuple[Running, httpx.AsyncClient, ReplayServer]]:
    """A Jupyter server of the same user as the command, and who else talks to it."""
    async with ReplayServer(*replies) as provider:
        running = server(home.path, lumina=settings(provider), forked=True)
        jupyter = await asyncio.to_thread(running.__enter__)
        try:
            (root(home) / "a.ipynb").write_text(NOTEBOOK)
            headers = {"Authorization": f"Bearer {jupyter.token}"}
            async with httpx.AsyncClient(base_url=jupyter.url, headers=headers, timeout=30) as http:
                yield jupyter, http, provider
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)


def root(home: Home) -> Path:
    return home.path / "root with spaces"


def notebook(home: Home) -> str:
    return str(root(home) / "a.ipynb")


async def begin(http: httpx.AsyncClient, title: str = "") -> str:
    response = await http.post(CONVERSATIONS, json={"notebook": "a.ipynb", "title": title})
    return str(response.json()["id"])


async def ask(http: httpx.AsyncClient, conversation: str, text: str) -> str:
    response = await http.post(f"{CONVERSATIONS}/{conversation}/turns", json={"text": text})
    assert response.status_code == 202, response.text
    return str(response.json()["turn"])


@contextmanager
def chatting(home: Home, *arguments: str) -> Iterator[Terminal]:
    """`lumina chat` on a terminal; it is left at its prompt, in good order."""
    with terminal(home, "chat", *arguments) as tty:
        yield tty
        at = len(tty.shown)
        tty.type("/exit\r")
        tty.wait_for("/exit", after=at)
        assert tty.end() == 0
        assert "Traceback" not in tty.shown


async def test_a_question_goes_into_the_notebooks_conversation_and_a_panel_sees_it_live(home: Home) -> None:
    body = chat_reply("for", "ty-two").body
    held = Reply(body=body, content_type="text/event-stream", cut=64, hold_after=body.index(b"ty-two") - 100)
    async with lab(home, held) as (_, http, provider):
        conversation = await begin(http)
        asking = asyncio.create_task(
            asyncio.to_thread(home.json, "chat", "--notebook", notebook(home), "Six times seven?")
        )
        panel = Panel()
        async with asyncio.timeout(60), aclosing(follow(http, conversation, panel)) as told:
            async for _ in told:
                if panel.entries and panel.text(panel.entries[0]["turn"]) == "for":
                    break
        assert not asking.done()
        provider.go_on()
        answer = await asking
        assert (answer["text"], answer["conversation"], answer["model"]) == ("forty-two", conversation, "lab/m")
        assert (answer["usage"]["output_tokens"], answer["finish"]) == (3, "stop")
        question = panel.entries[0]
        await read_until_kept(http, conversation, question["turn"], panel)
        assert question["data"]["text"] == "Six times seven?"
        assert panel.text(question["turn"]) == "forty-two"


async def test_a_session_shows_what_was_said_and_what_others_ask_meanwhile(home: Home) -> None:
    replies = [chat_reply("the first answer"), chat_reply("mine"), chat_reply("the answer to them")]
    async with lab(home, *replies) as (_, http, _provider):
        conversation = await begin(http)
        await read_until_kept(http, conversation, await ask(http, conversation, "The first question"))

        def talk(tty: Terminal, text: str, *expected: str) -> None:
            at = len(tty.shown)
            tty.type(f"{text}\r")
            for each in (*expected, "> "):
                at = tty.wait_for(each, after=at)

        with chatting(home, "--conversation", conversation[:12]) as tty:
            await asyncio.to_thread(tty.wait_for, "a.ipynb · The first question")
            await asyncio.to_thread(tty.wait_for, "the first answer\n> ")
            await asyncio.to_thread(talk, tty, "Mine?", "mine", "lab/m")
            await read_until_kept(http, conversation, await ask(http, conversation, "What of theirs?"))
            await asyncio.to_thread(talk, tty, "", "What of theirs?", "the answer to them")
            await asyncio.to_thread(talk, tty, "", "")
        shown = tty.shown
    assert shown.count("the first answer") == 1
    assert shown.count("What of theirs?") == 1
    assert shown.count("the answer to them") == 1
    assert ": Mine?" not in shown


async def test_ctrl_c_stops_the_turn_for_everybody(home: Home) -> None:
    body = chat_reply("some", "thing long").body
    held = Reply(body=body, content_type="text/event-stream", cut=64, hold_after=body.index(b"thing long") - 100)
    async with lab(home, held) as (_, http, provider):
        conversation = await begin(http)
        with chatting(home, "--notebook", notebook(home)) as tty:
            await asyncio.to_thread(tty.wait_for, "> ")
            tty.type("Go on for long\r")
            at = await asyncio.to_thread(tty.wait_for, "some")
            tty.interrupt()
            at = await asyncio.to_thread(tty.wait_for, "stopped", after=at)
            await asyncio.to_thread(tty.wait_for, "> ", after=at)
            await asyncio.wait_for(provider.until_answering(0), 60)
        (question, *_) = (await http.get(f"{CONVERSATIONS}/{conversation}/events")).json()["events"]
        # The end of a turn is in the log a moment after those who read along know of it.
        await read_until_kept(http, conversation, question["turn"])
        events = (await http.get(f"{CONVERSATIONS}/{conversation}/events")).json()["events"]
    assert events[-1]["kind"] == "message_finished"
    assert events[-1]["data"]["reason"] == "cancelled"


async def test_commands_list_open_rename_and_export(home: Home) -> None:
    async with lab(home, chat_reply("forty-two")) as (_, http, _provider):
        other = await begin(http, "Other things")
        await read_until_kept(http, other, await ask(http, other, "What else?"))
        latest = await begin(http, "Sums")

        def use() -> None:
            with chatting(home, "--conversation", latest) as tty:
                at = tty.wait_for("> ")
                for typed, *expected in (
                    ("/conversations", "1 *", "Sums", "2  ", "Other things", "> "),
                    ("/open 7", "There is no conversation number 7.", "> "),
                    ("/open 2", "a.ipynb · Other things", "What else?", "forty-two", "> "),
                    ("/rename Quite other things", "It is called “Quite other things” now.", "> "),
                    ("/export said.txt", "does not say which format", "> "),
                    ("/export said.md", "said.md holds this conversation.", "> "),
                    ("/export said.md", "is there already", "> "),
                    ("/export nowhere/said.ipynb", "could not be written: No such file", "> "),
                    ("/export said.ipynb", "said.ipynb holds this conversation.", "> "),
                ):
                    tty.type(f"{typed}\r")
                    at = tty.wait_for(typed, after=at)
                    for each in expected:
                        at = tty.wait_for(each, after=at)

        await asyncio.to_thread(use)
        assert (home.path / "said.md").read_text().startswith("# Quite other things\n")
        assert json.loads((home.path / "said.ipynb").read_text())["nbformat"] == 4
        renamed = (await http.get(f"{CONVERSATIONS}/{other}")).json()
    assert renamed["title"] == "Quite other things"


async def test_conversations_are_listed_searched_exported_and_deleted(home: Home) -> None:
    async with lab(home, chat_reply("forty", "-two")) as (_, http, _provider):
        conversation = await begin(http, "Sums")
        await read_until_kept(http, conversation, await ask(http, conversation, "Six times seven?"))

        def use() -> None:
            (listed,) = home.json("conversations", "list", "--notebook", notebook(home))
            assert (listed["id"], listed["title"], listed["notebook"]) == (conversation, "Sums", "a.ipynb")
            table = home.run("conversations", "list", "--notebook", notebook(home))
            assert f"{conversation} *" in table.stdout
            (hit,) = home.json("conversations", "search", "Forty-Two", "--notebook", notebook(home))
            assert (hit["where"], hit["conversation_id"]) == ("answer", conversation)
            for suffix, beginning in ((".md", "# Sums"), (".ipynb", "{"), (".json", "{"), (".chat", "{")):
                written = home.json("conversations", "export", conversation, f"sums{suffix}")
                assert Path(home.path / written["file"]).read_text().startswith(beginning)
            again = home.run("conversations", "export", conversation, "sums.md")
            assert (again.returncode, "is there already" in again.stderr) == (2, True)
            assert home.run("conversations", "export", conversation, "sums.md", "--force").returncode == 0
            unasked = home.run("conversations", "delete", conversation)
            assert (unasked.returncode, "--yes" in unasked.stderr) == (2, True)
            deleted = home.json("conversations", "delete", conversation, "--yes")
            assert deleted["deleted"]["id"] == conversation
            gone = home.run("chat", "--conversation", conversation, "Hello?")
            assert gone.returncode == 1
            assert gone.stderr.startswith(f"Error: There is no conversation {conversation}.")

        panel = Panel()
        async with aclosing(follow(http, conversation, panel)) as told:
            await anext(told)
            await asyncio.to_thread(use)
            async for _ in told:
                pass
    assert panel.news[-1][0] == "gone"


async def test_a_lost_line_is_taken_up_again(home: Home) -> None:
    """The line is a relay that the test cuts in the middle of an answer."""
    body = chat_reply("for", "ty-two").body
    held = Reply(body=body, content_type="text/event-stream", cut=64, hold_after=body.index(b"ty-two") - 100)
    async with lab(home, held) as (jupyter, http, provider):
        conversation = await begin(http)
        lines: list[asyncio.StreamWriter] = []
        another = asyncio.Event()

        async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            try:
                while piece := await source.read(65536):
                    target.write(piece)
            except ConnectionError:
                pass
            target.transport.abort()

        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            port = httpx.URL(jupyter.url).port
            behind, ahead = await asyncio.open_connection("127.0.0.1", port)
            lines.append(writer)
            another.set()
            await asyncio.gather(carry(reader, ahead), carry(behind, writer))

        between = await asyncio.start_server(relay, "127.0.0.1", 0)
        port = between.sockets[0].getsockname()[1]
        home.extra |= {"LUMINA_URL": f"http://127.0.0.1:{port}/", "LUMINA_TOKEN": jupyter.token}
        with terminal(home, "chat", "--conversation", conversation, "Six times seven?") as tty:
            await asyncio.to_thread(tty.wait_for, "for")
            another.clear()
            for line in lines:
                line.transport.abort()
            await asyncio.wait_for(another.wait(), 60)
            provider.go_on()
            assert await asyncio.to_thread(tty.end) == 0
        between.close()
    assert tty.shown.splitlines()[0] == "forty-two"


async def test_without_a_server_it_goes_on_in_this_process(home: Home) -> None:
    async with ReplayServer(chat_reply("one"), chat_reply("two")) as provider:
        home.configure(**settings(provider))
        (home.path / "a.ipynb").write_text(NOTEBOOK)
        first = await asyncio.to_thread(home.json, "chat", "--notebook", "a.ipynb", "First?")
        second = await asyncio.to_thread(home.json, "chat", "--notebook", "a.ipynb", "Second?")
        sent = json.loads(provider.requests[-1].body)["messages"]
        (listed,) = await asyncio.to_thread(home.json, "conversations", "list")
        missing = await asyncio.to_thread(home.run, "chat", "--notebook", "b.ipynb", "Hello?")
    assert (first["text"], second["text"]) == ("one", "two")
    assert [each["content"] for each in sent if each["role"] != "system"] == ["First?", "one", "Second?"]
    assert (listed["notebook"], listed["title"]) == ("a.ipynb", "First?")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr.startswith("Error: There is no notebook b.ipynb.")


def test_what_does_not_go_together_is_said(home: Home) -> None:
    both = home.run("chat", "--notebook", "a.ipynb", "--conversation", "conv_1", "Hello?")
    sober = home.run("chat", "--notebook", "a.ipynb", "--temperature", "0", "Hello?")
    assert (both.returncode, sober.returncode) == (2, 2)
    assert "exclude each other" in both.stderr
    assert "do not hold in a notebook's conversation" in sober.stderr
