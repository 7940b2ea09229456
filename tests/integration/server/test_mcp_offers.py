"""What outside agents are offered beside tools, and tools that ask them something while they run."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import mcp_types as types
import nbformat
import pytest
from mcp.shared.exceptions import MCPError
from mcp.shared.subscriptions import ResourceUpdated
from nbformat.v4 import new_code_cell, new_notebook

from lumina_jupyter.collaboration import Author
from lumina_jupyter.collaboration.document.edits import Whole
from lumina_jupyter.tools import AskPerson, ToolContext
from lumina_jupyter.tools.declaration import declared
from lumina_jupyter.tools.mcp.server.wire import rounds
from lumina_jupyter.tools.tool import Tool

from .conftest import Face
from .test_mcp import ACCEPT, agent, offer, text_of

NAME = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}},
}


@pytest.fixture
def notebook(jp_root_dir: Path) -> str:
    """A notebook beside a file, one that is kept from models, and a hidden file."""
    write(jp_root_dir / "sums.ipynb", new_notebook(cells=[new_code_cell("1 + 1", id="first")]))
    secret = new_notebook(cells=[new_code_cell("secret = 'swordfish'", id="only")])
    secret.metadata["lumina"] = {"policy": {"assistant": False}}
    write(jp_root_dir / "secret.ipynb", secret)
    (jp_root_dir / "data.csv").write_text("a,b\n1,2\n")
    (jp_root_dir / ".hidden").write_text("swordfish")
    return "sums.ipynb"


def write(path: Path, notebook: Any) -> None:
    nbformat.write(notebook, path)


async def test_notebooks_and_files_are_addresses_to_read(face: Face, notebook: str) -> None:
    async with agent(face) as client:
        listed = {str(each.uri) for each in (await client.list_resources()).resources}
        assert {"lumina://notebook/sums.ipynb", "lumina://file/data.csv"} <= listed
        assert not [uri for uri in listed if "hidden" in uri]
        templates = {each.uri_template for each in (await client.list_resource_templates()).resource_templates}
        assert templates == {"lumina://notebook/{+path}", "lumina://file/{+path}"}
        [read] = (await client.read_resource("lumina://notebook/sums.ipynb")).contents
        assert isinstance(read, types.TextResourceContents)
        assert "id first" in read.text
        assert "1 + 1" in read.text
        [data] = (await client.read_resource("lumina://file/data.csv")).contents
        assert isinstance(data, types.TextResourceContents)
        assert "1,2" in data.text
    entries = await (await face.extension.service.engine()).tools.audit.latest()
    assert {"read_notebook", "read_file"} <= {entry.tool for entry in entries if entry.actor_kind == "mcp"}


@pytest.mark.parametrize(
    "uri",
    [
        "lumina://notebook/secret.ipynb",
        "lumina://notebook/nowhere.ipynb",
        "lumina://file/.hidden",
        "lumina://file/../outside.txt",
        "lumina://file//etc/hostname",
        "lumina://file/%2e%2e/outside.txt",
        "lumina://nothing/at/all",
        "file:///etc/hostname",
    ],
)
async def test_what_may_not_be_seen_is_not_there(face: Face, notebook: str, jp_root_dir: Path, uri: str) -> None:
    (jp_root_dir.parent / "outside.txt").write_text("swordfish")
    async with agent(face) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
    assert caught.value.error.code == types.INVALID_PARAMS
    assert caught.value.error.data["uri"] == uri
    assert "swordfish" not in str(caught.value.error)


async def test_scopes_keep_addresses_from_agents_too(face: Face, notebook: str, change_settings: Any) -> None:
    change_settings(mcp_server_scopes={"*": ["read"], "read_notebook": [], "list_files": []})
    async with agent(face) as client:
        assert (await client.list_resources()).resources == []
        templates = (await client.list_resource_templates()).resource_templates
        assert [each.uri_template for each in templates] == ["lumina://file/{+path}"]
        with pytest.raises(MCPError, match="not found"):
            await client.read_resource("lumina://notebook/sums.ipynb")
        with pytest.raises(MCPError, match="no tool"):
            await client.get_prompt("review_notebook", {"notebook": "sums.ipynb"})


async def test_prompts_bring_what_they_are_about(face: Face, notebook: str) -> None:
    async with agent(face) as client:
        assert {each.name for each in (await client.list_prompts()).prompts} >= {"explain_cell", "fix_cell"}
        prompt = await client.get_prompt("fix_cell", {"notebook": "sums.ipynb", "cell": "first"})
        about, wish = [message.content for message in prompt.messages]
        assert isinstance(about, types.EmbeddedResource)
        assert isinstance(about.resource, types.TextResourceContents)
        assert str(about.resource.uri) == "lumina://notebook/sums.ipynb"
        assert "1 + 1" in about.resource.text
        assert isinstance(wish, types.TextContent)
        assert "edit_cell" in wish.text
        for name, given in {
            "fix_cell": {"notebook": "sums.ipynb"},
            "review_notebook": {"notebook": "secret.ipynb"},
            "unheard_of": {},
        }.items():
            with pytest.raises(MCPError) as caught:
                await client.get_prompt(name, given)
            assert "swordfish" not in str(caught.value.error)


async def test_paths_are_completed(face: Face, notebook: str) -> None:
    path = types.ResourceTemplateReference(uri="lumina://file/{+path}")
    prompt = types.PromptReference(name="fix_cell")
    async with agent(face) as client:
        found = await client.complete(path, {"name": "path", "value": "da"})
        assert found.completion.values == ["data.csv"]
        found = await client.complete(prompt, {"name": "notebook", "value": "s"})
        assert found.completion.values == ["secret.ipynb", "sums.ipynb"]
        assert (await client.complete(prompt, {"name": "cell", "value": ""})).completion.values == []
        with pytest.raises(MCPError):
            await client.complete(types.PromptReference(name="unheard_of"), {"name": "a", "value": ""})


async def edit(face: Face, path: str) -> None:
    document = await (await face.extension.service.engine()).notebooks.open(path)
    cell = (await document.read()).cells[0]
    await document.edit(Author(run="run"), cell.id, cell.hash, Whole(f"{cell.source} + 1"))


async def test_who_listens_hears_that_a_notebook_she_may_read_has_changed(face: Face, notebook: str) -> None:
    wanted = ["lumina://notebook/secret.ipynb", "lumina://notebook/sums.ipynb"]
    async with agent(face) as client, client.listen(resource_subscriptions=wanted) as events:
        heard = aiter(events)
        first = asyncio.ensure_future(anext(heard))
        async with asyncio.timeout(60):
            while not first.done():  # nothing tells when it has begun to be followed
                await edit(face, "secret.ipynb")
                await edit(face, notebook)
                await asyncio.wait({first}, timeout=0.1)
        event = await first
        assert isinstance(event, ResourceUpdated)
        assert event.uri == "lumina://notebook/sums.ipynb"


@pytest.mark.filterwarnings("ignore::mcp.shared.exceptions.MCPDeprecationWarning")
async def test_a_session_of_old_is_told_of_changes_until_it_wants_no_more(face: Face, notebook: str) -> None:
    heard = asyncio.Event()

    async def message(told: Any) -> None:
        if isinstance(told, types.ResourceUpdatedNotification):
            heard.set()

    async with agent(face, "legacy", message_handler=message) as client:
        await client.subscribe_resource("lumina://notebook/sums.ipynb")
        async with asyncio.timeout(60):
            while not heard.is_set():
                await edit(face, notebook)
                await asyncio.wait({asyncio.ensure_future(heard.wait())}, timeout=0.1)
        await client.unsubscribe_resource("lumina://notebook/sums.ipynb")
        with pytest.raises(MCPError, match="not found"):
            await client.subscribe_resource("file:///etc/hostname")


# --- tools that ask -------------------------------------------------------------------------------


def asking(*, began: list[str] | None = None, stopped: asyncio.Event | None = None) -> Tool:
    async def greet(context: ToolContext, politely: bool = False) -> str:
        """Greet whoever that is."""
        if began is not None:
            began.append(context.call_id)
        try:
            replies = await context.counterpart.ask({"who": AskPerson("Your name?", NAME)})
        except asyncio.CancelledError:
            if stopped is not None:
                stopped.set()
            raise
        return f"{replies['who'].action}: {dict(replies['who'].fields or {})}"

    return declared(greet, effects=["read"])


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_tool_asks_the_person_before_the_agent_and_goes_on(face: Face, mode: str) -> None:
    began: list[str] = []
    await offer(face, asking(began=began))
    asked: list[str] = []

    async def answer(_context: Any, params: Any) -> types.ElicitResult:
        asked.append(params.message)
        return types.ElicitResult(action="accept", content={"name": "Ada"})

    async with agent(face, mode, elicitation_callback=answer) as client:
        assert text_of(await client.call_tool("greet", {})) == "accept: {'name': 'Ada'}"
    assert asked == ["Your name?"]
    # It goes on where it stood: nothing is done twice.
    assert len(began) == 1


async def test_the_documents_tool_asks(face: Face) -> None:
    text = (Path(__file__).parents[3] / "docs" / "mcp.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)
    await offer(face, declared(names["greet"], effects=["read"]))

    async def answer(_context: Any, _params: Any) -> types.ElicitResult:
        return types.ElicitResult(action="accept", content={"name": "Ada"})

    async with agent(face, elicitation_callback=answer) as client:
        assert text_of(await client.call_tool("greet", {})) == "Hello, Ada"


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_who_cannot_be_asked_is_not(face: Face, mode: str) -> None:
    await offer(face, asking())
    async with agent(face, mode) as client:
        if mode == "legacy":
            assert "has not declared" in text_of(await client.call_tool("greet", {}))
        else:
            with pytest.raises(MCPError) as caught:
                await client.call_tool("greet", {})
            assert caught.value.error.code == types.MISSING_REQUIRED_CLIENT_CAPABILITY


async def post(face: Face, **params: Any) -> dict[str, Any]:
    """A call of `greet` as its bytes are; for what no honest client does."""
    headers = {**ACCEPT, "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "greet"}
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "greet", "arguments": {}, "_meta": META, **params},
    }
    async with face.client(**headers) as http:
        response = await http.post("lumina/mcp", json=body)
    answer: dict[str, Any] = response.json()
    return answer


ADA = {"who": {"action": "accept", "content": {"name": "Ada"}}}


async def test_a_state_is_good_for_one_request_like_the_one_that_it_was_given_to(face: Face) -> None:
    await offer(face, asking())
    state = (await post(face))["result"]["requestState"]
    for wrong in (
        {"requestState": state + "x", "inputResponses": ADA},
        {"requestState": "", "inputResponses": ADA},
        {"requestState": state, "inputResponses": ADA, "arguments": {"politely": True}},
    ):
        assert (await post(face, **wrong))["error"]["code"] == types.INVALID_PARAMS
    # Replies that do not answer what was asked are asked for again, with another state.
    for useless in ({}, {"else": ADA["who"]}, {"who": {"action": "accept", "content": {"name": 7}}}):
        again = (await post(face, requestState=state, inputResponses=useless))["result"]
        assert list(again["inputRequests"]) == ["who"]
        assert again["requestState"] != state
        state = again["requestState"]
    result = (await post(face, requestState=state, inputResponses=ADA))["result"]
    assert result["content"][0]["text"] == "accept: {'name': 'Ada'}"
    assert (await post(face, requestState=state, inputResponses=ADA))["error"]["code"] == types.INVALID_PARAMS


async def test_anothers_state_opens_nothing(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    await offer(face, asking())
    state = (await post(face))["result"]["requestState"]
    with monkeypatch.context() as other:
        other.setattr("lumina_jupyter.server.handlers.mcp.McpHandler.asker", "somebody else")
        refused = await post(face, requestState=state, inputResponses=ADA)
    assert refused["error"]["code"] == types.INVALID_PARAMS
    assert "result" in await post(face, requestState=state, inputResponses=ADA)


async def test_a_call_whose_replies_never_come_is_stopped(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "WAIT_SECONDS", 0.05)
    stopped = asyncio.Event()
    await offer(face, asking(stopped=stopped))
    state = (await post(face))["result"]["requestState"]
    await asyncio.wait_for(stopped.wait(), 60)
    assert (await post(face, requestState=state, inputResponses=ADA))["error"]["code"] == types.INVALID_PARAMS


async def test_one_who_begins_many_calls_keeps_the_last_ones(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "MOST_WAITING_OF_ONE", 2)
    await offer(face, asking())
    states = [(await post(face))["result"]["requestState"] for _call in range(3)]
    answers = [await post(face, requestState=state, inputResponses=ADA) for state in states]
    assert ["error" in answer for answer in answers] == [True, False, False]


async def test_a_reply_approves_nothing(face: Face) -> None:
    async def overwrite() -> str:
        """Change something."""
        return "changed"

    await offer(face, declared(overwrite, name="greet", effects=["write"]))
    engine = await face.extension.service.engine()
    yes = {"action": "accept", "content": {"approve": True}}
    sent = asyncio.ensure_future(post(face, inputResponses={"approval": yes, "who": yes}))
    async with asyncio.timeout(60):
        while not (waiting := await engine.tools.approvals.list()):  # noqa: ASYNC110 - nothing tells when it asks
            await asyncio.sleep(0.01)
    assert not sent.done()
    await engine.tools.approvals.decide(waiting[0].id, "deny", by="Ada")
    assert (await sent)["result"]["isError"]
