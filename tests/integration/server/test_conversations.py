"""Conversations over HTTP: a question is kept at once, its answer goes on whoever leaves, readers see all of it."""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
from contextlib import aclosing
from pathlib import Path
from typing import Any

import nbformat
import pytest

from lumina_jupyter.client.http import HttpClient
from lumina_jupyter.context import NotebookView
from lumina_jupyter.gateway import TextPart
from lumina_jupyter.memory import Entries, Gone, Log, NewEntry, Question, live
from lumina_jupyter.storage import Database
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer

from .conftest import Face
from .conversing import Panel, ask, begin, follow, read_until_kept

API = "lumina/api/conversations"
WORDS = [f"word{number} " for number in range(120)]
SLOW = (chat_reply(*WORDS, delay=0.01),)
TEXT = "".join(WORDS)
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


def sent(provider: ReplayServer, number: int = -1) -> list[tuple[str, Any]]:
    """What the model was shown, less the system prompt."""
    messages = json.loads(provider.requests[number].body)["messages"]
    return [(message["role"], message["content"]) for message in messages if message["role"] != "system"]


async def test_a_question_is_answered_and_read(face: Face) -> None:
    async with face.client() as http:
        conversation = await begin(http)
        turn = await ask(http, conversation, "What is six times seven?")
        panel = await read_until_kept(http, conversation, turn)
    assert panel.text(turn) == "forty-two"
    assert [entry["sequence"] for entry in panel.entries] == sorted(entry["sequence"] for entry in panel.entries)
    assert panel.entries[0]["kind"] == "question"
    assert panel.entries[0]["data"]["parent"] == ""
    assert panel.entries[-1]["kind"] == "message_finished"


@pytest.mark.parametrize("provider", [SLOW], indirect=True)
async def test_the_answer_goes_on_when_everybody_leaves(face: Face, provider: ReplayServer) -> None:
    panel = Panel()
    async with face.client() as http:
        conversation = await begin(http)
        turn = await ask(http, conversation, "Go on.")
        async for _ in follow(http, conversation, panel):
            if len(panel.text(turn)) > 60:
                break
        assert not panel.ended(turn)
        await read_until_kept(http, conversation, turn, panel)
    assert panel.text(turn) == TEXT
    assert len(provider.requests) == 1


@pytest.mark.parametrize("provider", [SLOW], indirect=True)
async def test_two_readers_see_an_answer_as_it_streams(face: Face, provider: ReplayServer) -> None:
    async with face.client() as http, face.client() as other:
        conversation = await begin(http)
        early = Panel()
        async with aclosing(follow(http, conversation, early)) as first:
            await anext(first)
            turn = await ask(http, conversation, "Go on.")
            async for name, _, data in first:
                if name == "live" and data["event"]["type"] == "text_delta" and len(early.text(turn)) > 300:
                    break
            assert not early.ended(turn)
            late = Panel()
            async with aclosing(follow(other, conversation, late)) as second:
                async for name, *_ in second:
                    if name == "tail":
                        break
                assert late.caught_up[0]["running"] == [turn]
                assert TEXT.startswith(late.text(turn))
                assert late.text(turn).startswith(early.text(turn))
                async for _ in second:
                    if late.kept(turn):
                        break
            async for _ in first:
                if early.kept(turn):
                    break
    assert early.text(turn) == late.text(turn) == TEXT


@pytest.mark.parametrize("provider", [SLOW], indirect=True)
async def test_a_cells_turn_is_read_as_it_streams(face: Face, provider: ReplayServer) -> None:
    question = {"prompt": [{"text": "From a cell"}], "notebook": "a.ipynb"}
    async with face.client() as http, face.client(face.kernel_token) as kernel:
        conversation = await begin(http)
        panel = Panel()
        async with aclosing(follow(http, conversation, panel)) as events:
            await anext(events)
            asking = asyncio.create_task(kernel.post("lumina/api/chat", json=question))
            async for name, _, data in events:
                if name == "live" and data["event"]["type"] == "text_delta":
                    assert not asking.done()
                    break
            turn = panel.entries[0]["turn"]
            async for _ in events:
                if panel.kept(turn):
                    break
        assert "word119" in (await asking).text
    assert panel.text(turn) == TEXT


async def test_a_question_sent_twice_is_asked_once(face: Face, provider: ReplayServer) -> None:
    async with face.client() as http:
        conversation = await begin(http)
        path, body = f"{API}/{conversation}/turns", {"text": "Once", "request_id": "req_once"}
        both = await asyncio.gather(http.post(path, json=body), http.post(path, json=body))
        await read_until_kept(http, conversation, "req_once")
        later = await http.post(path, json=body)
        events = (await http.get(f"{API}/{conversation}/events")).json()["events"]
    assert {each.status_code for each in (*both, later)} == {202}
    assert {each.text for each in (*both, later)} == {later.text}
    assert later.json() == {"turn": "req_once", "sequence": 1}
    assert [event["kind"] for event in events].count("question") == 1
    assert [event["kind"] for event in events].count("message_finished") == 1
    assert len(provider.requests) == 1


async def test_a_turn_that_was_asked_and_never_begun_is_begun_when_it_is_sent_again(face: Face) -> None:
    async with face.client() as http:
        conversation = await begin(http)
        database = Database("", Path(face.extension.service.settings.data_dir))
        await Log(database).append(conversation, [NewEntry("question", {"text": "Hello?", "parent": ""}, "req_lost")])
        await database.close()
        await ask(http, conversation, "Hello?", request_id="req_lost")
        panel = await read_until_kept(http, conversation, "req_lost")
    assert panel.text("req_lost") == "forty-two"
    assert [entry["kind"] for entry in panel.entries].count("question") == 1


async def test_turns_are_a_tree(face: Face, provider: ReplayServer) -> None:
    async with face.client() as http:
        conversation = await begin(http)

        async def said(text: str, **fields: Any) -> str:
            turn = await ask(http, conversation, text, **fields)
            await read_until_kept(http, conversation, turn)
            return turn

        first = await said("First")
        second = await said("Second")
        await said("Second, edited", parent=first)
        edited = [text for role, text in sent(provider) if role == "user"]
        third = await said("Third")
        follows = [text for role, text in sent(provider) if role == "user"]
        await said("Branched", parent=second)
        branched = [text for role, text in sent(provider) if role == "user"]
        await said("Afresh", parent="")
        afresh = [text for role, text in sent(provider) if role == "user"]
        unknown = await http.post(f"{API}/{conversation}/turns", json={"text": "?", "parent": "req_nothing"})
        await said("Last", parent=third)
        exported = (await http.get(f"{API}/{conversation}/export")).text
    assert edited == ["First", "Second, edited"]
    assert follows == ["First", "Second, edited", "Third"]
    assert branched == ["First", "Second", "Branched"]
    assert afresh == ["Afresh"]
    assert (unknown.status_code, unknown.json()["error"]["field"]) == (400, "parent")
    lines = exported.splitlines()
    assert [line for line in lines if line in {"First", "Second", "Second, edited", "Third", "Branched", "Last"}] == [
        "First",
        "Second, edited",
        "Third",
        "Last",
    ]


async def test_an_image_is_shown_to_the_model_and_kept_once(face: Face, provider: ReplayServer) -> None:
    face.extension.service.settings.models = {"lab/m": {"context": 8192, "vision": True}}
    picture = {"data": base64.b64encode(PNG).decode(), "media_type": "image/svg+xml"}
    shown = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture['data']}"}}
    async with face.client() as http:
        conversation = await begin(http)
        turn = await ask(http, conversation, "What is this?", images=[picture, picture])
        panel = await read_until_kept(http, conversation, turn)
        ((_, first),) = sent(provider)
        await read_until_kept(http, conversation, await ask(http, conversation, "Sure?"))
        (_, again), *_ = sent(provider)
        (kept,) = {each["sha256"] for each in panel.entries[0]["data"]["images"]}
        assert (await http.get(f"{API}/{conversation}/attachments/{kept}")).content == PNG
    assert [part["type"] for part in first] == ["text", "image_url", "image_url"]
    assert first[1] == again[1] == shown
    assert panel.entries[0]["data"]["images"][0]["media_type"] == "image/png"


SPLIT = (chat_reply("A sta", "ndard dev", "iation.\n\n```python\nx.st", "d()\n```\n\nThat is it."),)


@pytest.mark.parametrize("provider", [SPLIT], indirect=True)
async def test_it_can_be_found_taken_away_and_brought_back(face: Face) -> None:
    async with face.client() as http:
        conversation = await begin(http, title="Spread")
        picture = {"data": base64.b64encode(PNG).decode()}
        turn = await ask(http, conversation, "How wide is it?", images=[picture])
        await read_until_kept(http, conversation, turn)

        async def hits(query: str, **narrowed: Any) -> list[tuple[str, str]]:
            response = await http.get(f"{API}/search", params={"q": query, **narrowed})
            return [(hit["where"], hit["turn"]) for hit in response.json()["hits"]]

        assert await hits("STANDARD  deviation") == [("answer", turn)]
        assert await hits("how wide") == [("question", turn)]
        assert await hits("spread") == [("title", "")]
        assert await hits("spread", notebook="b.ipynb") == []
        assert await hits("standards") == []
        assert (await http.get(f"{API}/search")).status_code == 400

        files = {
            name: await http.get(f"{API}/{conversation}/export", params={"format": name})
            for name in ("markdown", "notebook", "json", "chat")
        }
        assert (await http.get(f"{API}/{conversation}/export", params={"format": "pdf"})).status_code == 400
        for response in files.values():
            assert response.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Spread.")
        assert "x.std()" in files["markdown"].text
        notebook = nbformat.reads(files["notebook"].text, as_version=4)
        nbformat.validate(notebook)
        assert [cell.source for cell in notebook.cells if cell.cell_type == "code"] == ["x.std()"]
        assert notebook.cells[1].attachments
        chat = json.loads(files["chat"].text)
        assert [message["sender"] == "lumina" for message in chat["messages"]] == [False, True]

        log = (await http.get(f"{API}/{conversation}/events")).json()["events"]
        for name in ("json", "chat"):
            body = {"notebook": "b.ipynb", "format": name, "content": files[name].text}
            made = (await http.post(f"{API}/import", json=body)).json()
            copy = (await http.get(f"{API}/{made['id']}/events")).json()["events"]
            assert (made["mine"], made["notebook"]) == (True, "b.ipynb")
            if name == "json":
                assert [(each["kind"], each["at"]) for each in copy] == [(each["kind"], each["at"]) for each in log]
                assert {each["turn"] for each in copy}.isdisjoint({turn})
                assert made["title"] == "Spread"
                image = copy[0]["data"]["images"][0]["sha256"]
                assert (await http.get(f"{API}/{made['id']}/attachments/{image}")).content == PNG
            assert copy[0]["data"]["text"] == "How wide is it?"
            text = "".join(each["data"]["text"] for each in copy if each["kind"] == "text_delta")
            assert text.startswith("A standard deviation.")
        for content in ("{", "[]", "{}", '{"messages": [5]}', '{"format": "lumina-conversation", "version": 2}'):
            for name in ("json", "chat"):
                body = {"notebook": "b.ipynb", "format": name, "content": content}
                assert (await http.post(f"{API}/import", json=body)).status_code == 400, (name, content)


def database_files(folder: Path) -> bytes:
    """The database and its journal, as they are on the disk."""
    return b"".join(file.read_bytes() for file in folder.glob("lumina.db*"))


async def test_deleting_leaves_nothing_in_the_files(face: Face) -> None:
    secret, picture = "a-very-private-word", PNG + b"a-very-private-picture"
    folder = Path(face.extension.service.settings.data_dir)
    async with face.client() as http:
        conversation = await begin(http)
        image = {"data": base64.b64encode(picture).decode()}
        for _ in range(5):
            turn = await ask(http, conversation, secret * 100, images=[image])
            await read_until_kept(http, conversation, turn)
        before = await asyncio.to_thread(database_files, folder)
        assert secret.encode() in before
        assert picture in before
        assert (await http.delete(f"{API}/{conversation}")).status_code == 204
        after = await asyncio.to_thread(database_files, folder)
        assert secret.encode() not in after
        assert picture not in after
        assert sum(row["calls"] for row in (await http.get("lumina/api/usage")).json()["usage"]) == 5
    with sqlite3.connect(folder / "lumina.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("provider", [SLOW], indirect=True)
async def test_deleting_stops_what_runs_and_tells_who_reads(face: Face, provider: ReplayServer) -> None:
    async with face.client() as http:
        conversation = await begin(http)
        await ask(http, conversation, "Go on.")
        async with aclosing(follow(http, conversation, Panel())) as events, asyncio.timeout(60):
            async for name, *_ in events:
                if name == "live":
                    break
            assert (await http.delete(f"{API}/{conversation}")).status_code == 204
            assert [name async for name, *_ in events][-1] == "gone"
        await provider.until_answering(0)
        assert (await http.get(f"{API}/{conversation}/stream")).status_code == 404
        assert (await http.get("lumina/api/health")).json()["unsaved_turns"] == 0


async def test_what_another_process_writes_is_told(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.05)
    async with face.client() as http:
        conversation = await begin(http)
        panel = Panel()
        database = Database("", Path(face.extension.service.settings.data_dir))
        async with aclosing(follow(http, conversation, panel)) as events, asyncio.timeout(60):
            await anext(events)
            await Log(database).append(conversation, [NewEntry("question", {"text": "From elsewhere"}, "req_far")])
            async for name, *_ in events:
                if name == "entry":
                    break
        await database.close()
    assert panel.entries[0]["data"]["text"] == "From elsewhere"


@pytest.mark.parametrize("provider", [SLOW], indirect=True)
async def test_a_server_that_ends_keeps_what_runs_and_lets_readers_go(face: Face, provider: ReplayServer) -> None:
    async with face.client() as http:
        conversation = await begin(http)
        turn = await ask(http, conversation, "Go on.")
        panel = Panel()
        async with aclosing(follow(http, conversation, panel)) as events, asyncio.timeout(20):
            async for _ in events:
                if len(panel.text(turn)) > 50:
                    break
            ending = asyncio.create_task(face.extension.stop_extension())
            async for _ in events:
                pass
            await ending
    assert panel.kept(turn)
    assert panel.entries[-1]["data"] == {"reason": "cancelled"}
    assert TEXT.startswith(panel.text(turn))


async def test_an_unknown_command_is_refused_and_nothing_is_asked(face: Face, provider: ReplayServer) -> None:
    async with face.client() as http:
        conversation = await begin(http)
        refused = await http.post(f"{API}/{conversation}/turns", json={"text": "Hi", "command": "nonsense"})
        empty = await http.post(f"{API}/{conversation}/turns", json={"text": "  "})
        strange = await http.post(f"{API}/{conversation}/turns", json={"text": "Hi", "request_id": "x" * 41})
        events = (await http.get(f"{API}/{conversation}/events")).json()["events"]
    assert (refused.status_code, empty.status_code, strange.status_code) == (400, 400, 400)
    assert events == []
    assert not provider.requests


async def test_a_client_starts_follows_finds_and_takes_away(face: Face) -> None:
    def use() -> str:
        client = HttpClient(face.url, token=face.kernel_token)
        begun = client.begin_conversation("a.ipynb")
        question = Question(prompt=(TextPart("Six times seven?"),), conversation=begun.id, view=NotebookView())
        turn = client.start_turn(question).turn
        kept = ""
        for frame in client.follow(begun.id):
            if isinstance(frame, Entries):
                kept += "".join(each.data["text"] for each in frame.entries if each.kind == "text_delta")
                if frame.entries[-1].kind == "message_finished":
                    break
        assert [(hit.where, hit.turn) for hit in client.search_conversations("FORTY")] == [("answer", turn)]
        assert client.rename_conversation(begun.id, "Sums").title == "Sums"
        assert client.export_conversation(begun.id).startswith("# Sums\n")
        client.delete_conversation(begun.id)
        assert [type(frame) for frame in client.follow(begun.id)] == [Gone]
        client.close()
        return kept

    assert await asyncio.to_thread(use) == "forty-two"


async def test_a_number_that_was_never_given_troubles_nobody(face: Face) -> None:
    async with face.client() as http:
        conversation = await begin(http)
        ahead, panel = Panel(), Panel()
        ahead.last = 10**15
        async with aclosing(follow(http, conversation, ahead)) as lost, asyncio.timeout(20):
            assert (await anext(lost))[0] == "caught_up"
            turn = await ask(http, conversation, "What is six times seven?")
            await read_until_kept(http, conversation, turn, panel)
            ahead.last = 0
            async for _ in lost:
                if ahead.kept(turn):
                    break
    assert ahead.text(turn) == panel.text(turn) == "forty-two"
