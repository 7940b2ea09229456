"""Our OpenAI adapter over everything that was recorded of chat completions and embeddings."""

from __future__ import annotations

import pytest

from lumina_jupyter.errors import LuminaError
from lumina_jupyter.events import Notice, ReasoningDelta
from lumina_jupyter.gateway.providers.base import Secret, Target
from lumina_jupyter.gateway.providers.openai_compatible import OpenAICompatible
from lumina_jupyter.gateway.requests import EmbeddingRequest
from tests.replay.compare import CUTS, assert_same, replay
from tests.replay.reading import read_chat_completions, read_embeddings
from tests.replay.recording import Recording, recording, recordings
from tests.replay.refusals import EXPECTED_ERRORS
from tests.replay.scope import played_by
from tests.replay.server import ReplayServer

CHATS = played_by(recordings(surface="chat/completions"), "openai_compatible")
EMBEDDINGS = played_by(recordings(surface="embed"), "openai_compatible")


def target_of(recorded: Recording, url: str) -> Target:
    return Target(provider=recorded.provider, name=recorded.model or "m", base_url=f"{url}/v1", key=Secret("k-1234567"))


@pytest.mark.parametrize("recorded", CHATS, ids=lambda recorded: recorded.id)
async def test_chat_is_read_as_recorded_however_it_is_cut(recorded: Recording) -> None:
    expected = read_chat_completions(recorded)
    provider = OpenAICompatible()
    for cut in CUTS:
        answer = await replay(provider, recorded, target_of, cut=cut)
        assert_same(answer, expected)
        if answer.error is not None:
            assert answer.error.provider == recorded.provider
    await provider.close()


async def test_retry_after_of_a_recorded_refusal_is_kept() -> None:
    recorded = next(found for found in CHATS if found.retry_after)
    provider = OpenAICompatible()
    answer = await replay(provider, recorded, target_of)
    await provider.close()
    assert answer.error is not None
    assert answer.error.retry_after == float(recorded.retry_after or "")


@pytest.mark.parametrize("recorded", EMBEDDINGS, ids=lambda recorded: recorded.id)
@pytest.mark.parametrize("cut", [None, 4096])
async def test_embeddings_are_read_as_recorded(recorded: Recording, cut: int | None) -> None:
    wanted = EXPECTED_ERRORS.get(recorded.id)
    vectors = [] if wanted else read_embeddings(recorded)
    request = EmbeddingRequest(inputs=("text",) * max(1, len(vectors)))
    provider = OpenAICompatible()
    async with ReplayServer(recorded, cut=cut) as server:
        target = target_of(recorded, server.url)
        if wanted is not None:
            with pytest.raises(LuminaError) as caught:
                await provider.embed(request, target)
            assert type(caught.value) is wanted
        else:
            found = await provider.embed(request, target)
            assert [list(vector) for vector in found.vectors] == vectors
            assert found.model == target.model
            usage = recorded.json()["usage"]
            assert found.input_tokens == usage.get("prompt_tokens", usage["total_tokens"])
    await provider.close()


async def test_sources_and_tools_of_the_provider_are_notices_not_text_or_calls() -> None:
    provider = OpenAICompatible()
    searched = await replay(provider, recording("groq/pydai__test_groq_model_web_search_tool_stream"), target_of)
    cited = await replay(provider, recording("perplexity/vercel__perplexity-citations.chunks"), target_of)
    await provider.close()
    assert searched.calls == []
    assert searched.notices == [Notice("provider_tool", "groq used on its own side: search.")]
    assert [notice.code for notice in cited.notices] == ["sources"]
    assert "[1] https://populationstat.com" in cited.notices[0].text


async def test_sealed_reasoning_can_be_given_back() -> None:
    sealed = [found for found in CHATS if found.provider == "openrouter" and b"reasoning.encrypted" in found.body]
    assert sealed
    provider = OpenAICompatible()
    for recorded in sealed:
        answer = await replay(provider, recorded, target_of)
        signatures = [
            event.signature for event in answer.events if isinstance(event, ReasoningDelta) and event.signature
        ]
        assert len(signatures) == 1
        assert "reasoning.encrypted" in str(signatures[0])
    await provider.close()
