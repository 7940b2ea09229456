"""`/lumina/api/conversations/{id}/presence`: who is typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jupyter_server.auth.decorator import authorized

from ..conversation_base import ConversationBase


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """Whether who asks is typing; to be said again every few seconds."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    typing: bool


class PresenceHandler(ConversationBase):
    """Tells the others who read a conversation that somebody types."""

    @authorized
    async def post(self, conversation_id: str) -> None:
        """Typing, or not any more."""
        body = await self.body(Typing)
        memory = await self.memory()
        await memory.typing(conversation_id, self.viewer, body.typing)
        self.set_status(204)
        self.finish()
