"""A model provider for the browser's tests: it plays back what a test tells it to say.

It serves in a thread with an event loop of its own, because Playwright's synchronous API keeps the
test's thread busy.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.replay.answers import chat_reply
from tests.replay.server import Received, ReplayServer, Reply

MODELS = Reply(body=json.dumps({"object": "list", "data": [{"id": "m", "object": "model"}]}).encode())
ANSWER_TIMEOUT = 30.0

Condition = Callable[[Received], bool]


class _ScriptedServer(ReplayServer):
    """Gives each request the first reply that fits it and has not been used, else the usual one."""

    def __init__(self) -> None:
        super().__init__()
        self.usual = chat_reply("This is ", "a replayed answer.")
        self.script: list[tuple[Condition, Reply]] = []

    def forget(self) -> None:
        """Forget what was asked, what is still to be said, and who may go on with it."""
        self.requests.clear()
        self.script.clear()
        self._released = asyncio.Semaphore(0)

    def choose(self, request: Received) -> Reply:
        if request.method == "GET":
            return MODELS
        for index, (fits, reply) in enumerate(self.script):
            if fits(request):
                del self.script[index]
                return reply
        return self.usual


class ReplayedProvider:
    """The provider as a test sees it; every method may be called from the test's thread."""

    def __init__(self, server: _ScriptedServer, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop
        self.url = server.url

    def say(self, *texts: str, delay: float = 0.0, hold_after: int | None = None, when: str = "") -> None:
        """Answer the next request with these deltas.

        Args:
            texts: One delta each.
            delay: Seconds before each piece of the answer.
            hold_after: Number of deltas after which the rest waits for `go_on`.
            when: Only a request whose body holds this text is answered so.
        """
        reply = chat_reply(*texts, delay=delay)
        if hold_after is not None:
            reply = replace(reply, hold_after=_end_of_event(reply.body, hold_after + 1))
        self.reply(reply, when=when)

    def reply(self, *replies: Reply, when: str = "") -> None:
        """Answer the next requests (those whose body holds the text `when`) with these replies, one each."""

        def fits(request: Received) -> bool:
            return when.encode() in request.body

        self._call(lambda: self._server.script.extend((fits, reply) for reply in replies))

    def usually(self, reply: Reply) -> None:
        """Answer whatever no other reply is meant for with this one."""

        def change() -> None:
            self._server.usual = reply

        self._call(change)

    def go_on(self) -> None:
        """Let one held answer send its rest."""
        self._call(self._server.go_on)

    @property
    def questions(self) -> list[Any]:
        """The JSON bodies of the requests that came in so far, without those that listed the models."""
        received: list[Received] = self._call(lambda: list(self._server.requests))
        return [json.loads(request.body) for request in received if request.method == "POST"]

    def wait_for_questions(self, count: int) -> list[Any]:
        """Wait until so many questions have come in; their JSON bodies."""
        deadline = time.monotonic() + ANSWER_TIMEOUT
        while len(self.questions) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"The provider was asked {len(self.questions)} times, not {count}.")
            time.sleep(0.02)
        return self.questions

    @property
    def answering(self) -> int:
        """How many answers are under way now."""
        count: int = self._call(lambda: self._server.answering)
        return count

    def wait_for_answering(self, count: int) -> None:
        """Wait until exactly so many answers are under way: one ends when it is sent, or its reader has gone.

        Connections tell less: a client keeps some for its next request, and closes them whenever it likes.
        """
        try:
            self._wait(self._server.until_answering(count))
        except TimeoutError:
            asked = [question["messages"][-1] for question in self.questions]
            raise AssertionError(f"{self.answering} answers are under way, not {count}, of {asked}.") from None

    def forget(self) -> None:
        """Forget what was asked and what is still to be said; what is held stays so."""
        self._call(self._server.forget)

    def _call(self, action: Callable[[], Any]) -> Any:
        async def run() -> Any:
            return action()

        return self._wait(run())

    def _wait(self, task: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(ANSWER_TIMEOUT)


@contextmanager
def replayed_provider() -> Iterator[ReplayedProvider]:
    """Start a provider, and end it with all its connections."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="replayed-provider", daemon=True)
    thread.start()

    async def start() -> _ScriptedServer:
        server = _ScriptedServer()
        await server.__aenter__()
        return server

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(ANSWER_TIMEOUT)
    try:
        yield ReplayedProvider(server, loop)
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(ANSWER_TIMEOUT)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(ANSWER_TIMEOUT)
        loop.close()


def settings_for(provider: ReplayedProvider) -> dict[str, str]:
    """The settings of a JupyterLab in which that provider answers, as `lab/m`."""
    return {
        "Lumina.endpoints": repr({"lab": {"base_url": f"{provider.url}/v1"}}),
        "Lumina.models": repr({"lab/m": {"context": 32_768, "tools": True, "vision": True}}),
        "Lumina.default_model": "lab/m",
        "Lumina.ollama_url": "",
        "Lumina.retry_base_delay": "0",
    }


def _end_of_event(body: bytes, count: int) -> int:
    """The number of bytes that the first `count` server-sent events take."""
    end = 0
    for _ in range(count):
        end = body.index(b"\n\n", end) + 2
    return end
