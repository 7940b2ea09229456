"""What an MCP server asks a person is passed on whole, or not at all; so is her answer."""

from __future__ import annotations

import asyncio
from typing import Any

import mcp_types as types

from lumina_jupyter.tools import Actor, ToolContext
from lumina_jupyter.tools.mcp.client import Limits
from lumina_jupyter.tools.mcp.client.host import Answer, Question
from lumina_jupyter.tools.mcp.client.wire.asking import Asking

FORM = types.ElicitRequestFormParams(message="Anything else?", requested_schema={"type": "object", "properties": {}})


class Host:
    """A person who leaves every form empty, and opens every page."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    async def ask(self, question: Question, context: ToolContext) -> Answer:
        self.asked.append(question)
        return Answer("accept", None if question.url else {})

    async def sample(self, *_: Any) -> Any: ...

    async def folders(self, *_: Any) -> Any: ...


def elicit(params: types.ElicitRequestParams) -> tuple[types.ElicitResult | types.ErrorData, list[Question]]:
    host = Host()
    asking = Asking("shop", host, Limits())

    async def ask() -> types.ElicitResult | types.ErrorData:
        with asking.during(ToolContext(actor=Actor("chat", "ada")), 60):
            context: Any = None  # is not looked at
            return await asking.elicit(context, params)

    return asyncio.run(ask()), host.asked


def page(url: str) -> types.ElicitRequestURLParams:
    return types.ElicitRequestURLParams(message="Log in.", url=url, elicitation_id="e")


def test_a_form_that_was_left_empty_is_an_answer() -> None:
    result, _ = elicit(FORM)
    assert isinstance(result, types.ElicitResult)
    assert (result.action, result.content) == ("accept", {})


def test_an_address_that_would_be_cut_is_refused() -> None:
    host = "https://shop.test/?" + "a" * 2_000
    for url in (host, "javascript:alert(1)", "file:///etc/passwd"):
        refused, asked = elicit(page(url))
        assert isinstance(refused, types.ErrorData)
        assert asked == []
    result, asked = elicit(page("https://shop.test/"))
    assert isinstance(result, types.ElicitResult)
    assert (result.content, [each.url for each in asked]) == (None, ["https://shop.test/"])
