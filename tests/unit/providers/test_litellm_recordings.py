"""Every recording of Anthropic, Gemini, Vertex and Bedrock through the real litellm, whole and cut."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from lumina_jupyter.errors import InvalidRequest
from lumina_jupyter.gateway.providers.litellm import LiteLLM
from lumina_jupyter.gateway.requests import EmbeddingRequest
from tests.replay.compare import CUTS, assert_same, replay
from tests.replay.expected import Expected
from tests.replay.litellm_targets import google_credentials, target_of
from tests.replay.reading_anthropic import read_anthropic
from tests.replay.reading_bedrock import read_bedrock
from tests.replay.reading_gemini import read_gemini
from tests.replay.recording import Recording, recording, recordings
from tests.replay.scope import played_by
from tests.replay.server import ReplayServer

READINGS: dict[str, Callable[[Recording], Expected]] = {
    "anthropic": read_anthropic,
    "gemini": read_gemini,
    "vertex": read_gemini,
    "bedrock": read_bedrock,
}
PLAYED = played_by(recordings(), "litellm")
BEYOND_MENDING = {
    "bedrock/otel__test_invoke_model_with_response_stream_no_content_different_events_anthropic.claude_": (
        InvalidRequest,
        "aws_authentication_params",
    ),
    "bedrock/otel__test_invoke_model_with_response_stream_with_content_different_events_anthropic.claude_": (
        InvalidRequest,
        "aws_authentication_params",
    ),
}
"""What litellm cannot do at all: it fails before sending (Claude 2 by Bedrock's older API; `converse` works)."""


@pytest.fixture
def adapter(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[LiteLLM]:
    made = LiteLLM()
    yield made
    jp_asyncio_loop.run_until_complete(made.close())


@pytest.fixture(scope="module")
def credentials() -> Iterator[str]:
    with google_credentials() as made:
        yield made


@pytest.mark.parametrize(
    "played",
    [played for played in PLAYED if played.surface != "embed" and played.id not in BEYOND_MENDING],
    ids=lambda played: played.id,
)
async def test_recording(adapter: LiteLLM, credentials: str, played: Recording) -> None:
    expected = READINGS[played.provider](played)
    for cut in CUTS:
        answer = await replay(adapter, played, partial(target_of, credentials=credentials), cut=cut)
        try:
            assert_same(answer, expected)
        except AssertionError as error:
            error.add_note(f"with the body cut every {cut} bytes")
            raise


@pytest.mark.parametrize(("id", "failure"), BEYOND_MENDING.items(), ids=BEYOND_MENDING)
async def test_what_is_beyond_mending_says_so(adapter: LiteLLM, id: str, failure: tuple[type[Exception], str]) -> None:
    kind, words = failure
    answer = await replay(adapter, recording(id), target_of)
    assert type(answer.error) is kind
    assert words in answer.error.message


@pytest.mark.parametrize(
    "played", [played for played in PLAYED if played.surface == "embed"], ids=lambda played: played.id
)
async def test_embedding(adapter: LiteLLM, credentials: str, played: Recording) -> None:
    async with ReplayServer(played) as server:
        target = target_of(played, server.url, credentials=credentials)
        embeddings = await adapter.embed(EmbeddingRequest(inputs=("Hello?",)), target)
    vectors, tokens = _read_embeddings(played.json())
    assert embeddings.vectors == vectors
    assert embeddings.input_tokens == tokens
    assert embeddings.model == target.model


def _read_embeddings(body: dict[str, Any]) -> tuple[tuple[tuple[float, ...], ...], int]:
    """The vectors of a recorded answer, and the tokens that they took; 0 where it does not say."""
    if "predictions" in body:
        found = [prediction["embeddings"] for prediction in body["predictions"]]
        return tuple(tuple(each["values"]) for each in found), sum(each["statistics"]["token_count"] for each in found)
    return tuple(tuple(each.get("values") or each["embedding"]) for each in body["embeddings"]), 0
