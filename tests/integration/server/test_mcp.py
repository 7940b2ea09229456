"""Outside agents over MCP: at Jupyter's port, under its authentication, through the same gate as everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from jupyter_server.auth.authorizer import Authorizer
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from traitlets.config import Config

from lumina_jupyter.tools import ImageContent, TextContent, ToolContext
from lumina_jupyter.tools.declaration import declared
from lumina_jupyter.tools.effects import Effect
from lumina_jupyter.tools.tool import Tool

from .conftest import Face

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
HANDSHAKE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@asynccontextmanager
async def agent(face: Face, mode: str = "auto", token: str | None = None, **options: Any) -> AsyncIterator[Client]:
    """An outside agent that has the server's token."""
    bearer = f"Bearer {face.token if token is None else token}"
    async with (
        httpx2.AsyncClient(headers={"Authorization": bearer}, timeout=30, trust_env=False) as http,
        Client(streamable_http_client(f"{face.url}lumina/mcp", http_client=http), mode=mode, **options) as client,
    ):
        yield client


async def offer(face: Face, *tools: Tool) -> None:
    engine = await face.extension.service.engine()
    for tool in tools:
        engine.tools.registry.add(tool)


def tool(name: str, answer: Any, *effects: Effect) -> Tool:
    """A tool that gives back `answer` of its argument, or what `answer` is."""

    async def run(text: str = "", *, context: ToolContext) -> Any:
        context.tell("half way")
        return await answer(text) if callable(answer) else answer

    return declared(run, name=name, effects=effects or ("read",))


def text_of(result: Any) -> str:
    return "\n".join(block.text for block in result.content if block.type == "text")


@pytest.mark.parametrize(("mode", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
async def test_an_outside_agent_lists_and_calls_tools_in_every_version(face: Face, mode: str, version: str) -> None:
    async def shout(text: str) -> str:
        return text.upper()

    await offer(face, tool("shout", shout), tool("picture", (TextContent("Here:"), ImageContent("image/png", PIXEL))))
    said: list[str | None] = []

    async def heard(progress: float, total: float | None, message: str | None) -> None:
        said.append(message)

    async with agent(face, mode) as client:
        assert client.protocol_version == version
        listed = {each.name: each for each in (await client.list_tools()).tools}
        hints = listed["shout"].annotations
        assert hints is not None
        assert hints.read_only_hint is True
        result = await client.call_tool("shout", {"text": "loud"}, progress_callback=heard)
        assert "LOUD" in text_of(result)
        assert not result.is_error
        assert "half way" in said
        picture = await client.call_tool("picture", {})
        assert [block.type for block in picture.content if block.type == "image"] == ["image"]


async def test_wrong_arguments_and_unknown_tools_are_told(face: Face) -> None:
    await offer(face, tool("shout", "x"))
    async with agent(face) as client:
        wrong = await client.call_tool("shout", {"volume": 3})
        assert wrong.is_error
        assert "volume" in text_of(wrong)
        with pytest.raises(MCPError, match="no tool"):
            await client.call_tool("whisper", {})


async def test_what_must_be_asked_about_waits_for_a_person(face: Face) -> None:
    await offer(face, tool("change", "changed", "write"))
    engine = await face.extension.service.engine()
    asked = asyncio.Event()

    async def heard(progress: float, total: float | None, message: str | None) -> None:
        if message is not None and "approve" in message:
            asked.set()

    async with agent(face) as client:
        call = asyncio.ensure_future(client.call_tool("change", {}, progress_callback=heard))
        await asked.wait()
        [waiting] = await engine.tools.approvals.list()
        assert waiting.actor_kind == "mcp"
        await engine.tools.approvals.decide(waiting.id, "deny", by="Ada")
        result = await call
        assert result.is_error
        assert "refused" in text_of(result)


async def test_scopes_keep_tools_from_outside_agents(face: Face, change_settings: Callable[..., None]) -> None:
    await offer(face, tool("look", "seen"), tool("change", "changed", "write"), tool("change_this", "this", "write"))
    change_settings(mcp_server_scopes={"*": ["read"], "change_this": ["read", "write"]})
    async with agent(face) as client:
        names = {each.name for each in (await client.list_tools()).tools}
        assert {"look", "change_this"} <= names
        assert "change" not in names
        with pytest.raises(MCPError, match="no tool"):
            await client.call_tool("change", {})


async def test_tools_of_other_servers_are_not_passed_on(face: Face) -> None:
    from dataclasses import replace

    await offer(face, replace(tool("mcp__other__look", "seen"), source="mcp:other"))
    async with agent(face) as client:
        assert "mcp__other__look" not in {each.name for each in (await client.list_tools()).tools}
        with pytest.raises(MCPError, match="no tool"):
            await client.call_tool("mcp__other__look", {})


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_call_that_its_agent_gives_up_is_stopped(face: Face, mode: str) -> None:
    began, stopped = asyncio.Event(), asyncio.Event()

    async def endless(_text: str) -> str:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return "never"

    await offer(face, tool("endless", endless))
    async with agent(face, mode) as client:
        call = asyncio.ensure_future(client.call_tool("endless", {}))
        await began.wait()
        call.cancel()
        await asyncio.wait_for(stopped.wait(), 20)


async def test_a_connection_that_breaks_stops_its_call(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    # Otherwise the next sign of life would meet the broken connection, some time later.
    monkeypatch.setattr("mcp.server._streamable_http_modern._SSE_PING_INTERVAL", 3600.0)
    began, stopped = asyncio.Event(), asyncio.Event()

    async def endless(_text: str) -> str:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return "never"

    await offer(face, tool("endless", endless))
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    params = {"name": "endless", "arguments": {}, "_meta": meta}
    body = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}
    headers = {**ACCEPT, "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "endless"}
    async with face.client(**headers) as http:
        sending = asyncio.ensure_future(http.post("lumina/mcp", json=body))
        await asyncio.wait_for(began.wait(), 60)
        sending.cancel()
    await asyncio.wait_for(stopped.wait(), 60)


async def test_an_agent_that_listens_hears_of_changed_tools(face: Face) -> None:
    async with agent(face) as client, client.listen(tools_list_changed=True) as events:
        await offer(face, tool("new_one", "x"))
        assert type(await anext(aiter(events))).__name__ == "ToolsListChanged"


async def test_without_the_servers_token_nobody_comes_in(face: Face) -> None:
    for token in ("", "wrong"):
        async with face.client(token, **ACCEPT) as http:
            response = await http.post("lumina/mcp", json=HANDSHAKE)
            assert response.status_code == 403
            assert "tools" not in response.text


async def test_a_kernel_may_not_call_tools_with_its_token(face: Face) -> None:
    async with face.client(face.kernel_token, **ACCEPT) as http:
        response = await http.post("lumina/mcp", json=HANDSHAKE)
    assert response.status_code == 403


async def test_pages_of_other_sites_are_refused(face: Face) -> None:
    async with face.client(**ACCEPT, Origin="https://evil.example") as http:
        response = await http.post("lumina/mcp", json=HANDSHAKE)
    assert response.status_code == 403


async def test_a_cookie_alone_is_not_enough_to_post(face: Face) -> None:
    async with face.client() as http:
        await http.get("api/status", params={"token": face.token})
        http.headers.pop("Authorization")
        response = await http.post("lumina/mcp", json=HANDSHAKE, headers=ACCEPT)
    assert response.status_code == 403


async def test_it_can_be_switched_off(face: Face, change_settings: Callable[..., None]) -> None:
    change_settings(mcp_server=False)
    async with face.client(**ACCEPT) as http:
        response = await http.post("lumina/mcp", json=HANDSHAKE)
    assert response.status_code == 403
    assert "mcp_server" in response.json()["error"]["hint"]


async def test_a_body_beyond_the_limit_is_refused(face: Face) -> None:
    async with face.client(**ACCEPT) as http:
        response = await http.post("lumina/mcp", content=b"x" * 2_100_000)
    assert response.status_code == 413


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"[" * 100_000, b'{"jsonrpc": "2.0", "id": 1, "method": 7}', b"\xff"]
)
async def test_nonsense_gets_an_answer_and_the_server_goes_on(face: Face, body: bytes) -> None:
    await offer(face, tool("look", "seen"))
    for version in ("2026-07-28", "2025-11-25"):
        async with face.client(
            **ACCEPT, **{"MCP-Protocol-Version": version, "Content-Type": "application/json"}
        ) as http:
            response = await http.post("lumina/mcp", content=body)
            assert 400 <= response.status_code < 500
            assert "Traceback" not in response.text
    async with agent(face) as client:
        assert "seen" in text_of(await client.call_tool("look", {}))


async def test_a_session_ends_when_its_client_says_so(face: Face) -> None:
    async with face.client(**ACCEPT) as http:
        opened = await http.post("lumina/mcp", json=HANDSHAKE)
        session = {"Mcp-Session-Id": opened.headers["mcp-session-id"], "MCP-Protocol-Version": "2025-11-25"}
        assert (await http.delete("lumina/mcp", headers=session)).status_code == 200
        ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
        assert (await http.post("lumina/mcp", json=ping, headers=session)).status_code == 404


class ReadOnly(Authorizer):
    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource == "lumina" or (resource == "contents" and action == "read")


@pytest.fixture
def jp_server_config(jp_server_config: Config, request: pytest.FixtureRequest) -> Config:
    if request.node.get_closest_marker("parametrize") is None and "rights" in request.node.name:
        jp_server_config["ServerApp"]["authorizer_class"] = ReadOnly
    return jp_server_config


async def test_nobody_gets_more_rights_than_the_server_gives(face: Face) -> None:
    await offer(face, tool("look", "seen"), tool("change", "changed", "write"))
    async with agent(face) as client:
        names = {each.name for each in (await client.list_tools()).tools}
        assert "look" in names
        assert "change" not in names
        result = await client.call_tool("change", {})
        assert result.is_error
        assert "rights" in text_of(result)
