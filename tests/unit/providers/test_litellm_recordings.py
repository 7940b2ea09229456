"""Every recording of Anthropic, Gemini, Vertex and Bedrock through the real litellm, whole and cut."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from lumina_jupyter.gateway.providers.litellm import LiteLLM
from tests.replay.compare import CUTS, assert_same, replay
from tests.replay.expected import Expected
from tests.replay.litellm_targets import google_credentials, target_of
from tests.replay.reading_anthropic import read_anthropic
from tests.replay.reading_bedrock import read_bedrock
from tests.replay.reading_gemini import read_gemini
from tests.replay.recording import Recording, recordings

READINGS: dict[str, Callable[[Recording], Expected]] = {
    "anthropic": read_anthropic,
    "gemini": read_gemini,
    "vertex": read_gemini,
    "bedrock": read_bedrock,
}
SURFACES = {
    "messages",
    "generateContent",
    "streamGenerateContent",
    "converse",
    "converse-stream",
    "invoke",
    "invoke-with-response-stream",
}
PLAYED = [played for provider in READINGS for played in recordings(provider=provider) if played.surface in SURFACES]


@pytest.fixture
def adapter(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[LiteLLM]:
    made = LiteLLM()
    yield made
    jp_asyncio_loop.run_until_complete(made.close())


@pytest.fixture(scope="module")
def credentials() -> Iterator[str]:
    with google_credentials() as made:
        yield made


@pytest.mark.parametrize("played", PLAYED, ids=lambda played: played.id)
async def test_recording(adapter: LiteLLM, credentials: str, played: Recording) -> None:
    expected = READINGS[played.provider](played)
    for cut in CUTS:
        answer = await replay(adapter, played, partial(target_of, credentials=credentials), cut=cut)
        try:
            assert_same(answer, expected)
        except AssertionError as error:
            error.add_note(f"with the body cut every {cut} bytes")
            raise
