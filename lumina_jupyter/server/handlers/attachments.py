"""`/lumina/api/conversations/{id}/attachments/{sha256}`: images in questions."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ..conversation_base import ConversationBase


class AttachmentHandler(ConversationBase):
    """Gives an image: one that a browser shows and never runs."""

    @authorized
    async def get(self, conversation_id: str, sha256: str) -> None:
        """The bytes, as what they are and not as what somebody said they were."""
        memory = await self.memory()
        image = await memory.image(conversation_id, sha256, self.viewer)
        self.content_type = image.media_type
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", "default-src 'none'; sandbox")
        self.set_header("Cache-Control", "no-store")
        self.finish(image.data)
