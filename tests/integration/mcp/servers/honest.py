"""A server on the SDK that does what servers do: `honest.py` on standard input, `honest.py http` at an address it prints."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Annotated, Any

from mcp.server.mcpserver import Context, Elicit, ElicitationResult, ListRoots, MCPServer, Resolve, Sample
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CreateMessageResult, ListRootsResult, SamplingMessage, TextContent
from pydantic import BaseModel

server = MCPServer("honest", instructions="Be kind.")


class Wish(BaseModel):
    """What a person may wish."""

    color: str = "blue"


@server.tool()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@server.tool()
async def steps(count: int, context: Context[Any, Any]) -> str:
    """Tell of steps."""
    for step in range(count):
        await context.report_progress(step + 1, count, f"step {step + 1}")
    return f"{count} steps"


def wished() -> Elicit[Wish]:
    """Ask a person for a color."""
    return Elicit("Which color?", Wish)


@server.tool()
def wish(answer: Annotated[ElicitationResult[Wish], Resolve(wished)]) -> str:
    """Ask for a color."""
    return f"{answer.action} {answer.data.color}" if answer.action == "accept" else answer.action


def said() -> Sample:
    """Ask a model for a word."""
    return Sample([SamplingMessage(role="user", content=TextContent(text="Say a word."))], max_tokens=10)


@server.tool()
def word(answer: Annotated[CreateMessageResult, Resolve(said)]) -> str:
    """Ask for a word."""
    return f"{answer.model} says {getattr(answer.content, 'text', '')}"


def places() -> ListRoots:
    """Ask for folders."""
    return ListRoots()


@server.tool()
def where(answer: Annotated[ListRootsResult, Resolve(places)]) -> str:
    """Ask in which folders the caller works."""
    return " and ".join(str(root.uri) for root in answer.roots)


@server.tool()
async def wait(context: Context[Any, Any]) -> str:
    """Wait for ever."""
    await context.report_progress(1, None, "waiting")
    await asyncio.Event().wait()
    return "never"


@server.tool()
def fail() -> str:
    """Fail."""
    raise ToolError("it cannot be done")


@server.resource("note://{name}")
def note(name: str) -> str:
    """A note by its name."""
    return f"the note {name}"


@server.resource("note://first")
def first() -> str:
    """The first note."""
    return "the first of all notes"


@server.prompt()
def greet(name: str) -> str:
    """Greet somebody."""
    return f"Greet {name}."


if __name__ == "__main__":
    if sys.argv[1:] == ["http"]:
        import uvicorn

        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}/mcp\n")
        sys.stdout.flush()
        app = server.streamable_http_app()
        uvicorn.Server(uvicorn.Config(app, log_level="error")).run([listening])
    else:
        server.run("stdio")
