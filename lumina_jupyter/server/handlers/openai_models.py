"""`/lumina/v1/models`, in OpenAI's wire format."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ...errors import ModelNotFound
from ..openai.answers import model_of
from .openai_base import OpenAIHandler


class OpenAIModelsHandler(OpenAIHandler):
    """Lists the models."""

    @authorized
    async def get(self) -> None:
        """The models that can answer now."""
        engine = await self.engine()
        self.answer({"object": "list", "data": [model_of(model.id) for model in await engine.models()]})


class OpenAIModelHandler(OpenAIHandler):
    """One model."""

    @authorized
    async def get(self, id: str) -> None:
        """It, if it can answer now."""
        engine = await self.engine()
        if all(model.id != id for model in await engine.models()):
            raise ModelNotFound(f"There is no model {id} here.")
        self.answer(model_of(id))
