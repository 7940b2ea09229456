"""Our own adapter for every server that speaks OpenAI's chat format: the gateway's hot path."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from ...errors import InvalidRequest
from ...events import Event, MessageStarted
from ..requests import ChatRequest, EmbeddingRequest, Embeddings, InfillRequest
from .answer_stream import answer_events
from .base import Target
from .http_stream import HttpStreams
from .openai_addresses import api_headers, api_url
from .openai_chat_reader import ChatReader
from .openai_chat_request import chat_body
from .openai_concessions import concede, concession
from .openai_dialects import dialect_of
from .openai_embeddings import embedding_body, read_embeddings
from .openai_infill import InfillReader, infill_body, infill_url
from .turnstile import Turnstile


class OpenAICompatible:
    """Chat and embeddings at OpenAI-compatible servers; see `base.Provider`."""

    def __init__(self) -> None:
        self._http = HttpStreams()
        self._turnstile = Turnstile()
        self._conceded: dict[tuple[str, str], tuple[str, ...]] = {}
        """By address and model: fields of ours that the server has refused before."""

    async def chat(self, request: ChatRequest, target: Target) -> AsyncGenerator[Event, None]:
        """Stream one answer."""
        await self._turnstile.enter()
        body = chat_body(request, target, dialect_of(target))
        place = (target.base_url, target.name)
        for field in self._conceded.get(place, ()):
            concede(body, field)
        url, headers = api_url(target, "chat/completions"), api_headers(target)
        while True:
            started = False
            try:
                async with self._http.post(url, body, headers, target) as response:
                    yield MessageStarted(request.request_id, target.provider, target.model)
                    started = True
                    async with aclosing(answer_events(response, ChatReader(target), target.provider)) as events:
                        async for event in events:
                            yield event
                return
            except InvalidRequest as error:
                refused = concession(error, body)
                known = self._conceded.get(place, ())
                if started or refused is None or refused in known:
                    raise
                self._conceded[place] = (*known, refused)
                concede(body, refused)

    async def infill(self, request: InfillRequest, target: Target) -> AsyncGenerator[Event, None]:
        """Stream what belongs between two pieces of code."""
        url, headers = infill_url(target), api_headers(target)
        async with self._http.post(url, infill_body(request, target), headers, target) as response:
            yield MessageStarted(request.request_id, target.provider, target.model)
            async with aclosing(answer_events(response, InfillReader(target), target.provider)) as events:
                async for event in events:
                    yield event

    async def embed(self, request: EmbeddingRequest, target: Target) -> Embeddings:
        """Embed texts."""
        dialect = dialect_of(target)
        url, headers = api_url(target, "embeddings"), api_headers(target)
        payload = await self._http.post_json(url, embedding_body(request, target, dialect), headers, target)
        return read_embeddings(payload, request, target, dialect)

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()
