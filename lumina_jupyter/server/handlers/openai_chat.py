"""`/lumina/v1/chat/completions`, in OpenAI's wire format."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized

from ...events import Event, Failed
from ..openai.answers import Chunks, Completion
from ..openai.errors import body_of_failure
from .openai_base import OpenAIHandler

if TYPE_CHECKING:
    from ...gateway import ChatRequest
    from ..openai.wire import ChatCompletionRequest


class ChatCompletionsHandler(OpenAIHandler):
    """Completes a chat."""

    @authorized
    async def post(self) -> None:
        """One completion, or its chunks with `stream`."""
        cls, translate = await self.in_thread(_translation)
        sent: ChatCompletionRequest = await self.body(cls)
        request: ChatRequest = translate(sent, user=self.asker)
        engine = await self.engine()
        async with self.while_connected(request.request_id), aclosing(engine.chat(request)) as events:
            if sent.stream:
                include_usage = bool(sent.stream_options and sent.stream_options.include_usage)
                await self._stream(events, Chunks(request.request_id, request.model, include_usage=include_usage))
            else:
                await self._complete(events, Completion(request.request_id, request.model))

    async def _stream(self, events: AsyncGenerator[Event, None], chunks: Chunks) -> None:
        async for event in events:
            if isinstance(event, Failed):
                if not self.is_streaming:
                    self.fail(event)
                    return
                await self.send(_json(body_of_failure(event)))
            for chunk in chunks.of(event):
                await self.send(_json(chunk))
        await self.send("[DONE]")

    async def _complete(self, events: AsyncGenerator[Event, None], completion: Completion) -> None:
        async for event in events:
            if isinstance(event, Failed):
                self.fail(event)
                return
            completion.add(event)
        self.answer(completion.result())


def _translation() -> tuple[type[ChatCompletionRequest], Any]:
    from ..openai.requests import chat_request
    from ..openai.wire import ChatCompletionRequest

    return ChatCompletionRequest, chat_request


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":"))
