"""The adapter: one call of litellm in, our events out."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

import httpx

from ...._version import __version__
from ....errors import LuminaError, MissingExtra
from ....events import Event, MessageFinished, MessageStarted
from ...requests import ChatRequest, EmbeddingRequest, Embeddings
from ..base import Target
from ..failures import failure_of_payload
from .arguments import chat_arguments, embedding_arguments, family_of, litellm_provider
from .exchange import Exchange
from .failures import broken, failure
from .library import Library, library, prepare_event_stream
from .reader import AnswerReader
from .stream import direct_chunks, wrapped_chunks
from .tail import error_payload, invoke_end, misread_end, tells_input_tokens, tells_reasoning_tokens


class LiteLLM:
    """Speaks the dialects of Anthropic, Google and Amazon, and any other that litellm knows.

    Made in a worker thread by the registry, because reading the CA certificates takes a moment.
    """

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
            follow_redirects=False,
            # The end of a stream is read from its raw bytes, and compression would delay its pieces.
            headers={"Accept-Encoding": "identity", "User-Agent": f"lumina-jupyter/{__version__}"},
        )

    async def chat(self, request: ChatRequest, target: Target) -> AsyncGenerator[Event, None]:
        """Stream one answer.

        Raises:
            ProviderError: the subclass that fits what went wrong.
            MissingExtra: when the provider needs a package that is not installed.
        """
        litellm = await _ready(target)
        arguments = chat_arguments(request, target, litellm.own_parameters)
        exchange = Exchange(self._client, target)
        try:
            async with aclosing(self._events(request, target, litellm, arguments, exchange)) as events:
                async for event in events:
                    yield event
        except LuminaError:
            raise
        except Exception as error:  # noqa: BLE001 - litellm raises whatever its dialects ran into
            raise failure(error, exchange, target) from None
        finally:
            await exchange.close()

    async def embed(self, request: EmbeddingRequest, target: Target) -> Embeddings:
        """Embed texts.

        Raises:
            ProviderError: the subclass that fits what went wrong.
        """
        litellm = await _ready(target)
        arguments = embedding_arguments(request, target)
        exchange = Exchange(self._client, target)
        if family_of(target) != "other":
            arguments["client"] = _handler(litellm, exchange)
        try:
            answer = await litellm.call("aembedding", arguments)
        except Exception as error:  # noqa: BLE001 - litellm raises whatever its dialects ran into
            raise failure(error, exchange, target) from None
        finally:
            await exchange.close()
        # Google's embeddings go past the exchange (litellm loses its client); Vertex's are counted by Google.
        counted = tells_input_tokens(exchange.tail) if exchange.answered else litellm_provider(target) == "vertex_ai"
        data = sorted(answer.data, key=lambda item: item["index"])
        return Embeddings(
            vectors=tuple(tuple(float(value) for value in item["embedding"]) for item in data),
            model=target.model,
            input_tokens=answer.usage.prompt_tokens if counted and answer.usage is not None else 0,
        )

    async def close(self) -> None:
        """Close every connection; calls under way end with an error."""
        await self._client.aclose()

    async def _events(
        self, request: ChatRequest, target: Target, litellm: Library, arguments: dict[str, Any], exchange: Exchange
    ) -> AsyncGenerator[Event, None]:
        reader = AnswerReader(target.provider, frozenset(tool.name for tool in request.tools))
        direct = family_of(target) != "other"
        if direct:
            arguments["client"] = _handler(litellm, exchange)
        answer = await litellm.call("acompletion", arguments)
        chunks: AsyncGenerator[Any, None] | None = None
        if arguments["stream"]:
            chunks = (
                await direct_chunks(answer, arguments["client"], exchange, target)
                if direct
                else wrapped_chunks(answer, target)
            )
        yield MessageStarted(request.request_id, target.provider, target.model)
        if chunks is None:
            for event in reader.read_answer(answer):
                yield event
        else:
            async with aclosing(chunks):
                async for chunk in chunks:
                    for event in reader.read_chunk(chunk):
                        yield event
        for event in _end(reader, exchange, target):
            yield event


def _end(reader: AnswerReader, exchange: Exchange, target: Target) -> Iterator[Event]:
    """What follows the last piece: the tool calls' ends, the usage, the reason.

    Raises:
        ProviderError: when the provider did not say that its answer is over.
    """
    if not (reader.finished and exchange.ended):
        payload = error_payload(exchange.tail)
        if payload is not None:
            raise failure_of_payload(payload, target.provider, target.key)
    if target.options.get("bedrock_api") == "invoke":
        reader.conclude(invoke_end(exchange.tail))
    else:
        reader.conclude(misread_end(exchange.tail, target.provider))
    if not (reader.finished and exchange.ended):
        raise broken(target)
    yield from reader.finish()
    usage = reader.usage(reasoning_counted=tells_reasoning_tokens(exchange.tail))
    if usage is not None:
        yield usage
    yield MessageFinished(reader.reason())


async def _ready(target: Target) -> Library:
    """litellm, and what this provider needs beside it."""
    provider = litellm_provider(target)
    if provider == "vertex_ai" and not _installed("google.auth"):
        raise MissingExtra("Calling Vertex AI", "vertex")
    if provider == "bedrock":
        await prepare_event_stream()
    return await library()


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _handler(litellm: Library, exchange: Exchange) -> Any:
    """The exchange in the one class that litellm accepts as a client; nothing else of the class is used."""
    handler = object.__new__(litellm.handler_class)
    handler.client = exchange.client
    handler.post = exchange.post
    return handler
