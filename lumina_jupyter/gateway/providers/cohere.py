"""Cohere's v2 API: chat and embeddings."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from ...errors import StreamBroken
from ...events import Event, MessageStarted
from ..requests import ChatRequest, EmbeddingRequest, Embeddings
from .answer_stream import answer_events
from .base import Target
from .cohere_reader import CohereReader
from .cohere_request import request_body
from .http_stream import HttpStreams
from .openai_addresses import api_headers

TEXTS_PER_CALL = 96
"""Texts that one call of Cohere's embeddings takes at most."""


class Cohere:
    """The adapter for `POST {base_url}/v2/chat` and `/v2/embed`."""

    def __init__(self) -> None:
        self._http = HttpStreams()

    async def chat(self, request: ChatRequest, target: Target) -> AsyncGenerator[Event, None]:
        """Stream one answer."""
        body = request_body(request, target)
        async with self._http.post(f"{target.base_url}/v2/chat", body, api_headers(target), target) as response:
            yield MessageStarted(request.request_id, target.provider, target.model)
            async with aclosing(answer_events(response, CohereReader(target), target.provider)) as events:
                async for event in events:
                    yield event

    async def embed(self, request: EmbeddingRequest, target: Target) -> Embeddings:
        """Embed texts, as documents unless the target's `input_type` says otherwise."""
        vectors: list[tuple[float, ...]] = []
        tokens = 0
        for first in range(0, len(request.inputs), TEXTS_PER_CALL):
            texts = request.inputs[first : first + TEXTS_PER_CALL]
            more, used = await self._embed(texts, request.dimensions, target)
            vectors += more
            tokens += used
        return Embeddings(tuple(vectors), target.model, tokens)

    async def _embed(
        self, texts: tuple[str, ...], dimensions: int | None, target: Target
    ) -> tuple[list[tuple[float, ...]], int]:
        body: dict[str, Any] = {
            "model": target.name,
            "texts": list(texts),
            "input_type": target.options.get("input_type", "search_document"),
            "embedding_types": ["float"],
        }
        if dimensions is not None:
            body["output_dimension"] = dimensions
        answer = await self._http.post_json(f"{target.base_url}/v2/embed", body, api_headers(target), target)
        try:
            vectors = [tuple(map(float, vector)) for vector in answer["embeddings"]["float"]]
            tokens = int(((answer.get("meta") or {}).get("billed_units") or {}).get("input_tokens") or 0)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise StreamBroken(f"{target.provider} sent no embeddings.", provider=target.provider) from error
        if len(vectors) != len(texts):
            raise StreamBroken(
                f"{target.provider} sent {len(vectors)} embeddings for {len(texts)} texts.", provider=target.provider
            )
        return vectors, tokens

    async def close(self) -> None:
        """Close idle connections; calls under way end with an error."""
        await self._http.close()
