"""The client that the suite starts: it connects to the address in its last argument as Lumina does, and uses what is there."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from lumina_jupyter.errors import LuminaError
from lumina_jupyter.gateway import KeyStore
from lumina_jupyter.tools import Actor, QuestionAsked, ToolContext
from lumina_jupyter.tools.mcp.client import Limits, ServerConfig
from lumina_jupyter.tools.mcp.client.config import OAuthConfig
from lumina_jupyter.tools.mcp.client.host import Answer, Question, Sampled, Sampling
from lumina_jupyter.tools.mcp.client.wire.connection import Offered, connect
from lumina_jupyter.tools.progress import Asked
from lumina_jupyter.tools.questions import Question as PersonQuestion
from lumina_jupyter.tools.questions import Questions

CONTEXT = ToolContext(actor=Actor("user", "tester"))
SCENARIO = os.environ.get("MCP_CONFORMANCE_SCENARIO", "")
# Its server wants to be asked which versions it knows; others answer nothing but the one that is wanted.
PROTOCOL = "" if SCENARIO == "request-metadata" else os.environ.get("MCP_CONFORMANCE_PROTOCOL_VERSION", "")
DOCUMENT = "https://conformance-test.local/client-metadata.json"
REDIRECT = "http://127.0.0.1:33418/callback"


class Agreeing:
    """Accepts whatever is asked, with the defaults of the form."""

    async def ask(self, question: Question, context: ToolContext) -> Answer:
        questions = Questions()

        def accept(asked: Asked) -> None:
            if isinstance(asked, QuestionAsked):
                questions.answer(asked.question.id, "tester", "accept")

        asked = PersonQuestion(
            source="mcp:suite", who="The suite", message=question.message, schema=question.schema, url=question.url
        )
        return await questions.ask(asked, replace(context, noted=accept))

    async def sample(self, _server: str, _sampling: Sampling, _context: ToolContext) -> Sampled:
        return Sampled(text="An answer.", model="test/model")

    async def folders(self, _server: str, _context: ToolContext) -> Sequence[Path]:
        return (Path.cwd(),)


class Browser:
    """Signs in at once, as the suite's pages let everybody."""

    redirect = REDIRECT

    def __init__(self) -> None:
        self._came_back: dict[str, list[str]] = {}

    async def open(self, url: str) -> None:
        async with httpx2.AsyncClient(follow_redirects=False, trust_env=False) as http:
            response = await http.get(url)
        self._came_back = parse_qs(urlsplit(response.headers["location"]).query)

    async def result(self) -> tuple[str, str | None, str | None]:
        found = {name: values[0] for name, values in self._came_back.items()}
        return found.get("code", ""), found.get("state"), found.get("iss")


def sample_of(schema: Mapping[str, Any]) -> Any:
    """A value that fits a simple schema."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: sample_of(each) for name, each in schema.get("properties", {}).items()}
    return {"number": 5, "integer": 5, "boolean": True, "array": [], "null": None}.get(str(kind), "test")


def calls(tools: Sequence[Offered], wanted: Sequence[Mapping[str, Any]] | None) -> Iterator[tuple[Offered, Any]]:
    """The calls that a scenario names, or else one of each tool; a tool that wants a schema gets the first tool's."""
    by_name = {tool.name: tool for tool in tools}
    if wanted is not None:
        yield from ((by_name[each["name"]], each["arguments"]) for each in wanted if each["name"] in by_name)
        return
    for tool in tools:
        asks_for_schema = "schema" in tool.parameters.get("properties", {})
        yield tool, {"schema": tools[0].parameters} if asks_for_schema else sample_of(tool.parameters)


async def main(url: str) -> None:
    """Connect, list, and call everything once."""
    given = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT") or "{}")
    own = OAuthConfig(
        client_id=given.get("client_id", ""),
        client_secret=given.get("client_secret", ""),
        client_metadata_url=DOCUMENT if SCENARIO == "auth/basic-cimd" else "",
    )
    config = ServerConfig(name="suite", url=url, oauth=own, timeout=20)
    with tempfile.TemporaryDirectory() as folder:
        keys = KeyStore(Path(folder))
        async with connect(config, Limits(), Agreeing(), keys=keys, sign_in=Browser(), protocol=PROTOCOL) as connection:
            offer = await connection.offer()
            for tool, arguments in calls(offer.tools, given.get("toolCalls")):
                try:
                    await connection.call(tool, arguments, CONTEXT)
                except LuminaError as error:
                    sys.stderr.write(f"{tool.name}: {error}\n")


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[-1]))
    except LuminaError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
