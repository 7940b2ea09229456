"""`/lumina/v1/embeddings`, in OpenAI's wire format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized

from ..openai.answers import embeddings_of
from .openai_base import OpenAIHandler

if TYPE_CHECKING:
    from ..openai.wire import EmbeddingsRequest


class EmbeddingsHandler(OpenAIHandler):
    """Embeds texts."""

    @authorized
    async def post(self) -> None:
        """The vectors, as numbers or as base64."""
        cls, translate = await self.in_thread(_translation)
        sent: EmbeddingsRequest = await self.body(cls)
        engine = await self.engine()
        async with self.while_connected():
            result = await engine.embed(translate(sent, user=self.asker))
            self.answer(embeddings_of(result, as_base64=sent.encoding_format == "base64"))


def _translation() -> tuple[type[EmbeddingsRequest], Any]:
    from ..openai.requests import embedding_request
    from ..openai.wire import EmbeddingsRequest

    return EmbeddingsRequest, embedding_request
