"""How servers' lists of models are read, as recorded and in the shapes that they come in."""

from __future__ import annotations

import pytest

from lumina_jupyter.gateway.credentials import Access
from lumina_jupyter.gateway.listing import list_models
from lumina_jupyter.gateway.providers.specs import ProviderSpec
from tests.replay.recording import Recording, recordings
from tests.replay.scope import played_by
from tests.replay.server import ReplayServer, Reply

LAB = ProviderSpec(name="lab", title="Lab", adapter="openai_compatible")
LISTS = played_by(recordings(surface="models"), "openai_compatible")


@pytest.mark.parametrize("recorded", LISTS, ids=lambda recorded: recorded.id)
async def test_models_are_listed_as_recorded(recorded: Recording) -> None:
    async with ReplayServer(recorded) as server:
        listing = await list_models(Access(spec=LAB, base_url=f"{server.url}/v1"))
        assert server.requests[0].path == "/v1/models"
    assert listing.reached
    assert [model.name for model in listing.models] == [model["id"] for model in recorded.json()["data"]]


@pytest.mark.parametrize(
    "body", [b'{"data": [{"id": "a"}]}', b'[{"id": "a"}]', b'{"models": [{"id": "a"}, 7]}', b'[{"name": "models/a"}]']
)
async def test_model_lists_in_every_shape(body: bytes) -> None:
    async with ReplayServer(Reply(body=body)) as server:
        listing = await list_models(Access(spec=LAB, base_url=server.url))
    assert [model.id for model in listing.models] == ["lab/a"]
