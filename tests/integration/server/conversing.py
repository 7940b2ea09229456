"""A reader of a conversation's stream, as a panel is one: what it was told, folded into what it shows."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import httpx

Told = tuple[str, int, dict[str, Any]]
"""An event of the stream: its name, its id (0 without one), its data."""


async def told(response: httpx.Response) -> AsyncIterator[Told]:
    """The events of a stream, one by one."""
    name, number = "", 0
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: "):
            yield name, number, json.loads(line[6:])
            name, number = "", 0


class Panel:
    """What somebody who reads a stream shows: the entries, and each running turn's tail."""

    def __init__(self) -> None:
        self.last = 0
        self.entries: list[dict[str, Any]] = []
        self.tails: dict[str, list[dict[str, Any]]] = {}
        self.caught_up: list[dict[str, Any]] = []
        self.people: list[dict[str, Any]] = []
        self.news: list[Told] = []

    def take(self, event: Told) -> None:
        """Take one event in."""
        name, number, data = event
        if name == "entry":
            assert number == data["sequence"] > self.last
            self.last = number
            self.entries.append(data)
            if data["kind"] not in {"question", "context"}:
                self.tails.pop(data["turn"], None)
        elif name == "live":
            self.tails.setdefault(data["turn"], []).append(data["event"])
        elif name == "tail":
            self.tails[data["turn"]] = data["events"]
        elif name == "caught_up":
            self.caught_up.append(data)
            self.people = data["people"]
        elif name == "presence":
            self.people = data["people"]
        else:
            self.news.append(event)

    def text(self, turn: str) -> str:
        """The answer of a turn as it is shown."""
        return self.kept_text(turn) + "".join(
            event["text"] for event in self.tails.get(turn, ()) if event["type"] == "text_delta"
        )

    def kept_text(self, turn: str) -> str:
        """What of that the log holds, as far as it was told."""
        return "".join(
            each["data"]["text"] for each in self.entries if each["turn"] == turn and each["kind"] == "text_delta"
        )

    def ended(self, turn: str) -> bool:
        """Whether the end of a turn's answer is shown."""
        ends = {"message_finished", "failed"}
        return any(each["turn"] == turn and each["kind"] in ends for each in self.entries) or any(
            event["type"] in ends for event in self.tails.get(turn, ())
        )

    def kept(self, turn: str) -> bool:
        """Whether that end is in the log."""
        return self.ended(turn) and not self.tails.get(turn)


async def follow(http: httpx.AsyncClient, conversation: str, panel: Panel) -> AsyncGenerator[Told, None]:
    """Read a conversation from where a panel is, event by event."""
    path = f"lumina/api/conversations/{conversation}/stream"
    async with http.stream("GET", path, params={"after": panel.last}) as response:
        assert response.status_code == 200, await response.aread()
        async for event in told(response):
            panel.take(event)
            yield event


async def begin(http: httpx.AsyncClient, notebook: str = "a.ipynb", **fields: Any) -> str:
    """Begin a conversation; its id."""
    response = await http.post("lumina/api/conversations", json={"notebook": notebook, **fields})
    assert response.status_code == 200, response.text
    return str(response.json()["id"])


async def ask(http: httpx.AsyncClient, conversation: str, text: str, **fields: Any) -> str:
    """Ask a question; the turn's id."""
    response = await http.post(f"lumina/api/conversations/{conversation}/turns", json={"text": text, **fields})
    assert response.status_code == 202, response.text
    return str(response.json()["turn"])


async def read_until_kept(http: httpx.AsyncClient, conversation: str, turn: str, panel: Panel | None = None) -> Panel:
    """Read until a turn's end is in the log."""
    panel = panel or Panel()
    async with aclosing(follow(http, conversation, panel)) as events:
        async for _ in events:
            if panel.kept(turn):
                break
    return panel
