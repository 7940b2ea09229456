"""What llama.cpp's server can do beyond OpenAI's format: filling in the middle, counting tokens."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any

from ...errors import StreamBroken
from ...events import Event, MessageFinished, TextDelta, Usage
from ..providers.base import Target
from ..providers.http_stream import HttpStreams
from ..providers.sse import EventStreamParser
from ..requests import InfillRequest, Message
from .conversation import without_lone_surrogates
from .process import ModelProcess
from .token_healing import Without, grammar, split_half_word
from .weights import PROVIDER

FRESH_CONNECTION = {"connection": "close"}
"""Headers of every request to the process. Its server drops kept connections after a few idle seconds, and a request
that meets that moment would fail; a new connection on loopback costs a tenth of a millisecond."""


class NativeApi:
    """llama.cpp's own routes. Everything raises what `HttpStreams` does."""

    def __init__(self) -> None:
        self._streams = HttpStreams()

    async def infill(
        self, process: ModelProcess, target: Target, request: InfillRequest
    ) -> AsyncGenerator[Event, None]:
        """Stream what belongs between two pieces of code, then its usage and its end."""
        prefix, suffix = without_lone_surrogates(request.prefix), without_lone_surrogates(request.suffix)
        prefix, half = split_half_word(prefix)
        again = Without(half)
        known = process.weight.known
        if known is not None and known.infill_tokens is not None:
            # llama.cpp's own route puts a file name in front, which leads small models astray.
            before, after, middle = known.infill_tokens
            route, code = "completion", {"prompt": f"{before}{prefix}{after}{suffix}{middle}"}
        else:
            route, code = "infill", {"input_prefix": prefix, "input_suffix": suffix}
        options = {
            "n_predict": request.max_tokens,
            "temperature": request.temperature,
            "stop": list(request.stop),
            "stream": True,
            **({"grammar": grammar(half)} if half else {}),
        }
        parser = EventStreamParser(PROVIDER)
        url, headers = f"{process.url}/{route}", _authorization(process)
        async with self._streams.post(url, {**code, **options}, headers, target) as response:
            async for piece in response.aiter_bytes():
                for data in parser.feed(piece):
                    event = _event(data)
                    yield _usage(event)
                    for text in again.feed(str(event.get("content") or "")):
                        yield TextDelta(text)
                    if event.get("stop"):
                        yield MessageFinished("length" if event.get("stop_type") == "limit" else "stop")
                        return
        raise StreamBroken("The embedded model stopped before it was done.", provider=PROVIDER)

    async def count_tokens(self, process: ModelProcess, target: Target, text: str) -> int:
        """How many tokens a text takes by itself."""
        return await self._count(process, target, {"content": without_lone_surrogates(text)})

    async def count_chat_tokens(self, process: ModelProcess, target: Target, messages: Iterable[Message]) -> int:
        """How many tokens a conversation takes in the model's chat template, up to where it would answer."""
        body = {"messages": [{"role": message.role, "content": message.text} for message in messages]}
        url = f"{process.url}/apply-template"
        answer = await self._streams.post_json(url, body, _authorization(process), target)
        return await self._count(
            process, target, {"content": answer["prompt"], "add_special": True, "parse_special": True}
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._streams.close()

    async def _count(self, process: ModelProcess, target: Target, body: Mapping[str, Any]) -> int:
        answer = await self._streams.post_json(f"{process.url}/tokenize", body, _authorization(process), target)
        return len(answer["tokens"])


def _authorization(process: ModelProcess) -> dict[str, str]:
    return {"authorization": f"Bearer {process.key}", **FRESH_CONNECTION}


def _usage(event: Mapping[str, Any]) -> Usage:
    timings = event.get("timings")
    cached = timings.get("cache_n") if isinstance(timings, Mapping) else 0
    return Usage(
        input_tokens=int(event.get("tokens_evaluated") or 0),
        output_tokens=int(event.get("tokens_predicted") or 0),
        cached_input_tokens=int(cached or 0),
    )


def _event(data: bytes) -> dict[str, Any]:
    try:
        event = json.loads(data)
    except ValueError as error:
        raise StreamBroken("The embedded model sent what is not JSON.", provider=PROVIDER) from error
    if not isinstance(event, dict) or "error" in event:
        raise StreamBroken("The embedded model broke off with an error.", provider=PROVIDER)
    return event
