"""Tools that show a person something: in her own page, with a clear word where there is none."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lumina_jupyter.tools import Actor, ToolCall, ToolContext, ToolOutcome

from .conftest import Face
from .test_notebook_proposals import EVENTS, events, put

CHAT = ToolContext(actor=Actor("chat", ""), notebook="a.ipynb")


async def use(face: Face, name: str, context: ToolContext = CHAT, **arguments: Any) -> ToolOutcome:
    engine = await face.extension.service.engine()
    return await engine.tools.call(ToolCall("call_1", name, arguments), context)


async def asked(told: Any) -> dict[str, Any]:
    """What the page is asked for, once it is."""
    async with asyncio.timeout(60):
        async for event, data in told:
            if event == "requests" and data["requests"]:
                found: dict[str, Any] = data["requests"][0]
                return found
    raise AssertionError("the stream ended")


async def test_a_page_is_asked_for_a_cell_and_a_file_and_says_what_became_of_it(face: Face) -> None:
    put(face, "a.ipynb", "1")
    put(face, "b.ipynb", "2")
    async with events(face, "a.ipynb") as told, face.client() as http:
        call = asyncio.ensure_future(use(face, "select_cell", cell_id="c0"))
        request = await asked(told)
        assert (request["action"], request["path"], request["cell"]) == ("select_cell", "a.ipynb", "c0")
        route = f"lumina/api/pages/requests/{request['id']}"
        assert (await http.post(route, json={"done": True, "told": "It was only scrolled to."})).status_code == 204
        assert (await call).text == "The page shows the cell c0. It was only scrolled to."
        assert (await http.post(route, json={"done": True})).status_code == 404
        call = asyncio.ensure_future(use(face, "open_file", file_path="b.ipynb"))
        request = await asked(told)
        assert (request["action"], request["path"]) == ("open_file", "b.ipynb")
        sent = await http.post(
            f"lumina/api/pages/requests/{request['id']}", json={"done": False, "told": "Nothing opens that."}
        )
        assert sent.status_code == 204
        outcome = await call
        assert (outcome.error_code, "Nothing opens that." in outcome.text) == ("tool_failed", True)


async def test_where_no_page_can_show_it_that_is_said(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    put(face, "a.ipynb", "1")
    put(face, "b.ipynb", "2")
    alone: dict[str, dict[str, Any]] = {"select_cell": {"cell_id": "c0"}, "open_file": {"file_path": "a.ipynb"}}
    for name, arguments in alone.items():
        outcome = await use(face, name, **arguments)
        assert outcome.error_code == "no_page_open"
        assert "no page open" in outcome.text
    async with events(face, "a.ipynb") as told:
        await anext(told)
        # Another notebook is on top, another person's page it is, or nobody answers in it.
        outcome = await use(face, "select_cell", cell_id="c0", file_path="b.ipynb")
        assert "b.ipynb is on top in no page" in outcome.text
        other = ToolContext(actor=Actor("chat", "somebody else"), notebook="a.ipynb")
        assert "no page open" in (await use(face, "select_cell", other, cell_id="c0")).text
        monkeypatch.setattr("lumina_jupyter.tools.pages.ANSWER_SECONDS", 0.01)
        assert "does not answer" in (await use(face, "select_cell", cell_id="c0")).text
    kernel = face.client(face.kernel_token)
    async with kernel as http, http.stream("GET", EVENTS, params={"path": "a.ipynb"}) as response:
        assert response.status_code == 200
        await anext(response.aiter_lines())
        # A kernel that follows the notebook is no page.
        assert "no page open" in (await use(face, "select_cell", cell_id="c0")).text


async def test_nothing_outside_of_the_root_is_opened_and_no_cell_that_is_not_there(face: Face) -> None:
    put(face, "a.ipynb", "1")
    for path in ("../a.ipynb", "/etc/hostname", ".hidden", "https://evil.example/"):
        assert (await use(face, "open_file", file_path=path)).error_code in ("forbidden", "not_found")
    assert (await use(face, "select_cell", cell_id="gone")).error_code == "cell_gone"
