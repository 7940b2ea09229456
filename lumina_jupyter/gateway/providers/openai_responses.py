"""OpenAI's Responses API, as OpenAI, Azure, xAI, DeepSeek, Bedrock and OpenRouter speak it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from ...errors import InvalidRequest
from ...events import Event, MessageStarted
from ..requests import ChatRequest, EmbeddingRequest, Embeddings
from .answer_stream import answer_events
from .base import Target
from .http_stream import HttpStreams
from .openai_addresses import api_headers, api_url
from .openai_responses_reader import ResponsesReader
from .openai_responses_request import concede, request_body


class OpenAIResponses:
    """The adapter for `POST {base_url}/responses`."""

    def __init__(self) -> None:
        self._http = HttpStreams()

    async def chat(self, request: ChatRequest, target: Target) -> AsyncGenerator[Event, None]:
        """Stream one answer."""
        body = request_body(request, target)
        while True:
            started = False
            try:
                async with self._http.post(_url(target), body, api_headers(target), target) as response:
                    yield MessageStarted(request.request_id, target.provider, target.model)
                    started = True
                    async with aclosing(answer_events(response, ResponsesReader(target), target.provider)) as events:
                        async for event in events:
                            yield event
                return
            except InvalidRequest as error:
                if started or not concede(error, body):
                    raise

    async def embed(self, request: EmbeddingRequest, target: Target) -> Embeddings:
        """This API has no embeddings.

        Raises:
            InvalidRequest: always.
        """
        raise InvalidRequest(
            f"{target.model} makes no embeddings.", hint="Choose an embedding model.", provider=target.provider
        )

    async def close(self) -> None:
        """Close idle connections; calls under way end with an error."""
        await self._http.close()


def _url(target: Target) -> str:
    # Azure has this API in its v1 alone, whatever version its deployments are addressed with.
    return api_url(replace(target, options={}), "responses")
