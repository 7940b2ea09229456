"""The embedded models' adapter: llama.cpp in a supervised process, spoken to in OpenAI's format on loopback."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

from ...errors import ConnectionFailed, ContextTooLong, InvalidRequest, StreamBroken
from ...events import Event, MessageFinished, MessageStarted, Notice, TextDelta
from ..embedded.conversation import plain_conversation, without_lone_surrogates
from ..embedded.models import EmbeddedModels
from ..embedded.native_api import FRESH_CONNECTION, NativeApi
from ..embedded.precedence import Precedence
from ..embedded.process import ModelProcess
from ..embedded.tool_prompt import instructions, offered_tools, reply_schema
from ..embedded.tool_reply import ToolReply
from ..embedded.weights import PROVIDER, Weight
from ..requests import ChatRequest, EmbeddingRequest, Embeddings, InfillRequest, Message, ToolSpec
from .base import Secret, Target
from .openai_compatible import OpenAICompatible

DEFAULT_MAX_TOKENS = 2048
"""Length of an answer when the request sets none: small models may repeat themselves for ever."""
_TOOL_TEMPERATURE = 0.0
"""Which tool to call is no matter of taste."""
_AGAINST_LOOPS = {
    "dry_multiplier": 0.8,
    "dry_base": 1.75,
    "dry_allowed_length": 32,
    "dry_penalty_last_n": 2048,
}
"""Ends verbatim repetition (llama.cpp's DRY sampler): in a tool call it would go on until the tokens run out.
Passages of up to 32 tokens may be copied freely."""
_CHARACTERS_PER_TOKEN = 64
"""No text has more characters to a token on average, so a longer prompt need not be counted to be too long."""
_SILENCE_SECONDS = 60.0
_DEATH_SECONDS = 1.0
_GATHER = 0.06
"""Seconds between two looks at the child's answer. All cores compute the next token: to wake up for each one of
them costs a tenth of the speed on two cores, and nobody sees the difference to 15 updates a second."""
_WAITED = 0.002
"""Seconds after a look from which on an event was waited for, and did not lie there already."""


class Embedded:
    """Answers with embedded models.

    Chats go through our adapter for OpenAI's format, to the process of the model. With tools, the reply
    is bound by a JSON schema and read back into words and tool calls, because small models follow no
    other form reliably.
    """

    def __init__(self, models: EmbeddedModels) -> None:
        self._models = models
        self._chat = OpenAICompatible()
        self._native = NativeApi()
        self._precedence = Precedence()

    async def chat(self, request: ChatRequest, target: Target) -> AsyncGenerator[Event, None]:
        """Stream one answer. A `Notice` comes first when the model has to be loaded.

        Raises:
            EmbeddedModelFailed: when the process cannot start, or dies in the middle.
            ContextTooLong: when the prompt does not fit.
            ProviderError: for anything else that is wrong with the request.
        """
        weight = await self._weight(target)
        tools = offered_tools(request.tools, request.tool_choice)
        sent = self._prepared(request, tools)
        if not self._models.is_loaded(weight.name):
            yield _loading(weight)
        async with self._precedence.answering(), self._running(weight, target) as (_, local):
            stream = self._chat.chat(sent, local)
            async with aclosing(_read_replies(stream) if tools else stream) as events:
                gathered_at = 0.0
                async for event in events:
                    yield event
                    if isinstance(event, TextDelta) and time.monotonic() - gathered_at > _WAITED:
                        await asyncio.sleep(_GATHER)
                        gathered_at = time.monotonic()

    async def embed(self, request: EmbeddingRequest, target: Target) -> Embeddings:
        """Embed texts: the mean of the model's states over each. Loads the model a second time, for that.

        Raises:
            EmbeddedModelFailed: when the process cannot start or dies.
            ContextTooLong: when a text does not fit.
        """
        weight = await self._weight(target)
        self._refuse_what_never_fits(request.inputs)
        async with self._running(weight, target, embedding=True) as (_, local):
            inputs = tuple(map(without_lone_surrogates, request.inputs))
            return await self._chat.embed(replace(request, inputs=inputs, dimensions=None), local)

    async def infill(self, request: InfillRequest, target: Target) -> AsyncGenerator[Event, None]:
        """Stream what belongs between two pieces of code; gives way to answers, of any embedded model.

        Raises:
            EmbeddedModelFailed: when the process cannot start or dies.
            InvalidRequest: when the model was not trained for it.
            ContextTooLong: when the code does not fit.
        """
        weight = await self._weight(target)
        if weight.fill_in_the_middle is False:
            raise InvalidRequest(
                f"{weight.name} cannot fill in the middle.", hint="Choose a model that can.", provider=PROVIDER
            )
        self._refuse_what_never_fits((request.prefix, request.suffix))
        async with aclosing(self._precedence.giving_way(self._infill(request, weight, target))) as events:
            async for event in events:
                yield event

    async def _infill(self, request: InfillRequest, weight: Weight, target: Target) -> AsyncGenerator[Event, None]:
        if not self._models.is_loaded(weight.name):
            yield _loading(weight)
        async with self._running(weight, target) as (process, local):
            yield MessageStarted(request.request_id, target.provider, target.model)
            async with aclosing(self._native.infill(process, local, request)) as events:
                async for event in events:
                    yield event

    async def count_tokens(self, prompt: str | Sequence[Message], target: Target) -> int:
        """How many tokens a text, or a conversation in the model's chat template, takes.

        Raises:
            EmbeddedModelFailed: when the process cannot start or dies.
        """
        weight = await self._weight(target)
        async with self._running(weight, target) as (process, local):
            if isinstance(prompt, str):
                return await self._native.count_tokens(process, local, prompt)
            return await self._native.count_chat_tokens(process, local, plain_conversation(prompt))

    async def close(self) -> None:
        """Close the connections. The processes are the engine's, which ends them."""
        await self._chat.close()
        await self._native.close()

    async def _weight(self, target: Target) -> Weight:
        return await asyncio.to_thread(self._models.weights.require, target.name)

    def _prepared(self, request: ChatRequest, tools: Sequence[ToolSpec]) -> ChatRequest:
        """The request as the small model can take it."""
        self._refuse_what_never_fits([message.text for message in request.messages])
        if not tools:
            return replace(
                request,
                messages=plain_conversation(request.messages),
                tools=(),
                tool_choice=None,
                parallel_tool_calls=None,
                max_tokens=request.max_tokens or DEFAULT_MAX_TOKENS,
            )
        choice, answer = request.tool_choice, request.response_format
        with_results = bool(request.messages) and request.messages[-1].role == "tool"
        told = instructions(tools, choice, answer, with_results=with_results)
        return replace(
            request,
            messages=plain_conversation(request.messages, tool_instructions=told),
            tools=(),
            tool_choice=None,
            parallel_tool_calls=None,
            response_format=reply_schema(tools, choice, answer),
            json_mode=False,
            max_tokens=request.max_tokens or DEFAULT_MAX_TOKENS,
            extra={**_AGAINST_LOOPS, **request.extra},
            temperature=_TOOL_TEMPERATURE if request.temperature is None else request.temperature,
        )

    def _refuse_what_never_fits(self, texts: Iterable[str]) -> None:
        """Counting the tokens of megabytes takes many seconds, so what can't fit is refused by its length."""
        context = self._models.context
        characters = sum(map(len, texts))
        if characters > context * _CHARACTERS_PER_TOKEN:
            raise ContextTooLong(
                f"The prompt has {characters:,} characters, and the embedded model's context is {context:,} tokens.",
                provider=PROVIDER,
            )

    @asynccontextmanager
    async def _running(
        self, weight: Weight, target: Target, *, embedding: bool = False
    ) -> AsyncGenerator[tuple[ModelProcess, Target], None]:
        """The model's process, and the target that reaches it. Its death becomes one clear error."""
        async with self._models.use(weight, embedding=embedding) as process:
            local = Target(
                provider=PROVIDER,
                name=weight.name,
                base_url=f"{process.url}/v1",
                key=Secret(process.key),
                headers=FRESH_CONNECTION,
                connect_timeout=target.connect_timeout,
                # The process is heard every few seconds while it works, however long a prompt takes to read.
                stream_timeout=max(target.stream_timeout, _SILENCE_SECONDS),
            )
            try:
                yield process, local
            except (ConnectionFailed, StreamBroken) as error:
                if await asyncio.to_thread(process.died_within, _DEATH_SECONDS):
                    what = "The embedded model's process died in the middle of the answer"
                    raise await asyncio.to_thread(process.failure, what) from error
                raise


def _loading(weight: Weight) -> Notice:
    return Notice("embedded_loading", f"Loading {weight.name} ({weight.bytes / 1e6:,.0f} MB) …")


async def _read_replies(stream: AsyncGenerator[Event, None]) -> AsyncGenerator[Event, None]:
    """The events of a schema-bound reply as those of words and tool calls."""
    reply = ToolReply()
    async with aclosing(stream) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                for read in reply.feed(event.text):
                    yield read
            elif isinstance(event, MessageFinished):
                for read in reply.finish():
                    yield read
                yield MessageFinished("tool_calls") if reply.called else event
            else:
                yield event
