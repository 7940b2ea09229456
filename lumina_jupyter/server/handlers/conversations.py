"""`/lumina/api/conversations`: the logs of what was asked and answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jupyter_server.auth.decorator import authorized

from ..base import LuminaHandler

LAST_NUMBER = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """Whose conversation begins anew: a notebook's, or that of the notebook a kernel belongs to."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    notebook: str = ""
    kernel_id: str = ""


class ConversationsHandler(LuminaHandler):
    """Lists conversations."""

    @authorized
    async def get(self) -> None:
        """Those of `?notebook=` or of the notebook of `?kernel_id=`, else all; the last changed first."""
        notebook = await self.service.notebooks.of_kernel(
            self.get_query_argument("kernel_id", ""), self.get_query_argument("notebook", "")
        )
        engine = await self.engine()
        self.answer({"conversations": await engine.conversations(notebook or None)})


class ConversationEventsHandler(LuminaHandler):
    """Reads a log."""

    @authorized
    async def get(self, conversation_id: str) -> None:
        """The entries that follow number `?after=`, oldest first, a thousand at most."""
        after = self.number("after", 0, least=0, most=LAST_NUMBER)
        engine = await self.engine()
        self.answer({"events": await engine.conversation_events(conversation_id, after=after)})


class ConversationHandler(LuminaHandler):
    """One conversation."""

    @authorized
    async def delete(self, conversation_id: str) -> None:
        """Delete it and all of its log."""
        engine = await self.engine()
        await engine.delete_conversation(conversation_id)
        self.set_status(204)
        self.finish()


class ResetHandler(LuminaHandler):
    """Begins a conversation anew."""

    @authorized
    async def post(self) -> None:
        """Begin a fresh one; the one before stays readable."""
        reset = await self.body(Reset)
        notebook = await self.service.notebooks.of_kernel(reset.kernel_id, reset.notebook)
        engine = await self.engine()
        self.answer({"id": await engine.reset_conversation(notebook)})
