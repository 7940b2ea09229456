"""Where the chunks of a stream come from.

litellm puts a wrapper around what its dialects read. For the dialects that we know, the wrapper is
passed by: it makes up a finish reason where none came, drops text that looks like a model's special
token (`<s>`), raises when a model repeats itself, keeps every chunk, and sends each answer to a logger.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

from ..base import Target
from .arguments import family_of
from .exchange import Exchange
from .failures import broken
from .google_calls import with_whole_calls


async def direct_chunks(answer: Any, handler: Any, exchange: Exchange, target: Target) -> AsyncGenerator[Any, None]:
    """The chunks as the dialect reads them; returns when the provider has begun to answer."""
    source = answer.completion_stream
    if source is None:
        source = await answer.make_call(client=handler)
    if hasattr(source, "model_response"):
        # litellm asked for the answer in one piece (Bedrock, when the answer must be JSON), and would
        # now pass on its text and its first tool call.
        return _one(source.model_response)
    if family_of(target) == "google" and hasattr(source, "streaming_response"):
        exchange.ended = False
        source.streaming_response = with_whole_calls(source.streaming_response, exchange.end)
    return _pass_on(source)


async def _one(answer: Any) -> AsyncGenerator[Any, None]:
    yield answer


async def _pass_on(source: Any) -> AsyncGenerator[Any, None]:
    try:
        async for chunk in source:
            yield chunk
    finally:
        for part in (source, getattr(source, "streaming_response", None)):
            close = getattr(part, "aclose", None)
            if close is not None:
                # A generator that its reader's task has broken already has nothing left to close.
                with suppress(RuntimeError):
                    await close()


async def wrapped_chunks(answer: Any, target: Target) -> AsyncGenerator[Any, None]:
    """The chunks of a provider whose dialect only litellm knows, each within the time limit.

    Raises:
        StreamBroken: when the stream ends with no finish reason of the provider's own.
        TimeoutError: when nothing came for the target's `stream_timeout`.
    """
    try:
        while True:
            async with asyncio.timeout(target.stream_timeout):
                chunk = await anext(answer, None)
            if chunk is None:
                break
            yield chunk
    finally:
        await answer.aclose()
    if answer.received_finish_reason is None and answer.intermittent_finish_reason is None:
        raise broken(target)
