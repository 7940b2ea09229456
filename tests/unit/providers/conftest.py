"""Adapters that are closed when a test is over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from lumina_jupyter.gateway.providers.openai_responses import OpenAIResponses


@pytest.fixture
def responses_adapter(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[OpenAIResponses]:
    made = OpenAIResponses()
    yield made
    jp_asyncio_loop.run_until_complete(made.close())
